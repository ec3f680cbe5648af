"""Secrets that this process has opened, known again wherever it would write them; none is kept to be read.

Of each its last characters are kept as Python's keyed hash, and the whole as a keyed digest. A text is looked through
once, window by window, whatever the number of secrets. Kept is one secret an owner; of too many owners those are
forgotten whose secret was opened longest ago.
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


@dataclass(frozen=True, slots=True)
class _Fingerprint:
    """A secret in one of its forms: the hash of its end, how long it is, its digest."""

    owner: str
    end: int
    length: int
    digest: bytes


class OpenedSecrets:
    def __init__(self, most: int = MOST_OWNERS) -> None:
        self._most = most
        self._key = secrets.token_bytes(32)
        self._by_end: dict[int, tuple[_Fingerprint, ...]] = {}
        self._by_owner: OrderedDict[str, tuple[_Fingerprint, ...]] = OrderedDict()
        self._for_ever: set[str] = set()
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
        marks = tuple(_Fingerprint(owner, hash(form[-_WINDOW:]), len(form), self._digest(form)) for form in forms)
        self._by_owner[owner] = marks
        for mark in marks:
            self._by_end[mark.end] = (*self._by_end.get(mark.end, ()), mark)

    def _forget(self, owner: str) -> None:
        for mark in self._by_owner.pop(owner, ()):
            left = tuple(other for other in self._by_end.pop(mark.end, ()) if other.owner != owner)
            self._by_end |= {mark.end: left} if left else {}

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
        """Where they stand, by their ends."""
        known = self._by_end
        ends = [end for end in range(_WINDOW, len(text) + 1) if hash(text[end - _WINDOW : end]) in known]
        for end in ends:
            marks = known.get(hash(text[end - _WINDOW : end]), ())
            lengths = [one.length for one in marks if self._matches(one, text[max(0, end - one.length) : end])]
            if lengths:
                yield end - max(lengths), end

    def _matches(self, mark: _Fingerprint, text: str) -> bool:
        return len(text) == mark.length and self._digest(text) == mark.digest

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode(errors="replace"), key=self._key, digest_size=16).digest()


def _is_distinctive(secret: str) -> bool:
    """A password `postgres` stands in half of all lines, and rightly so."""
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return len(secret) >= 20 or (len(secret) >= _WINDOW and mixed)


opened_secrets = OpenedSecrets()
"""This process's own, as its log is one."""
