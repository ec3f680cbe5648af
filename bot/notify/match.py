"""Does a rule want to hear an outcome? Pure."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase

from bot.domain import Outcome, Subscription

SKEW = timedelta(seconds=30)
"""How far CircleCI's clock may be behind ours; a rule hears what happened after it was made, give or take this."""


def matches(rule: Subscription, outcome: Outcome) -> bool:
    return (
        rule.project == outcome.project
        and outcome.happened_at >= rule.made_at - SKEW
        and fnmatchcase(outcome.branch or outcome.tag or "", rule.branch)
        and fnmatchcase(outcome.workflow, rule.workflow)
        and wants(rule, outcome.kind)
    )


def wants(rule: Subscription, kind: str) -> bool:
    """`recovered` is also a `passed`: who asked for successes hears the first one too."""
    return "all" in rule.only or kind in rule.only or (kind == "recovered" and "passed" in rule.only)
