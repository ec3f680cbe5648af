"""What the doctor says of the hour of each token."""

from __future__ import annotations

from bot.domain.project_feeds import TokenOwner
from bot.operating.doctor_limits import build_findings
from bot.store.token_usage import TokenUsage


def test_webhooks_are_advised_before_an_hour_is_used_up() -> None:
    busy, calm = TokenUsage(TokenOwner("T", "UADA"), 4100, None), TokenUsage(TokenOwner(), 100, 5000)
    [(what, mend), (other, nothing)] = build_findings([busy, calm], "https://bot.example")
    assert what.startswith("the token of T/UADA made 4,100 requests in the last hour of 5,000")
    assert mend.startswith("type `/circle webhooks install` for busy projects")
    assert other.startswith("CIRCLECI_TOKEN made 100 requests")
    assert nothing == ""
    [(_, mend)] = build_findings([busy], None)
    assert mend.startswith("set PUBLIC_URL and type")


def test_of_many_tokens_only_the_busiest_are_told() -> None:
    lines = list(build_findings([TokenUsage(TokenOwner("T", f"U{number}"), 1, None) for number in range(25)], None))
    assert len(lines) == 11
    assert lines[-1] == ("15 other tokens made fewer", "")


def test_where_nothing_is_polled_that_is_said() -> None:
    assert list(build_findings([], None)) == [("polling made no requests to CircleCI in the last hour", "")]
