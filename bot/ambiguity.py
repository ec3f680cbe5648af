"""Which of several things a person means by a name: an id first, then exactly this name, then what reads alike.

Everything that is called something is found here, so that nothing is ever guessed: where several are left, the person
is asked. Alike is what a phone, another language's keyboard or a hasty hand makes of a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.untrusted.patterns import compile_linear

T = TypeVar("T")

_STRAIGHT = str.maketrans("“”„‘’—–\u00a0", '"""\'\'-- ')  # noqa: RUF001 - what phones and macOS type
_DASHES = compile_linear(r"-+")


def fold_name(name: str) -> str:
    """What two names that read alike have in common."""
    folded: str = _DASHES.sub("-", " ".join(name.translate(_STRAIGHT).split()))
    return folded.casefold()


def match_by_name(
    wanted: str,
    known: Iterable[T],
    names: Callable[[T], Iterable[str]],
    ids: Callable[[T], Iterable[str]] = lambda _: (),
) -> list[T]:
    """Those that `wanted` can mean: by an id, else by a name exactly, else by one that reads alike."""
    things = list(known)
    by_id = [thing for thing in things if wanted in ids(thing)]
    by_name = by_id or [thing for thing in things if wanted in names(thing)]
    return by_name or [thing for thing in things if fold_name(wanted) in map(fold_name, names(thing))]
