"""Many phrases looked up in a text at once, in time linear in both (the automaton of Aho and Corasick, over words)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

MOST_PIECES = 200_000
"""Of all phrases together; what comes after is not looked for."""


class PhraseMatcher:
    """Phrases are sequences of pieces. Node 0 comes before the first piece of each."""

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._length = [0]
        for phrase in phrases:
            if len(self._next) + len(phrase) > MOST_PIECES:
                break
            self._add(phrase)
        self._shorter = [0] * len(self._next)
        self._link()

    def _add(self, phrase: Sequence[str]) -> None:
        node = 0
        for piece in phrase:
            if piece not in self._next[node]:
                self._next[node][piece] = len(self._next)
                self._next.append({})
                self._length.append(0)
            node = self._next[node][piece]
        self._length[node] = len(phrase)

    def _link(self) -> None:
        """Every node learns which shorter beginning it ends with, and the longest phrase that ends there."""
        waiting = deque(self._next[0].values())
        while waiting:
            node = waiting.popleft()
            self._length[node] = self._length[node] or self._length[self._shorter[node]]
            for piece, following in self._next[node].items():
                self._shorter[following] = self._step(self._shorter[node], piece)
                waiting.append(following)

    def _step(self, node: int, piece: str) -> int:
        while node and piece not in self._next[node]:
            node = self._shorter[node]
        return self._next[node].get(piece, 0)

    def find_covered(self, pieces: Sequence[str]) -> bytearray:
        """For each piece 1 when some phrase covers it, else 0."""
        covered = bytearray(len(pieces))
        ends = [0] * len(pieces)
        node = 0
        for end, piece in enumerate(pieces, start=1):
            node = self._step(node, piece)
            if length := self._length[node]:
                ends[end - length] = end
        end = 0
        for start, reached in enumerate(ends):
            end = max(end, reached)
            covered[start] = start < end
        return covered
