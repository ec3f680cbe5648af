"""Where what a policy demands is asked for: pure. Elsewhere it is refused in words, and not forgotten."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from bot.rules.policy_line import READ, Demands
from bot.rules.policy_rank import Act

CONFIRMED = "confirmed"
"""The input of a form, or what a button says in its place, that holds the marks of what this person said yes to."""

STARTS = frozenset({"trigger", "rerun", "schedules"})
"""Acts that CircleCI is asked for only when what they start has been confirmed."""
_FREE = frozenset({"stop", READ})
"""Families for which nothing is demanded: whoever may stop something is not kept from it."""


def find_unasked(act: Act, demands: Demands) -> Demands:
    """What of it nobody asks for at this act."""
    if act.family == "decide" or act.family in _FREE:
        return Demands()
    return replace(demands, confirm=False) if act.name in STARTS else demands


def build_mark(act: Act, user: str) -> str:
    """Of exactly this act of this person: another branch, or another value, has another one."""
    said = sorted((act.parameters or {}).items(), key=repr)
    projects = sorted(map(str, act.projects or ()))
    about = (user, act.name, projects, act.branch, act.tag, act.workflow, said)
    return sha256(repr(about).encode()).hexdigest()[:20]
