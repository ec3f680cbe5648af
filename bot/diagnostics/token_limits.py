"""What polling asks of each token, for the doctor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.circleci.token_load import HourlyLoad
from bot.diagnostics.circleci_symptoms import LIMIT_NEAR
from bot.domain.project_feeds import TokenOwner
from bot.domain.symptoms import Finding
from bot.store.token_usage import TokenUsage

_MOST = 10
"""How many tokens are listed, the busiest first."""


def build_findings(spent: Sequence[TokenUsage]) -> Iterator[Finding]:
    if not spent:
        yield Finding("limit", "polling made no requests to CircleCI in the last hour")
    for one in spent[:_MOST]:
        load, token = HourlyLoad(one.requests, one.an_hour), _format_token_owner(one)
        if load.is_heavy:
            yield Finding("limit", symptom=LIMIT_NEAR, values={"owner": _get_owner(one), "load": load})
        else:
            yield Finding("limit", f"{token} made {load}")
    if len(spent) > _MOST:
        yield Finding("limit", f"{len(spent) - _MOST} other tokens made fewer")


def _format_token_owner(spent: TokenUsage) -> str:
    return f"the token of {spent.owner}" if spent.owner.workspace else "CIRCLECI_TOKEN"


def _get_owner(spent: TokenUsage) -> str | TokenOwner:
    return spent.owner if spent.owner.workspace else "CIRCLECI_TOKEN"
