"""Where the declarations of a config are from, in words: what is borrowed may be wrong, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.circleci.declared_parameters import Known
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Where:
    """What would run: a ref, with one of several definitions or the only one."""

    branch: str | None
    tag: str | None = None
    default_branch: str | None = None
    one_of_several: bool = False


def shown_from(known: Known, where: Where) -> str:
    """Why a form shows what it shows; "" for what the ref declares itself."""
    if known.is_own:
        return "" if known.parameters else "The config declares no parameters."
    whose = _whose(known, where)
    then = f"these are the parameters {whose}" if whose else "type the parameters that you know"
    return f"{_why(known, where)}: {then}."


def held_against(known: Known, where: Where, doubted: Sequence[str]) -> str:
    """What became of values that were typed."""
    if known.is_own:
        return ""
    whose = _whose(known, where)
    if not whose:
        return f"{_why(known, where)}: values went as typed."
    doubts = f" Not among them as typed: {', '.join(code(name, 60) for name in doubted[:10])}." if doubted else ""
    return f"{_why(known, where)}: values were held against the parameters {whose}.{doubts}"


def _why(known: Known, where: Where) -> str:
    ref = code(where.tag or where.branch or "its default branch", 80)
    if known.unreadable:
        return f"The config that ran last on {ref} cannot be read here"
    if where.tag:
        return f"What the tag {ref} declares shows when it runs"
    return f"This definition has not run on {ref} yet" if where.one_of_several else f"{ref} has not run yet"


def _whose(known: Known, where: Where) -> str:
    if known.source == "earlier":
        return "of the run before"
    return f"of {code(where.default_branch or 'its default branch', 80)}" if known.source == "default branch" else ""
