"""What people typed, made into values of the types that a config declares.

Limits are CircleCI's: 100 entries, 128 characters a name, 512 a value; values are strings, integers or booleans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from bot.circleci.declared_parameters import DeclaredParameters, Parameter
from bot.circleci.pipelines_api import Value
from bot.errors import Mistakes, UsageError, WrongParameter
from bot.language import _
from bot.language.formats import format_number
from bot.mrkdwn import as_code
from bot.untrusted.numbers import parse_signed_number
from bot.untrusted.patterns import compile_linear

ENTRIES, NAME_LENGTH, VALUE_LENGTH = 100, 128, 512
MOST_INTEGER = 2**63 - 1
LISTED = 30
TYPES = ("string", "integer", "boolean")
"""Of values; those of an enum are strings."""

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_INTEGER = compile_linear(r"[+-]?[0-9]+")


def coerce_parameters(
    known: DeclaredParameters, typed: Mapping[str, str], types: Mapping[str, str] | None = None
) -> tuple[dict[str, Value], list[str]]:
    """Values as CircleCI wants them, and the names of those that do not fit what is known, which go as they were typed.

    `types` are what the person says that they are. Raises UsageError, naming what would be right, for what fits neither
    that nor the branch's own config. What is borrowed refuses nothing: CircleCI decides.
    """
    _check_limits(typed)
    by_name = {parameter.name: parameter for parameter in known.parameters}
    by_name |= {name: Parameter(name, kind) for name, kind in (types or {}).items()}
    values: dict[str, Value] = {}
    doubted: list[str] = []
    mistakes = Mistakes()
    for name, text in typed.items():
        if known.is_own or name in (types or {}):
            values[name] = mistakes.collect(partial(_parse_named_value, name, text, by_name), text)
            continue
        try:
            values[name] = _parse_named_value(name, text, by_name)
        except UsageError:
            values[name] = text
            doubted.append(name)
    mistakes.check()
    return values, doubted


def as_text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def get_parameter_type(value: Value) -> str:
    return "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "string"


def _parse_named_value(name: str, text: str, known: Mapping[str, Parameter]) -> Value:
    try:
        if name not in known:
            raise _build_unknown_error(name, text, list(known))
        return _parse_value(known[name], text)
    except UsageError as error:
        error.field = f"{name}@"
        raise


def _check_limits(typed: Mapping[str, str]) -> None:
    if len(typed) > ENTRIES:
        raise UsageError(
            _("CircleCI takes {limit} parameters at most; these are {total}.", limit=ENTRIES, total=len(typed))
        )
    for name, text in typed.items():
        if len(name) > NAME_LENGTH:
            raise UsageError(
                _(
                    "The parameter name {name} has more than {limit} characters.",
                    name=as_code(name, 40),
                    limit=NAME_LENGTH,
                )
            )
        if len(text) > VALUE_LENGTH:
            raise UsageError(
                _(
                    "The value of {parameter} has {length} characters; CircleCI takes {limit}.",
                    parameter=as_code(name),
                    length=format_number(len(text)),
                    limit=VALUE_LENGTH,
                )
            )


def _build_unknown_error(name: str, text: str, known: list[str]) -> UsageError:
    if not known:
        return UsageError(_("There is no parameter {parameter}: the config declares none.", parameter=as_code(name)))
    missing = _("There is no parameter {parameter}.", parameter=as_code(name))
    listed = _("The config declares {parameters}.", parameters=_format_names(known))
    close = get_close_matches(name, known, n=1)
    if not close:
        return UsageError(missing, listed)
    hint = _("Did you mean {parameter}?", parameter=as_code(close[0]))
    return WrongParameter(f"{missing} {hint}", listed, name=name, instead=[(close[0], text)])


def _format_names(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > LISTED else []
    return ", ".join([as_code(name, 60) for name in names[:LISTED]] + more)


def _parse_value(parameter: Parameter, text: str) -> Value:
    if parameter.type == "boolean":
        return _parse_boolean(parameter.name, text)
    if parameter.type == "integer":
        return _parse_integer(parameter.name, text)
    if parameter.type == "enum" and text not in parameter.choices:
        raise WrongParameter(
            _("{parameter} cannot be {value}.", parameter=as_code(parameter.name), value=as_code(text, 100)),
            _("It is one of {choices}.", choices=_format_names(parameter.choices)),
            name=parameter.name,
            instead=[(parameter.name, choice) for choice in parameter.choices],
        )
    return text


def _parse_boolean(name: str, text: str) -> bool:
    if text.strip().lower() not in _BOOLEANS:
        raise WrongParameter(
            _(
                "{parameter} must be `true` or `false`: {value} is neither.",
                parameter=as_code(name),
                value=as_code(text, 100),
            ),
            name=name,
            instead=[(name, "true"), (name, "false")],
        )
    return _BOOLEANS[text.strip().lower()]


def _parse_integer(name: str, text: str) -> int:
    number = parse_signed_number(text.strip(), MOST_INTEGER)
    if number is None:
        values = {"parameter": as_code(name), "value": as_code(text, 100)}
        if _INTEGER.fullmatch(text.strip()):
            message = _("{parameter} must be a whole number, such as 3: {value} is too large.", **values)
        else:
            message = _("{parameter} must be a whole number, such as 3: {value} is not one.", **values)
        raise WrongParameter(message, name=name, example=(name, "3"))
    return number
