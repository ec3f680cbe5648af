"""The envelopes of API v3: one thing, or many with a cursor; its attributes stand apart from what it refers to."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator

from bot.circleci.models.model import Model, list_or_nothing

T = TypeVar("T")


class Cursors(Model):
    next: str | None = None


class Single(Model, Generic[T]):
    data: T


class Listing(Model, Generic[T]):
    """`data` is needed: an answer without it is no list of v3's."""

    data: Annotated[tuple[T, ...], BeforeValidator(list_or_nothing)]
    page: Cursors = Cursors()


class Reference(Model):
    """What is known by its id alone."""

    id: str
