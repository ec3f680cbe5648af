"""Builds at the simulated CircleCI: each workflow has a course, which people's acts may change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ENDED = frozenset({"success", "failed", "canceled"})

Step = tuple[float, str]
"""When (in seconds) a workflow gets a status."""


@dataclass
class Run:
    """A workflow. The last step of its course is an end. `decided_by` approved its hold, where a person did."""

    id: str
    name: str
    course: list[Step]
    decided_by: str | None = None

    def find_status(self, now_s: float) -> str | None:
        """None before it was made."""
        return next((status for at_s, status in reversed(self.course) if at_s <= now_s), None)

    def turn(self, now_s: float, *steps: Step) -> None:
        """From now on its course is another one."""
        self.course = [*(step for step in self.course if step[0] <= now_s), *steps]

    @property
    def end(self) -> str:
        return self.course[-1][1]

    @property
    def held_s(self) -> float | None:
        """Since when it waits, or waited, for an approval."""
        return next((at_s for at_s, status in self.course if status == "on_hold"), None)

    def find_hold_status(self, now_s: float) -> str:
        """Declined with its workflow."""
        if self.held_s is None or now_s < self.held_s:
            return "blocked"
        if self.find_status(now_s) == "on_hold":
            return "on_hold"
        after = next(status for at_s, status in self.course if at_s > self.held_s)
        return "canceled" if after == "canceled" else "success"


@dataclass
class Build:
    """A pipeline of gh/acme/web on a branch, begun by somebody (their login)."""

    number: int
    id: str
    branch: str
    runs: list[Run]
    by: str = "ada"
    began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.began_s = min(run.course[0][0] for run in self.runs)

    @property
    def ended_s(self) -> float:
        return max(run.course[-1][0] for run in self.runs)


def make_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def copy_builds(builds: Iterable[Build]) -> list[Build]:
    """Those of a plan, for one run of it."""
    return [
        Build(one.number, one.id, one.branch, [Run(run.id, run.name, [*run.course]) for run in one.runs])
        for one in builds
    ]
