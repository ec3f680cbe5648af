"""Secrets that this process has opened, known again wherever it would write them; none is kept to be read.

Of each its last windows of eight characters are kept as Python's keyed hash, and the whole as a keyed digest. Four of
them, so that a text is looked through once, at every fourth window, whatever the number of secrets: wherever a secret
stands, one of its windows is seen. Kept is one secret an owner; of too many owners those are forgotten whose secret was
opened longest ago.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from urllib.parse import quote

MASK = "****"
MOST_OWNERS = 10_000

_WINDOW = 8
"""Characters. What is shorter is not known again."""

_STEP = 4
"""Every line of the log is looked through: at each window that took a tenth of the time of a command."""


@dataclass(frozen=True, slots=True)
class _Fingerprint:
    """A secret in one of its forms: the hashes of its last windows, the last one first; its length, its digest."""

    owner: str
    windows: tuple[int, ...]
    length: int
    digest: bytes


class OpenedSecrets:
    def __init__(self, most: int = MOST_OWNERS) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._by_window: dict[int, tuple[_Fingerprint, ...]] = {}
        self._by_owner: OrderedDict[str, tuple[_Fingerprint, ...]] = OrderedDict()
        self._for_ever: set[str] = set()
        self._step = _STEP
        self._lock = Lock()

    def remember(self, owner: str, secret: str, *, for_ever: bool = False) -> None:
        """Know it again from now on, also as an address or JSON writes it, and forget what this owner had before."""
        with self._lock:
            if any(mark.digest == self._digest(secret) for mark in self._by_owner.get(owner, ())):
                self._by_owner.move_to_end(owner)
                return
            self._forget(owner)
            self._add(owner, secret)
            self._for_ever |= {owner} if for_ever else set()
            if len(self._by_owner) > self._most:
                self._forget(next(one for one in self._by_owner if one not in self._for_ever))

    def _add(self, owner: str, secret: str) -> None:
        forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]} if _is_distinctive(secret) else ()
        marks = tuple(_Fingerprint(owner, _hash_windows(form), len(form), self._digest(form)) for form in forms)
        self._step = min([self._step, *(len(mark.windows) for mark in marks)])
        self._by_owner[owner] = marks
        for mark in marks:
            for window in mark.windows:
                self._by_window[window] = (*self._by_window.get(window, ()), mark)

    def _forget(self, owner: str) -> None:
        for window in {window for mark in self._by_owner.pop(owner, ()) for window in mark.windows}:
            left = tuple(other for other in self._by_window.pop(window, ()) if other.owner != owner)
            self._by_window |= {window: left} if left else {}

    def has_secret(self, text: str) -> bool:
        return next(self._find_spans(text), None) is not None

    def mask(self, text: str) -> str:
        """The text with `****` for each of them."""
        shown: list[str] = []
        done = 0
        for start, end in self._find_spans(text):
            if start >= done:
                shown += [text[done:start], MASK]
            done = end
        return "".join((*shown, text[done:]))

    def _find_spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand, by their ends; a short one that is known makes it look more often."""
        known, places = self._by_window, range(_WINDOW, len(text) + 1, self._step)
        seen = [place for place in places if hash(text[place - _WINDOW : place]) in known]
        if seen:
            found = {span for place in seen for span in self._find_around(text, place)}
            yield from sorted(found, key=lambda span: (span[1], span[0]))

    def _find_around(self, text: str, place: int) -> Iterator[tuple[int, int]]:
        """Secrets with this window: it is one of their last ones."""
        window = hash(text[place - _WINDOW : place])
        for mark in self._by_window.get(window, ()):
            for end in (place + back for back, one in enumerate(mark.windows) if one == window):
                if self._matches(mark, text[max(0, end - mark.length) : end]):
                    yield end - mark.length, end

    def _matches(self, mark: _Fingerprint, text: str) -> bool:
        return len(text) == mark.length and self._digest(text) == mark.digest

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode(errors="replace"), key=self._key, digest_size=16).digest()


def _hash_windows(secret: str) -> tuple[int, ...]:
    ends = range(len(secret), max(len(secret) - _STEP, _WINDOW - 1), -1)
    return tuple(hash(secret[end - _WINDOW : end]) for end in ends)


def _is_distinctive(secret: str) -> bool:
    """A password `postgres` stands in half of all lines, and rightly so."""
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return len(secret) >= 20 or (len(secret) >= _WINDOW and mixed)


opened_secrets = OpenedSecrets()
"""This process's own, as its log is one."""
