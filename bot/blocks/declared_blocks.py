"""Where the declarations of a config are from, in words: what is borrowed may be wrong, and that is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    return f"{_format_reason(known, where)} {_format_shown(known, where)}"


def _format_shown(known: DeclaredParameters, where: ConfigRef) -> str:
    if known.source == "earlier":
        return _("These are the parameters of the run before.")
    if known.source == "default branch":
        return _("These are the parameters of {branch}.", branch=_format_default_branch(where))
    return _("Type the parameters that you know.")


def format_parameter_check(known: DeclaredParameters, where: ConfigRef, doubted: Sequence[str]) -> str:
    """What became of values that were typed."""
    if known.is_own:
        return ""
    return " ".join([_format_reason(known, where), _format_checked(known, where), *_format_doubts(known, doubted)])


def _format_checked(known: DeclaredParameters, where: ConfigRef) -> str:
    if known.source == "earlier":
        return _("I compared the values with the parameters of the run before.")
    if known.source == "default branch":
        return _("I compared the values with the parameters of {branch}.", branch=_format_default_branch(where))
    return _("I sent the values as you typed them.")


def _format_doubts(known: DeclaredParameters, doubted: Sequence[str]) -> Iterator[str]:
    if doubted and known.source != "unknown":
        names = ", ".join(as_code(name, 60) for name in doubted[:10])
        yield _("I did not find {parameters} there.", parameters=names)


def _format_reason(known: DeclaredParameters, where: ConfigRef) -> str:
    ref = as_code(where.tag or where.branch or where.default_branch or "?", 80)
    if known.unreadable:
        return _("I cannot read the config that ran last on {ref}.", ref=ref)
    if where.tag:
        return _("What the tag {tag} declares shows when it runs.", tag=ref)
    if where.one_of_several:
        return _("This definition has not run on {ref} yet.", ref=ref)
    return _("{ref} has not run yet.", ref=ref)


def _format_default_branch(where: ConfigRef) -> str:
    return as_code(where.default_branch or "?", 80)
