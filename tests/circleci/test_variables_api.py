from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import Rejected

WEB = ProjectSlug("gh", "acme", "web")


async def test_a_value_is_in_no_error_though_circleci_repeats_it(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=400, json={"message": "Value hunter2 of A is bad"})
    with pytest.raises(Rejected) as refused:
        await circleci.set_variable(WEB, "A", "hunter2")
    assert refused.value.message == "CircleCI refused: “Value **** of A is bad”"
