from __future__ import annotations

from dataclasses import dataclass

FULL = 0.95
"""What part of a machine's memory is all of it: samples are taken before the moment in which a job is killed."""


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Bytes that a job used at its end, and that its machine has."""

    used: int
    limit: int

    @property
    def is_full(self) -> bool:
        return self.used >= self.limit * FULL
