"""Where what a policy demands is asked for: pure. Elsewhere it is refused in words, and not forgotten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.rules.policy_line import READ, Demands
from bot.rules.policy_rank import Act

CONFIRMED = "confirmed"
"""The input of a form, or what a button says in its place, that holds the marks of what this person said yes to."""

APPROVED = "approved"
"""What a start says that others approved: its mark, then who they are. Only bot/actions/waiting_starts.py says it."""

STARTS = frozenset({"trigger", "rerun", "rollback", "schedules"})
"""Acts that CircleCI is asked for only when what they start has been confirmed."""
_REASONED = frozenset({"rollback"})
"""Starts whose form asks why."""
_FREE = frozenset({"stop", READ})
"""Families for which nothing is demanded: whoever may stop something is not kept from it."""


def find_unasked(act: Act, demands: Demands) -> Demands:
    """What of it nobody asks for at this act."""
    if act.family == "decide" or act.family in _FREE:
        return Demands()
    if act.name not in STARTS:
        return demands
    reason = demands.reason and act.name not in _REASONED
    return replace(demands, confirm=False, approvals=0, approvers=(), four_eyes=False, reason=reason, expires_s=None)


def has_to_wait(demands: Demands) -> bool:
    """Whether somebody else than who asks has to say yes to a start."""
    return bool(demands.approvals) or demands.four_eyes


def format_exactly(act: Act, parameters: Collection[str], *, user: str, line: str | None) -> str:
    """Exactly this act of this person: with another branch, value or `line` it is another text. It may hold secrets.

    `parameters` are those of which the policy asks, be they said or a default; the line has whatever else is sent.
    """
    said = sorted((name, value) for name, value in (act.parameters or {}).items() if name in parameters)
    return repr((user, act.name, act.branch, act.tag, act.workflow, said, line))
