"""What the doctor says of the hour of each token."""

from __future__ import annotations

from bot.diagnostics.token_limits import build_findings
from bot.domain.project_feeds import TokenOwner
from bot.operating.findings import format_line
from bot.store.token_usage import TokenUsage


def test_webhooks_are_advised_before_an_hour_is_used_up() -> None:
    busy, calm = TokenUsage(TokenOwner("T", "UADA"), 4100, None), TokenUsage(TokenOwner(), 100, 5000)
    near, well = map(format_line, build_findings([busy, calm]))
    told = "FAIL limit — The requests of T/UADA are near their limit: 4,100 requests in the last hour of 5,000"
    assert near.startswith(told)
    assert near.endswith("install webhooks for busy projects: `/circle webhooks install`.")
    assert well.startswith("ok   limit — CIRCLECI_TOKEN made 100 requests")


def test_of_many_tokens_only_the_busiest_are_told() -> None:
    found = list(build_findings([TokenUsage(TokenOwner("T", f"U{number}"), 1, None) for number in range(25)]))
    assert len(found) == 11
    assert found[-1].well == "15 other tokens made fewer"


def test_where_nothing_is_polled_that_is_said() -> None:
    assert [one.well for one in build_findings([])] == ["polling made no requests to CircleCI in the last hour"]
