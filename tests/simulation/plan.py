"""What one seed means: which builds run, which processes there are, and what goes wrong when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.simulation.builds import Build, Run, Step, make_id
from tests.simulation.channels import HOLDS, MESSAGES, OTHERS

_A_DAY_S = 86_400.0
KINDS = (
    *("kill", "kill", "kill", "freeze", "freeze", "freeze", "slack", "slack", "slack", "no database", "no database"),
    *("lost commits", "stop", "circleci", "lost acts", "upgrade", "clock jump"),
)
_LOSSES = 0.04
"""In how many worlds the database is lost. Not in those that show a safeguard missing: what is lost excuses much."""

_PEOPLE = 3
WORDS = ("trigger", "rerun", "rerun", "rerun", "cancel", "approve", "approve", "decline")
"""`decline`: cancel a hold by a form that asks why."""
_OF_PROCESS = frozenset({"kill", "stop", "freeze", "no database", "clock jump"})
POINTS = (
    "",
    "before request",
    "while it travels",
    "after answer",
    "before commit",
    "after commit",
)
"""Where a process is when it is killed or frozen; with "" wherever it is."""

ACT_POINTS = ("before act", "after act")
"""Where one that does what somebody asked is: nobody gets there without a deed."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each a world has; `span_s` is how long it goes on, faults last as long as `faults_last_s`."""

    channels: tuple[str, ...]
    builds: tuple[int, ...]
    workflows: tuple[int, ...]
    deeds: tuple[int, ...]
    faults: tuple[int, ...]
    span_s: float
    begins_s: float
    fault_lasts_s: tuple[float, float]
    freeze_lasts_s: tuple[float, float]
    held_s: tuple[float, ...]
    runs_s: tuple[float, ...]
    others: float
    """How likely each of the channels is there that want something else."""


SMALL = Size(
    channels=("C0ALL",),
    builds=(1,),
    workflows=(1, 1, 2),
    deeds=(0, 1, 1),
    faults=(1, 2, 2, 3),
    span_s=12.0,
    begins_s=4.0,
    fault_lasts_s=(1, 12),
    freeze_lasts_s=(12, 24),
    held_s=(5, 15),
    runs_s=(1, 5),
    others=0.07,
)
LARGE = Size(
    channels=tuple(MESSAGES),
    builds=(1, 2, 3, 4),
    workflows=(1, 1, 2),
    deeds=(0, 2, 3, 4),
    faults=tuple(range(7)),
    span_s=40.0,
    begins_s=15.0,
    fault_lasts_s=(1, 25),
    freeze_lasts_s=(8, 30),
    held_s=(10, 40, 100),
    runs_s=(1, 10, 30),
    others=0.2,
)
_SIZES = (*(SMALL,) * 15, LARGE)
"""Most worlds are small: a safeguard that is missing is seen there, too, and soonest (docs/delivery.md)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at_s` on for `for_s`; with a `deed` so long after that was done. `process` is the number of the one it
    hits, once it is at the `point`; `strength` is how likely, from 0 to 1."""

    at_s: float
    for_s: float
    kind: str
    process: int = 0
    strength: float = 0.0
    point: str = ""
    deed: int | None = None

    def __str__(self) -> str:
        hit = f" of process {self.process} {self.point}".rstrip() if self.kind in _OF_PROCESS else ""
        much = f", {self.strength:.0%}" if self.strength else ""
        after = "" if self.deed is None else f" after deed {self.deed}"
        return f"{self.at_s:6.2f} s{after}  fault: {self.kind}{hit} for {self.for_s:.2f} s{much}"


@dataclass(frozen=True, slots=True)
class Press:
    """The same again, `after_s` the one before."""

    after_s: float
    user: int
    process: int


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody types or presses this word at a process."""

    number: int
    at_s: float
    user: int
    process: int
    word: str
    again: tuple[Press, ...]

    def __str__(self) -> str:
        again = "".join(f", person {one.user} again after {one.after_s:.2f} s" for one in self.again)
        return f"{self.at_s:6.2f} s  deed {self.number}: person {self.user}: {self.word}{again}"


@dataclass(frozen=True, slots=True)
class Plan:
    """`channels` are those that want something. `skews_s` are how wrong each process's machine tells the
    time at first; `readable`: the history scope is granted."""

    seed: int
    builds: tuple[Build, ...]
    faults: tuple[Fault, ...]
    deeds: tuple[Deed, ...]
    skews_s: tuple[float, ...]
    readable: bool
    channels: tuple[str, ...] = tuple(MESSAGES)
    webhooks: bool = False
    summarise_after_s: float = _A_DAY_S

    @property
    def over_s(self) -> float:
        """When the last fault is over and the last build has ended."""
        ends = [one.at_s + one.for_s for one in self.faults] + [one.ended_s for one in self.builds]
        return max([*ends, *(one.at_s for one in self.deeds)])

    def __str__(self) -> str:
        courses = [
            f"        #{build.number} on {build.branch}: {run.name} "
            + ", ".join(f"{status} at {at_s:.1f} s" for at_s, status in run.course)
            for build in self.builds
            for run in build.runs
        ]
        scope = "with" if self.readable else "without"
        soon = f", summaries after {self.summarise_after_s:.0f} s" if self.summarise_after_s < _A_DAY_S else ""
        more = "".join([", webhooks" if self.webhooks else "", soon, *(f", {one}" for one in self.channels)])
        head = f"seed {self.seed}: {len(self.skews_s)} processes, {scope} the history scope{more}"
        return "\n".join([head, *courses, *map(str, self.deeds), *map(str, self.faults)])


def draw_plan(seed: int, size: Size | None = None) -> Plan:
    """Where no size is asked for, the seed draws it."""
    chance = Random(seed)
    may_lose = size is None
    size = size or chance.choice(_SIZES)
    processes = chance.choice((1, 2, 2, 2, 3))
    deeds = tuple(_draw_deed(number, chance, size, processes=processes) for number in range(chance.choice(size.deeds)))
    declines = any(deed.word == "decline" for deed in deeds)
    numbers = range(1, chance.choice(size.builds) + 1)
    builds = tuple(_draw_build(number, chance, size, is_held=declines) for number in numbers)
    faults = (_draw_fault(chance, size, processes, deeds=deeds) for _ in range(chance.choice(size.faults)))
    loss = _draw_loss(Random(seed + 3), size) if may_lose else []
    return Plan(
        seed=seed,
        builds=builds,
        faults=tuple(sorted([*faults, *loss], key=lambda one: (one.at_s, one.kind))),
        deeds=deeds,
        skews_s=tuple(chance.choice((0.0, 0.0, -30.0, 30.0, 3600.0)) for _ in range(processes)),
        readable=chance.random() < 0.8,
        channels=(*size.channels, *_draw_others(chance, size, declines=declines)),
        webhooks=chance.random() < 0.5,
        summarise_after_s=chance.choice((_A_DAY_S, _A_DAY_S, 10.0)),
    )


def _draw_loss(chance: Random, size: Size) -> list[Fault]:
    """In a few worlds the database is lost, and put back as it was so long before."""
    if chance.random() >= _LOSSES:
        return []
    return [Fault(chance.uniform(0, size.span_s), chance.uniform(*size.fault_lasts_s), "put back")]


def _draw_others(chance: Random, size: Size, *, declines: bool) -> list[str]:
    """Only where holds are announced can one be declined."""
    drawn = {channel for channel in OTHERS if chance.random() < size.others}
    return [channel for channel in OTHERS if channel in drawn or (declines and channel == HOLDS)]


def _draw_fault(chance: Random, size: Size, processes: int, *, deeds: Sequence[Deed]) -> Fault:
    """Half of them begin where somebody acts, since that takes a moment only."""
    kind = chance.choice(KINDS)
    lasts_s = size.freeze_lasts_s if kind == "freeze" else size.fault_lasts_s
    fault = Fault(chance.uniform(0, size.span_s), chance.uniform(*lasts_s), kind)
    if kind in _OF_PROCESS:
        points = [*POINTS, *(ACT_POINTS if deeds else ())]
        points += ["before request"] * 2 if kind == "freeze" else []
        fault = replace(fault, process=chance.randrange(processes), point=chance.choice(points))
    else:
        fault = replace(fault, strength=chance.choice((0.1, 0.3, 0.8)))
    if deeds and kind == "lost acts":
        return replace(fault, at_s=0.0, deed=chance.choice(deeds).number, strength=chance.choice((0.5, 1.0)))
    if deeds and fault.point in ACT_POINTS:
        deed = chance.choice(deeds)
        return replace(fault, at_s=0.0, deed=deed.number, process=deed.process)
    if deeds and chance.random() < 0.4:
        return replace(fault, at_s=chance.choice((0, 0, 3)) * chance.random(), deed=chance.choice(deeds).number)
    return fault


def _draw_deed(number: int, chance: Random, size: Size, *, processes: int) -> Deed:
    def draw_press() -> Press:
        """The same person or another, at once or later."""
        after_s = chance.choice((0.0, 0.05, 0.5, 3.0, 15.0)) * chance.random()
        return Press(after_s, chance.choice((user, user, chance.randrange(_PEOPLE))), chance.randrange(processes))

    user = chance.randrange(_PEOPLE)
    word = chance.choice(WORDS)
    presses = 0 if word == "trigger" else chance.choice((0, 1, 1, 2))
    return Deed(
        number,
        chance.uniform(1, size.span_s),
        user,
        chance.randrange(processes),
        word,
        tuple(draw_press() for _ in range(presses)),
    )


def _draw_build(number: int, chance: Random, size: Size, *, is_held: bool) -> Build:
    began_s = chance.uniform(1, size.begins_s)
    names = chance.sample(("build", "test", "deploy"), chance.choice(size.workflows))
    courses = [_draw_course(chance, began_s, size, is_held=is_held) for _ in names]
    runs = [
        Run(make_id(1000 * number + index), name, course)
        for index, (name, course) in enumerate(zip(names, courses, strict=True))
    ]
    return Build(number, make_id(number), chance.choice(("main", "main", "topic")), runs)


def _draw_course(chance: Random, began_s: float, size: Size, *, is_held: bool) -> list[Step]:
    course: list[Step] = [(began_s, "running")]

    def go_on(lasts_s: float, *ends: str) -> None:
        course.append((course[-1][0] + lasts_s, chance.choice(ends)))

    if is_held or chance.random() < 0.4:
        go_on(chance.uniform(1, size.begins_s), "on_hold")
        go_on(chance.choice(size.held_s) * chance.random(), "running", "canceled")
    if course[-1][1] != "canceled":
        go_on(chance.choice(size.runs_s) * chance.random(), "success", "failed", "failed", "canceled")
    return course


def list_smaller(plan: Plan) -> list[dict[str, Any]]:
    """Plans with one thing less, to be tried in this order."""
    builds, faults, deeds = plan.builds, plan.faults, plan.deeds
    without_build = [
        {"builds": builds[:index] + builds[index + 1 :]} for index in range(len(builds)) if len(builds) > 1
    ]
    without_fault = [{"faults": faults[:index] + faults[index + 1 :]} for index in range(len(faults))]
    without_deed = [{"deeds": deeds[:index] + deeds[index + 1 :]} for index in range(len(deeds))]
    without_press = [
        {"deeds": (*deeds[:index], replace(deed, again=deed.again[:-1]), *deeds[index + 1 :])}
        for index, deed in enumerate(deeds)
        if deed.again
    ]
    without_channel = [{"channels": plan.channels[:index]} for index in range(1, len(plan.channels))]
    without_webhooks = [{"webhooks": False}] if plan.webhooks else []
    return [*without_channel, *without_webhooks, *without_fault, *without_deed, *without_press, *without_build]
