"""How answers are read: generously.

Enums are open, what may be missing is optional, and both of CircleCI's spellings (`workflow_id`, `workflow-id`) are
accepted, since its document and its wire disagree.
"""

from __future__ import annotations

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

T = TypeVar("T")


def _either_spelling(name: str) -> AliasChoices:
    return AliasChoices(name, name.replace("_", "-"))


def _none_is_empty(value: object) -> object:
    return () if value is None else value


def _with_an_id(value: object) -> object:
    """Old data decays into items with `id: null`, which nothing can be asked about."""
    if not isinstance(value, list):
        return _none_is_empty(value)
    return [item for item in value if not (isinstance(item, dict) and item.get("id", "") is None)]


def _aware_or_none(value: object, read: ValidatorFunctionWrapHandler) -> datetime | None:
    """An instant in UTC where no zone is said; one unreadable time does not make the rest unreadable."""
    try:
        found: datetime | None = read(value or None)
    except ValidationError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _word(value: object) -> object:
    return "" if value is None else value[:LONGEST_WORD] if isinstance(value, str) else value


LONGEST_WORD = 20_000
"""Characters of a name, a message or another text that is kept; nothing shows more of one."""

Word = Annotated[str, BeforeValidator(_word)]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""As long as it comes: a config."""
Many = Annotated[tuple[T, ...], BeforeValidator(_none_is_empty)]
When = Annotated[datetime | None, WrapValidator(_aware_or_none)]


class Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=_either_spelling),
        validate_by_name=True,
    )


class Page(Model, Generic[T]):
    items: Annotated[tuple[T, ...], BeforeValidator(_with_an_id)] = ()
    next_page_token: str | None = None


def seconds_between(start_at: datetime | None, end_at: datetime | None) -> float | None:
    """Seconds, never negative; None while either end is missing."""
    return max(0.0, (end_at - start_at).total_seconds()) if start_at and end_at else None
