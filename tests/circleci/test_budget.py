from __future__ import annotations

from datetime import UTC, datetime

from bot.circleci.budget import Budget, parse_budget
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = NOW.timestamp()


@each_case(
    ("headers", "budget"),
    [
        ({}, None),
        ({"RateLimit-Limit": "50"}, None),
        ({"RateLimit-Remaining": "many"}, None),
        ({"RateLimit-Remaining": "4"}, Budget(4, None)),
        ({"ratelimit-remaining": "4", "ratelimit-reset": "10"}, Budget(4, AT + 10)),
        ({"x-ratelimit-remaining-minute": "9", "x-ratelimit-remaining-hour": "2"}, Budget(2, None)),
        (
            {
                "ratelimit-remaining": "40",
                "ratelimit-reset": "1",
                "x-ratelimit-remaining": "3",
                "x-ratelimit-reset": "60",
            },
            Budget(3, AT + 60),
        ),
    ],
)
def test_the_tightest_limit_counts(headers: dict[str, str], budget: Budget | None) -> None:
    assert parse_budget(headers, NOW) == budget
