"""What polling asks of each token, for the doctor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.circleci.token_load import HourlyLoad
from bot.store.token_usage import TokenUsage

_MOST = 10
"""How many tokens are listed, the busiest first."""


def build_findings(spent: Sequence[TokenUsage], public_url: str | None) -> Iterator[tuple[str, str]]:
    """What was found, and how to mend it ("" if all is well)."""
    if not spent:
        yield "polling made no requests to CircleCI in the last hour", ""
    install = "type `/circle webhooks install` for busy projects"
    webhooks = install if public_url else f"set PUBLIC_URL and {install}"
    for one in spent[:_MOST]:
        load = HourlyLoad(one.requests, one.an_hour)
        mend = f"{webhooks}, so that less is polled, or let more people connect" if load.is_heavy else ""
        yield f"{_format_token_owner(one)} made {load}", mend
    if len(spent) > _MOST:
        yield f"{len(spent) - _MOST} other tokens made fewer", ""


def _format_token_owner(spent: TokenUsage) -> str:
    return f"the token of {spent.owner}" if spent.owner.workspace else "CIRCLECI_TOKEN"
