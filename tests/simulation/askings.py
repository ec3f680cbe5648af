"""What people ask, each press and typed line: what is done for one knows for which (a context variable)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Asking:
    """`key` is that of the thing that was asked: two presses of one button are one (bot/dispatch/idempotency.py)."""

    number: int
    user: str
    line: str
    key: str
    at_s: float


_asking: ContextVar[Asking | None] = ContextVar("_asking", default=None)


@contextmanager
def ask(asking: Asking) -> Iterator[None]:
    token = _asking.set(asking)
    try:
        yield
    finally:
        _asking.reset(token)


def find_asking() -> Asking | None:
    """The one for which something is done just now."""
    return _asking.get()
