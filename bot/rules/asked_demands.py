"""Where what a policy demands is asked for: pure. Elsewhere it is refused in words, and not forgotten."""

from __future__ import annotations

from collections.abc import Collection

from bot.rules.policy_line import READ, Demands
from bot.rules.policy_rank import Act

CONFIRMED = "confirmed"
"""The input of a form, or what a button says in its place, that holds the marks of what this person said yes to."""

WHY = f"{CONFIRMED}:why"
"""The input that holds why somebody starts what is protected."""

APPROVED = "approved"
"""What a start says that others approved: its mark, then who they are. Only bot/actions/waiting_starts.py says it."""

STARTS = frozenset({"trigger", "rerun", "rollback", "schedules"})
"""Acts that CircleCI is asked for only when what they start has been confirmed."""
_FREE = frozenset({"stop", READ})
"""Families for which nothing is demanded: whoever may stop something is not kept from it."""


def find_unasked(act: Act, demands: Demands, *, may_wait: bool) -> Demands:
    """What of it nobody asks for at this act: of a start that no other has to approve, to ask others after a while."""
    if act.family == "decide" or act.family in _FREE:
        return Demands()
    if act.name not in STARTS:
        return demands
    if may_wait:
        return Demands()
    return Demands(escalates_s=demands.escalates_s, escalate_to=demands.escalate_to)


def has_to_wait(demands: Demands) -> bool:
    """Whether somebody else than who asks has to say yes to a start."""
    return bool(demands.approvals) or demands.four_eyes


def format_exactly(act: Act, parameters: Collection[str], *, user: str, line: str | None) -> str:
    """Exactly this act of this person: with another branch, value or `line` it is another text. It may hold secrets.

    `parameters` are those of which the policy asks, be they said or a default; the line has whatever else is sent.
    """
    said = sorted((name, value) for name, value in (act.parameters or {}).items() if name in parameters)
    return repr((user, act.name, act.branch, act.tag, act.workflow, said, line))
