"""New ids and commit hashes: random ones, or seeded ones for the history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class IdGenerator:
    """Live ids are random, so that a bot which remembers the world before a reset never meets an old id anew."""

    def __init__(self) -> None:
        self._random: random.Random = random.SystemRandom()

    def generate_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def generate_sha(self) -> str:
        return f"{self._random.getrandbits(160):040x}"

    @contextmanager
    def use_seed(self, seed: str) -> Iterator[None]:
        """Mint the same ids every time, as the history must after each reset."""
        self._random = random.Random(seed)  # noqa: S311 -- ids of a play, not secrets
        try:
            yield
        finally:
            self._random = random.SystemRandom()
