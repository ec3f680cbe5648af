"""What is pinned to channels, newest first."""

from __future__ import annotations

from dataclasses import dataclass

MOST_PINS = 100


@dataclass(frozen=True)
class Pin:
    """A message that somebody pinned to its channel."""

    channel: str
    ts: str
    by: str
    created: int


class Pins:
    """All pins of the workspace."""

    def __init__(self) -> None:
        self._pins: list[Pin] = []

    def of(self, channel: str) -> list[Pin]:
        return [pin for pin in reversed(self._pins) if pin.channel == channel]

    def find(self, channel: str, ts: str) -> Pin | None:
        return next((pin for pin in self._pins if (pin.channel, pin.ts) == (channel, ts)), None)

    def add(self, pin: Pin) -> None:
        self._pins.append(pin)

    def remove(self, pin: Pin) -> None:
        self._pins.remove(pin)
