"""Where the declarations of a config are from, in words: what is borrowed may be wrong, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.circleci.declared_parameters import DeclaredParameters
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class ConfigRef:
    """What would run: a ref, with one of several definitions or the only one."""

    branch: str | None
    tag: str | None = None
    default_branch: str | None = None
    one_of_several: bool = False


def format_parameter_source(known: DeclaredParameters, where: ConfigRef) -> str:
    """Why a form shows what it shows; "" for what the ref declares itself."""
    if known.is_own:
        return "" if known.parameters else "The config declares no parameters."
    whose = _format_source(known, where)
    then = f"these are the parameters {whose}" if whose else "type the parameters that you know"
    return f"{_format_reason(known, where)}: {then}."


def format_parameter_check(known: DeclaredParameters, where: ConfigRef, doubted: Sequence[str]) -> str:
    """What became of values that were typed."""
    if known.is_own:
        return ""
    whose = _format_source(known, where)
    if not whose:
        return f"{_format_reason(known, where)}: values went as typed."
    doubts = f" Not among them as typed: {', '.join(as_code(name, 60) for name in doubted[:10])}." if doubted else ""
    return f"{_format_reason(known, where)}: values were compared with the parameters {whose}.{doubts}"


def _format_reason(known: DeclaredParameters, where: ConfigRef) -> str:
    ref = as_code(where.tag or where.branch or "its default branch", 80)
    if known.unreadable:
        return f"The config that ran last on {ref} cannot be read here"
    if where.tag:
        return f"What the tag {ref} declares shows when it runs"
    return f"This definition has not run on {ref} yet" if where.one_of_several else f"{ref} has not run yet"


def _format_source(known: DeclaredParameters, where: ConfigRef) -> str:
    if known.source == "earlier":
        return "of the run before"
    return f"of {as_code(where.default_branch or 'its default branch', 80)}" if known.source == "default branch" else ""
