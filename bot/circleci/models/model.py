"""How answers are read: generously.

Enums are open, what may be missing is optional, and both of CircleCI's spellings (`workflow_id`, `workflow-id`) are
accepted, since its document and its wire disagree. A field without a default is needed; one with a default may also
be of another kind than it should be (bot/circleci/models/lenient_reading.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")


def _either_spelling(name: str) -> AliasChoices:
    return AliasChoices(name, name.replace("_", "-"))


def _none_is_empty(value: object) -> object:
    return () if value is None else value


def list_or_nothing(value: object) -> object:
    if value is not None and not isinstance(value, list | tuple):
        raise PydanticCustomError(NO_LIST, "it should be a list")
    return _none_is_empty(value)


def _aware_or_none(value: object, read: ValidatorFunctionWrapHandler) -> datetime | None:
    """An instant in UTC where no zone is said; one unreadable time does not make the rest unreadable."""
    try:
        found: datetime | None = read(value or None)
    except ValidationError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _bool_or_no(value: object) -> object:
    return False if value is None else value


def _word(value: object) -> object:
    return "" if value is None else value[:LONGEST_WORD] if isinstance(value, str) else value


NO_LIST = "no_list"
"""The error of an answer that has something else where its list should be: it is not taken for an empty one."""

LONGEST_WORD = 20_000
"""Characters of a name, a message or another text that is kept; nothing shows more of one."""

Word = Annotated[str, BeforeValidator(_word)]
Flag = Annotated[bool, BeforeValidator(_bool_or_no)]
"""Null is no."""
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""As long as it comes: a config."""
Many = Annotated[tuple[T, ...], BeforeValidator(_none_is_empty)]
Items = Annotated[tuple[T, ...], BeforeValidator(list_or_nothing)]
"""The list that an answer is about."""
When = Annotated[datetime | None, WrapValidator(_aware_or_none)]


class Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=_either_spelling),
        validate_by_name=True,
    )


class Page(Model, Generic[T]):
    """`left_out` counts the items that cannot be read."""

    items: Items[T] = ()
    next_page_token: str | None = None
    left_out: int = 0


def get_seconds_between(start_at: datetime | None, end_at: datetime | None) -> float | None:
    """Seconds, never negative; None while either end is missing."""
    return max(0.0, (end_at - start_at).total_seconds()) if start_at and end_at else None


def sum_covered_s(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """Seconds that spans cover together, overlaps counted once; None where none of them has both its ends."""
    known = sorted((start_at, end_at) for start_at, end_at in spans if start_at and end_at)
    covered, reached_at = 0.0, datetime.min.replace(tzinfo=UTC)
    for start_at, end_at in known:
        covered += max(0.0, (end_at - max(start_at, reached_at)).total_seconds())
        reached_at = max(reached_at, end_at)
    return covered if known else None
