"""Where the declarations of a config are from, in words: what is borrowed may be wrong, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.circleci.declared_parameters import DeclaredParameters
from bot.language import _
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
        return "" if known.parameters else _("The config declares no parameters.")
    whose = _format_source(known, where)
    then = _("these are the parameters {whose}", whose=whose) if whose else _("type the parameters that you know")
    return f"{_format_reason(known, where)}: {then}."


def format_parameter_check(known: DeclaredParameters, where: ConfigRef, doubted: Sequence[str]) -> str:
    """What became of values that were typed."""
    if known.is_own:
        return ""
    whose = _format_source(known, where)
    if not whose:
        return _("{reason}: values went as typed.", reason=_format_reason(known, where))
    doubts = (
        _(" Not among them as typed: {name}.", name=", ".join(as_code(name, 60) for name in doubted[:10]))
        if doubted
        else ""
    )
    return _(
        "{reason}: values were compared with the parameters {whose}.{doubts}",
        reason=_format_reason(known, where),
        whose=whose,
        doubts=doubts,
    )


def _format_reason(known: DeclaredParameters, where: ConfigRef) -> str:
    ref = as_code(where.tag or where.branch or _("its default branch"), 80)
    if known.unreadable:
        return _("The config that ran last on {ref} cannot be read here", ref=ref)
    if where.tag:
        return _("What the tag {ref} declares shows when it runs", ref=ref)
    return (
        _("This definition has not run on {ref} yet", ref=ref)
        if where.one_of_several
        else _("{ref} has not run yet", ref=ref)
    )


def _format_source(known: DeclaredParameters, where: ConfigRef) -> str:
    if known.source == "earlier":
        return _("of the run before")
    return (
        _("of {default_branch}", default_branch=as_code(where.default_branch or _("its default branch"), 80))
        if known.source == "default branch"
        else ""
    )
