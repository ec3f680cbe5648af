"""What stands in the simulated Slack: messages of channels, and what one person alone was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.simulation.askings import Asking

Json = dict[str, Any]


@dataclass
class Shown:
    """A message as it stands in a channel. `key` is in its metadata."""

    ts: str
    key: str
    text: str
    blocks: list[Json]
    thread_ts: str | None
    posted_s: float
    changed_s: float


@dataclass(frozen=True)
class Whisper:
    """What one person alone was told, and what they had asked (askings.py)."""

    user: str
    text: str
    asking: Asking | None
