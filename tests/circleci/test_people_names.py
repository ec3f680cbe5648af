from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI, CircleCIPool
from bot.circleci.models import User
from bot.circleci.people_names import UserNameCache
from tests.circleci.conftest import StandingClock

URL = "https://circleci.test/api/v2/user/"


async def test_a_name_is_asked_for_once_a_day(circleci: CircleCI, httpx_mock: HTTPXMock, clock: StandingClock) -> None:
    httpx_mock.add_response(url=URL + "1", json={"id": "1", "name": "Ada"}, is_reusable=True)
    assert await circleci.fetch_user_names(["1", "1"]) == {"1": "Ada"}
    assert await circleci.fetch_user_names(["1"]) == {"1": "Ada"}
    assert len(httpx_mock.get_requests()) == 1
    clock.at += timedelta(days=2)
    assert await circleci.fetch_user_names(["1"]) == {"1": "Ada"}
    assert len(httpx_mock.get_requests()) == 2


async def test_what_one_token_was_told_is_told_to_no_other(pool: CircleCIPool, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=URL + "1", json={"id": "1", "name": "Ada"}, match_headers={"Circle-Token": "CCIPAT_ada"}
    )
    httpx_mock.add_response(url=URL + "1", status_code=404, match_headers={"Circle-Token": "CCIPAT_eve"})
    assert await pool.bind("CCIPAT_ada").fetch_user_names(["1"]) == {"1": "Ada"}
    assert await pool.bind("CCIPAT_eve").fetch_user_names(["1"]) == {}


async def test_who_has_no_name_is_called_by_the_login(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=URL + "1", json={"id": "1", "name": "", "login": "ada"})
    httpx_mock.add_response(url=URL + "2", json={"id": "2"})
    assert await circleci.fetch_user_names(["1", "2"]) == {"1": "ada"}


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_name_that_cannot_be_had_is_missing_and_not_asked_for_again_at_once(
    circleci: CircleCI, httpx_mock: HTTPXMock, clock: StandingClock, status: int
) -> None:
    httpx_mock.add_response(url=URL + "1", status_code=status)
    assert await circleci.fetch_user_names(["1"]) == {}
    assert await circleci.fetch_user_names(["1"]) == {}
    clock.at += timedelta(minutes=6)
    httpx_mock.add_response(url=URL + "1", json={"id": "1", "name": "Ada"})
    assert await circleci.fetch_user_names(["1"]) == {"1": "Ada"}


async def test_nobody_waits_for_a_name_that_does_not_come(clock: StandingClock) -> None:
    async def ask(user_id: str) -> User:
        if user_id == "slow":
            await asyncio.Event().wait()
        return User(id=user_id, name=user_id.title())

    names = UserNameCache(clock, within_s=0.01)
    assert await names.fetch_names(b"token", ["slow", "ada"], ask) == {"ada": "Ada"}
