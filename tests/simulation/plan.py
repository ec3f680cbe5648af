"""What one seed means: which builds run, which processes there are, and what goes wrong when."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.simulation.simulated_circleci import Build, Run

_FAULTS_UNTIL_S = 40.0
_LONG_S = 6.0
_KINDS = ("kill", "kill", "freeze", "freeze", "stop", "no database", "lost commits", "slack", "circleci")
_OF_PROCESS = frozenset({"kill", "stop", "freeze", "no database"})
POINTS = ("", "before request", "while it travels", "after answer", "before commit", "after commit")
"""Where a process is when it is killed or frozen; with "" wherever it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at_s` on for `for_s`. `process` is the number of the one it hits, once it is at the
    `point`; `strength` is how likely, from 0 to 1."""

    at_s: float
    for_s: float
    kind: str
    process: int = 0
    strength: float = 0.0
    point: str = ""

    def __str__(self) -> str:
        hit = f" of process {self.process} {self.point}".rstrip() if self.kind in _OF_PROCESS else ""
        much = f", {self.strength:.0%}" if self.strength else ""
        return f"{self.at_s:6.2f} s  fault: {self.kind}{hit} for {self.for_s:.2f} s{much}"


@dataclass(frozen=True, slots=True)
class Plan:
    """`skews_s` are how wrong each process's machine tells the time; `readable`: the history scope is granted."""

    seed: int
    builds: tuple[Build, ...]
    faults: tuple[Fault, ...]
    skews_s: tuple[float, ...]
    readable: bool

    @property
    def over_s(self) -> float:
        """When the last fault is over and the last build has ended."""
        return max([one.at_s + one.for_s for one in self.faults] + [one.ended_s for one in self.builds], default=0.0)

    @property
    def unwritten(self) -> int:
        """How often a process may know what Slack answered and never write it down: without its database until its
        lease ends, or until it ends itself."""
        ends = {one.process for one in self.faults if one.kind in {"kill", "stop"}}
        away = (one for one in self.faults if one.kind == "no database")
        return sum(one.for_s > _LONG_S or one.process in ends for one in away)

    def __str__(self) -> str:
        courses = [
            f"        #{build.number} on {build.branch}: {run.name} "
            + ", ".join(f"{status} at {at_s:.1f} s" for at_s, status in run.course)
            for build in self.builds
            for run in build.runs
        ]
        scope = "with" if self.readable else "without"
        head = f"seed {self.seed}: {len(self.skews_s)} processes, {scope} the history scope"
        return "\n".join([head, *courses, *map(str, self.faults)])


def draw_plan(seed: int) -> Plan:
    chance = Random(seed)
    processes = chance.choice((1, 2, 2, 3))
    return Plan(
        seed=seed,
        builds=tuple(_draw_build(number, chance) for number in range(1, chance.randint(1, 4) + 1)),
        faults=tuple(
            sorted(
                (_draw_fault(chance, processes) for _ in range(chance.randint(0, 5))),
                key=lambda one: (one.at_s, one.kind),
            )
        ),
        skews_s=tuple(chance.choice((0.0, 0.0, -30.0, 30.0, 3600.0)) for _ in range(processes)),
        readable=chance.random() < 0.8,
    )


def _draw_fault(chance: Random, processes: int) -> Fault:
    kind = chance.choice(_KINDS)
    at_s = chance.uniform(0, _FAULTS_UNTIL_S)
    if kind in _OF_PROCESS:
        point = chance.choice(POINTS)
        return Fault(at_s, chance.uniform(1, 25), kind, process=chance.randrange(processes), point=point)
    return Fault(at_s, chance.uniform(5, 30), kind, strength=chance.choice((0.1, 0.3, 0.8)))


def _draw_build(number: int, chance: Random) -> Build:
    began_s = chance.uniform(1, 15)
    names = chance.sample(("build", "test", "deploy"), chance.choice((1, 1, 2)))
    runs = tuple(
        Run(_make_id(1000 * number + index), name, _draw_course(chance, began_s)) for index, name in enumerate(names)
    )
    return Build(number, _make_id(number), chance.choice(("main", "main", "topic")), runs)


def _draw_course(chance: Random, began_s: float) -> tuple[tuple[float, str], ...]:
    course: list[tuple[float, str]] = [(began_s, "running")]
    if chance.random() < 0.3:
        course.append((course[-1][0] + chance.uniform(1, 15), "on_hold"))
        course.append((course[-1][0] + chance.uniform(1, 10), chance.choice(("running", "canceled"))))
    if course[-1][1] != "canceled":
        course.append(
            (course[-1][0] + chance.uniform(1, 10), chance.choice(("success", "failed", "failed", "canceled")))
        )
    return tuple(course)


def _make_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def list_smaller(plan: Plan) -> list[dict[str, Any]]:
    """Plans with one thing less, to be tried in this order."""
    builds, faults = plan.builds, plan.faults
    without_build = [
        {"builds": builds[:index] + builds[index + 1 :]} for index in range(len(builds)) if len(builds) > 1
    ]
    without_fault = [{"faults": faults[:index] + faults[index + 1 :]} for index in range(len(faults))]
    return [*without_fault, *without_build]
