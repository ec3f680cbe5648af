"""What pydantic finds wrong with a value, in our words, as a predicate: `PORT` + `must be at most 65535`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREDICATES = {
    "bool": "must be true or false",
    "int": "must be a whole number",
    "float": "must be a number",
    "decimal": "must be a number",
    "finite": "must be a number",
    "string": "must be a text",
    "tuple": "must be a list",
    "list": "must be a list",
    "dict": "must be names with values",
    "model": "must be names with values",
    "missing": "is missing",
    "extra": "is not known here",
}
"""By the first word of the error's type (`int_parsing`, `int_type`)."""

_WITH_LIMIT = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} entries",
}


def format_predicate(problem: Mapping[str, Any]) -> str:
    """For one item of `ValidationError.errors()`."""
    kind, limits = problem["type"], problem.get("ctx") or {}
    if kind == "value_error":
        return str(limits["error"])
    if kind in _WITH_LIMIT:
        return _WITH_LIMIT[kind].format(**limits).replace("'", "")
    return _PREDICATES.get(kind.split("_")[0], "cannot be read")
