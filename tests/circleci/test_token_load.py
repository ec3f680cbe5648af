from __future__ import annotations

import pytest

from bot.circleci.token_load import HourlyLoad

PLANNED = "5,000 (CircleCI's planning figure)"


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (
            HourlyLoad(310),
            f"310 requests in the last hour of {PLANNED}, 4,690 left; it is used up at 16.1 times as much",
        ),
        (
            HourlyLoad(20),
            f"20 requests in the last hour of {PLANNED}, 4,980 left; it has room for twenty times as much",
        ),
        (
            HourlyLoad(85, known_limit=100),
            "85 requests in the last hour of 100, 15 left; it is nearly used up, and then messages come late",
        ),
        (
            HourlyLoad(120, known_limit=100),
            "120 requests in the last hour of 100, 0 left; it is used up, so that messages come late",
        ),
    ],
)
def test_it_says_what_is_asked_what_is_left_and_when_that_binds(load: HourlyLoad, said: str) -> None:
    assert str(load) == said


@pytest.mark.parametrize(("requests", "heavy"), [(79, False), (80, True), (100, True)])
def test_it_warns_before_an_hour_is_used_up(requests: int, heavy: bool) -> None:
    assert HourlyLoad(requests, known_limit=100).is_heavy is heavy
