"""What is wrong with a typed command line, in words for the person who typed it; cyclopts's own speak of Python."""

from __future__ import annotations

from difflib import get_close_matches

from cyclopts import (
    Argument,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    Token,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

_KINDS: dict[object, str] = {int: "a whole number", float: "a number"}


def format_error(error: CycloptsError) -> str:
    """One sentence for the problem, one that names the help."""
    words = " ".join(["circlebot", *(error.command_chain or ())])
    return f"{_format_problem(error)} `{words} --help` says what there is."


def _format_problem(error: CycloptsError) -> str:
    match error:
        case UnknownCommandError(unused_tokens=[typed, *_]):
            known = [name for name in error.app or () if not name.startswith("-")]
            return f"There is no command {typed}.{_format_suggestion(typed, known)}"
        case UnknownOptionError():
            typed = (error.token.keyword or error.token.value).partition("=")[0]
            known = [name for one in error.argument_collection for name in one.names]
            return f"There is no option {typed} here.{_format_suggestion(typed, known)}"
        case UnusedCliTokensError(unused_tokens=[typed, *_]):
            return f"Nothing takes the word {typed} here."
        case RepeatArgumentError():
            return f"{error.token.keyword} is given twice."
        case _ if error.argument:
            return f"{_format_name(error.argument)} {_format_predicate(error)}."
    return "This command line cannot be read."


def _format_predicate(error: CycloptsError) -> str:
    """What is wrong with a value."""
    match error:
        case MissingArgumentError():
            return "needs a value"
        case ValidationError():
            return error.exception_message
        case CoercionError(token=Token(value=typed)):
            return f"must be {_KINDS.get(error.target_type, 'a value of its kind')}, and {typed} is not"
    return "cannot be read"


def _format_name(argument: Argument) -> str:
    """`--port`, or `FILE` for what has no name before it."""
    return argument.name if argument.field_info.is_keyword_only else argument.name.lstrip("-").upper()


def _format_suggestion(typed: str, known: list[str]) -> str:
    near = get_close_matches(typed, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
