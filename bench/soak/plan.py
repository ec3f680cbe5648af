"""What a soak consists of: how many builds for how long, and what fails when. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KILL, RESTART = "a worker is killed", "the database restarts"
_POSTS, _SLACK, _CIRCLECI = "/api/chat.", "/api/", "/circleci/api/"

TROUBLES: dict[str, tuple[dict[str, Any], ...]] = {
    KILL: (),
    "Slack is down": ({"path": _SLACK},),
    "CircleCI is down": ({"path": _CIRCLECI},),
    "Slack says 429": ({"path": _POSTS, "status": 429, "retry_after": 2, "share": 0.7},),
    "CircleCI says 429": ({"path": _CIRCLECI, "status": 429, "retry_after": 2, "share": 0.5},),
    "answers of Slack's are lost": ({"path": _POSTS, "drops": True, "share": 0.3},),
    RESTART: (),
}
"""By what the picture calls them, in the order in which they come: what befalls the calls meanwhile (outside/)."""


@dataclass(frozen=True, slots=True)
class Happening:
    """In seconds since the builds began."""

    name: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`on_postgresql` two workers share the work and the second one dies; else one works and dies.

    A process that dies says nothing about growth, and one that has just begun grows for some minutes. So the first of
    two is never killed, and one that is alone only in the first third.
    """

    minutes: float
    on_postgresql: bool = True
    builds_a_minute: float = 60.0
    build_s: float = 20.0
    every_s: float = 45.0
    lasts_s: float = 20.0
    sample_s: float = 5.0
    poll_s: float = 5.0

    @property
    def lasting_s(self) -> float:
        return 60 * self.minutes

    @property
    def builds(self) -> int:
        """None begins in the last moments, so that all have ended when time is up."""
        return int((self.lasting_s - self.build_s) * self.builds_a_minute / 60)

    def list_happenings(self) -> Iterator[Happening]:
        """One after another, with a rest before each; the last one ends well before the builds do."""
        names = [name for name in TROUBLES if self.on_postgresql or name != RESTART]
        at_s, number = self.every_s, 0
        while at_s + self.lasts_s <= self.lasting_s - self.build_s:
            name = names[number % len(names)]
            if name != KILL or self.on_postgresql or at_s < self.lasting_s / 3:
                yield Happening(name, at_s, at_s + self.lasts_s)
            at_s, number = at_s + self.every_s, number + 1
