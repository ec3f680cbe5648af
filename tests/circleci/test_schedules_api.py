from __future__ import annotations

from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.models import Timetable


async def test_a_change_is_asked_again_when_circleci_is_throttled(
    circleci: CircleCI, httpx_mock: HTTPXMock, naps: list[float]
) -> None:
    httpx_mock.add_response(method="PATCH", status_code=429, headers={"retry-after": "2"})
    httpx_mock.add_response(method="PATCH", json={"id": "1", "name": "nightly"})
    assert (await circleci.reschedule("1", Timetable(hours_of_day=(2,)), "")).name == "nightly"
    assert naps == [2.0]
