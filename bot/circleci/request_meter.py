"""How many requests were made with each token: ever, and in the last hour."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

_MINUTES = 60


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """`lately` is in the last hour."""

    total: int
    last_hour: int


class RequestMeter:
    """Tokens are known by fingerprints. Of the last hour the minutes are counted."""

    def __init__(self) -> None:
        self._ever: Counter[bytes] = Counter()
        self._minutes: dict[bytes, deque[tuple[int, int]]] = {}

    def record(self, token: bytes, now: datetime) -> None:
        self._ever[token] += 1
        minute, counted = int(now.timestamp() // 60), self._minutes.setdefault(token, deque(maxlen=_MINUTES))
        before = counted.pop()[1] if counted and counted[-1][0] == minute else 0
        counted.append((minute, before + 1))

    def get_counts(self, token: bytes, now: datetime) -> RequestCounts:
        since = int(now.timestamp() // 60) - _MINUTES
        lately = sum(count for minute, count in self._minutes.get(token, ()) if minute > since)
        return RequestCounts(self._ever[token], lately)
