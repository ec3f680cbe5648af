from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")


@pytest.mark.parametrize("dash", ["-", "_"])
async def test_flaky_tests_come_in_the_documents_spelling_and_in_the_wires(
    circleci: CircleCI, httpx_mock: HTTPXMock, dash: str
) -> None:
    test = {f"test{dash}name": "t", f"times{dash}flaked": 3, f"job{dash}number": 12, "classname": None}
    httpx_mock.add_response(
        url="https://circleci.test/api/v2/insights/gh/acme/web/flaky-tests",
        json={f"flaky{dash}tests": [test], f"total{dash}flaky{dash}tests": 1},
    )
    (flaky,) = await circleci.flaky_tests(WEB)
    assert (flaky.test_name, flaky.times_flaked, flaky.job_number) == ("t", 3, 12)
