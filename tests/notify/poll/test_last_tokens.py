"""Each token's demand is counted for that token alone, and what is no longer polled is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.circleci.client import CircleCIPool
from bot.notify.poll.last_tokens import LastTokens
from bot.notify.poll.token_quota import PollToken


class MovedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def _token(clock: MovedClock, user: str) -> PollToken:
    return PollToken(("T", user), None, CircleCIPool("https://circleci.example", clock=clock).bind(f"of-{user}"))


def _two_tokens() -> tuple[MovedClock, LastTokens[str]]:
    clock = MovedClock()
    last: LastTokens[str] = LastTokens(clock)
    ada, grace = _token(clock, "ada"), _token(clock, "grace")
    for place, token in {"web": ada, "api": ada, "mobile": grace}.items():
        last.set(place, token)
    return clock, last


def test_a_token_is_asked_for_what_it_answers_and_for_nothing_else() -> None:
    _, last = _two_tokens()
    last.set_demand("api", 0.5)
    last.set_demand("mobile", 9.0)
    assert last.list_other_demands("web") == [0.5]
    assert last.list_other_demands("mobile") == []
    assert [token.owner[1] for token in last.list_all()] == ["ada", "grace"]


def test_a_project_takes_its_demand_along_when_another_token_answers() -> None:
    clock, last = _two_tokens()
    last.set_demand("api", 0.5)
    last.set("api", _token(clock, "grace"))
    assert last.list_other_demands("web") == []
    assert last.list_other_demands("mobile") == [0.5]


def test_what_nobody_asked_about_for_six_hours_is_forgotten_with_its_demand() -> None:
    clock, last = _two_tokens()
    for _ in range(7):
        clock.moment += timedelta(hours=1)
        last.set_demand("api", 1.0)
        last.set("mobile", _token(clock, "grace"))
    assert last.find("web") is None
    assert last.find("api")
    assert last.list_other_demands("api") == []


def test_a_token_that_answers_for_nothing_more_is_asked_for_nothing() -> None:
    _, last = _two_tokens()
    last.drop("mobile")
    last.drop("mobile")
    assert [token.owner[1] for token in last.list_all()] == ["ada"]
    assert last.list_other_demands("mobile") == []
