"""Pins of channels, newest first."""

from __future__ import annotations

from dataclasses import dataclass

MOST_PINS = 100


@dataclass(frozen=True)
class FakePin:
    """A message that somebody pinned to its channel."""

    channel: str
    ts: str
    by: str
    created: int


class FakePins:
    """All pins of the workspace."""

    def __init__(self) -> None:
        self._pins: list[FakePin] = []

    def list_for(self, channel: str) -> list[FakePin]:
        return [pin for pin in reversed(self._pins) if pin.channel == channel]

    def find(self, channel: str, ts: str) -> FakePin | None:
        return next((pin for pin in self._pins if (pin.channel, pin.ts) == (channel, ts)), None)

    def add(self, pin: FakePin) -> None:
        self._pins.append(pin)

    def remove(self, pin: FakePin) -> None:
        self._pins.remove(pin)
