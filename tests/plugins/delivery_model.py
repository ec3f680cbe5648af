"""A model of delivery: one row, two workers, one Slack, and every order in which their steps can come.

It has what bot/notify/deliver and bot/store/leases.py do between a claim and its settlement, and nothing else. Each
safeguard is a switch, so that a test can show what is lost without it. A worker that is frozen past its lease, dies, or
whose request travels longer than it waits is a budget of so many times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from minicheck import Protocol

WORKERS = (0, 1)
MOST = 4
"""Messages, and requests that nobody waits for, that are told apart."""


@dataclass(frozen=True, slots=True)
class Safeguards:
    """All of them are in the code; each is needed."""

    looks_back: bool = True
    keeps_attempted: bool = True
    checks_before_post: bool = True
    renews: bool = True
    settles_only_its_own: bool = True
    cuts_off: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """How often what may happen does. `late`: Slack takes a request after its sender gave up and another looked."""

    deaths: int = 0
    pauses: int = 0
    refusals: int = 0
    lost_answers: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """`phases` of the workers: idle, claimed, looked, checked, travels, taken, refused.

    `attempted` says that the row was claimed before and nobody knows how that ended; `looks` which workers have to look
    back for that reason. `orphans` are requests that still travel though nobody waits for them.
    """

    sent: bool = False
    holder: int | None = None
    attempted: bool = False
    looks: tuple[bool, bool] = (False, False)
    phases: tuple[str, str] = ("idle", "idle")
    messages: int = 0
    orphans: int = 0
    budget: Budget = Budget()


T = TypeVar("T")
Step = tuple[str, World]


def build_protocol(safeguards: Safeguards, budget: Budget, most: int = 1) -> Protocol:
    """To be checked: a message stands in Slack at most `most` times, none is settled unsaid, each can still arrive."""
    return Protocol(
        name="delivery",
        candidate=False,
        fields=("world",),
        initial=(World(budget=budget),),
        transitions=lambda state: [(label, (after,)) for label, after in _list_steps(state[0], safeguards)],
        invariants={
            "once": lambda state: state["world"].messages <= most,
            "said": lambda state: state["world"].messages >= 1 or not state["world"].sent,
        },
        goal=lambda state: state["world"].sent and state["world"].messages >= 1,
    )


def _list_steps(world: World, safeguards: Safeguards) -> Iterator[Step]:
    for worker in WORKERS:
        for label, after in _list_steps_of(world, worker, safeguards):
            yield f"{worker} {label}", after
    yield from _list_steps_of_orphans(world)


def _list_steps_of(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    match world.phases[worker]:
        case "idle":
            yield from _claim(world, worker)
        case "claimed":
            yield from _look(world, worker, safeguards)
        case "looked":
            yield from _check(world, worker, safeguards)
        case "checked":
            yield "sends", _go(world, worker, "travels")
        case "travels":
            yield from _travel(world, worker, safeguards)
        case "taken" | "refused":
            yield from _settle(world, worker, safeguards)
    yield from _die(world, worker)
    yield from _outlive_its_lease(world, worker, safeguards)


def _claim(world: World, worker: int) -> Iterator[Step]:
    if not world.sent and world.holder is None:
        looks = _put(world.looks, worker, world.attempted)
        yield "claims", replace(_go(world, worker, "claimed"), holder=worker, attempted=True, looks=looks)


def _look(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """What an earlier attempt left is found, and the row settled; else it is posted."""
    if world.looks[worker] and safeguards.looks_back and world.messages:
        yield "finds it", _end(world, worker, safeguards, sent=True)
    else:
        yield "looks", _go(world, worker, "looked")


def _check(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    if safeguards.checks_before_post and world.holder != worker:
        yield "gives up", _go(world, worker, "idle")
    else:
        yield "checks", _go(world, worker, "checked")


def _travel(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    budget = world.budget
    yield "is taken", _go(_add_message(world), worker, "taken")
    if budget.refusals:
        refused = replace(world, budget=replace(budget, refusals=budget.refusals - 1))
        yield "is refused", _go(refused, worker, "refused")
    if budget.lost_answers:
        lost = replace(world, budget=replace(budget, lost_answers=budget.lost_answers - 1))
        yield "is taken, and the answer lost", _release(_add_message(lost), worker, safeguards)
        yield "is lost", _release(lost, worker, safeguards)


def _release(world: World, worker: int, safeguards: Safeguards) -> World:
    """Nobody knows how it ended: free for the next attempt, which has to look first."""
    idle = _go(world, worker, "idle")
    return replace(idle, holder=None, attempted=safeguards.keeps_attempted) if world.holder == worker else idle


def _settle(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    if world.phases[worker] == "taken":
        yield "settles sent", _end(world, worker, safeguards, sent=True)
    else:
        yield "settles refused", _end(world, worker, safeguards, sent=False)


def _end(world: World, worker: int, safeguards: Safeguards, *, sent: bool) -> World:
    """Only the attempt that has the row changes it."""
    idle = _go(world, worker, "idle")
    if safeguards.settles_only_its_own and world.holder != worker:
        return idle
    return replace(idle, sent=world.sent or sent, holder=None, attempted=False)


def _die(world: World, worker: int) -> Iterator[Step]:
    """The lease of the dead ends after what it sent has arrived, or was lost: both take less than a lease."""
    if not world.budget.deaths or world.phases[worker] == "idle":
        return
    spent = replace(world, budget=replace(world.budget, deaths=world.budget.deaths - 1))
    idle = _go(spent, worker, "idle")
    died = replace(idle, holder=None) if world.holder == worker else idle
    yield "dies", died
    if world.phases[worker] == "travels":
        yield "dies, and its request is taken", _add_message(died)


def _outlive_its_lease(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """Frozen by budget, or at any time where nothing renews the lease."""
    if world.holder != worker or world.phases[worker] == "idle":
        return
    paused = world
    if safeguards.renews:
        if not world.budget.pauses:
            return
        paused = replace(world, budget=replace(world.budget, pauses=world.budget.pauses - 1))
    over = replace(paused, holder=None)
    if not safeguards.cuts_off or world.phases[worker] not in {"checked", "travels"}:
        yield "outlives its lease", over
    else:
        yield "is cut off", _go(over, worker, "idle")
        if world.phases[worker] == "travels":
            yield "is cut off, its request taken before", _go(_add_message(over), worker, "idle")
            if world.budget.late:
                yield "is cut off, its request still travels", _go(_add_orphan(over), worker, "idle")


def _list_steps_of_orphans(world: World) -> Iterator[Step]:
    if world.orphans:
        fewer = replace(world, orphans=world.orphans - 1)
        yield "a late request is taken", _add_message(fewer)
        yield "a late request is lost", fewer


def _add_orphan(world: World) -> World:
    spent = replace(world.budget, late=world.budget.late - 1)
    return replace(world, orphans=min(MOST, world.orphans + 1), budget=spent)


def _add_message(world: World) -> World:
    return replace(world, messages=min(MOST, world.messages + 1))


def _go(world: World, worker: int, phase: str) -> World:
    return replace(world, phases=_put(world.phases, worker, phase))


def _put(pair: tuple[T, T], worker: int, value: T) -> tuple[T, T]:
    return (value, pair[1]) if worker == 0 else (pair[0], value)
