"""A model of posting: one row, two workers, one Slack, and every order in which their steps can come.

It has what bot/notify/deliver and bot/store/leases.py do between a claim and its settlement, and nothing else. Each
safeguard is a switch, so that a test can show what is lost without it. What goes wrong is a budget of so many times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.models.checking import FAULT, Model

WORKERS = (0, 1)
MOST = 4
"""Messages, and requests that nobody waits for, that are told apart."""

IDLE, CLAIMED, LOOKED, CHECKED, TRAVELS, TAKEN = "idle", "claimed", "looked", "checked", "travels", "taken"
SENT, REFUSED, LOST = "sent", "refused", "lost"
DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Safeguards:
    """All of them are in the code."""

    looks_back: bool = True
    keeps_attempted: bool = True
    checks_before_post: bool = True
    renews: bool = True
    settles_only_its_own: bool = True
    cuts_off: bool = True
    waits_until_shown: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """How often what may happen does.

    The last two are what nobody can rule out (docs/delivery.md, "What it rests on"): `late`, somebody looks while a
    request still travels, or stands in no history yet; `uncalled`, a request leaves a worker that is frozen past its
    lease before that one looks at the clock.
    """

    deaths: int = 0
    pauses: int = 0
    refusals: int = 0
    lost_answers: int = 0
    late: int = 0
    uncalled: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """`phases` of the workers. `sent`, `refused` and `lost` say what a worker knows and has to write down.

    `attempted` says that the row was claimed before and nobody knows how that ended; `looks` which workers have to look
    back for that reason. Of the `messages` that Slack has taken `hidden` are in no history yet. `orphans` are requests
    that still travel though nobody waits for them.
    """

    sent: bool = False
    holder: int | None = None
    attempted: bool = False
    looks: tuple[bool, bool] = (False, False)
    phases: tuple[str, str] = (IDLE, IDLE)
    messages: int = 0
    hidden: int = 0
    orphans: int = 0
    budget: Budget = Budget()


T = TypeVar("T")
Step = tuple[str, World]


def build_posting(safeguards: Safeguards, budget: Budget, most: int = 1) -> Model[World]:
    """A message stands in Slack at most `most` times, and none is settled unsaid."""
    return Model(
        name="posting",
        first=World(budget=budget),
        list_steps=lambda world: list_steps(world, safeguards),
        promises={
            "once": lambda world: world.messages <= most,
            "said": lambda world: world.messages >= 1 or not world.sent,
        },
        is_done=lambda world: world.sent,
    )


def list_steps(world: World, safeguards: Safeguards) -> Iterator[Step]:
    for worker in WORKERS:
        for label, after in _list_steps_of(world, worker, safeguards):
            yield f"{worker} {label}", after
    yield from _list_steps_of_slack(world)


def _list_steps_of(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    match world.phases[worker]:
        case "idle":
            yield from _claim(world, worker, safeguards)
        case "claimed":
            yield from _look(world, worker, safeguards)
        case "looked":
            yield from _check(world, worker, safeguards)
        case "checked":
            yield "sends", go(world, worker, TRAVELS)
        case "travels" | "taken":
            yield from _hear(world, worker)
        case "sent" | "refused" | "lost":
            yield "settles", _settle(world, worker, safeguards)
        case "dead":
            yield "starts again", go(world, worker, IDLE)
    yield from _die(world, worker)
    yield from _outlive_its_lease(world, worker, safeguards)


def _claim(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """Nobody looks before what travelled stands in Slack: a lease ends that much later, and so does a wait."""
    if world.sent or world.holder is not None:
        return
    looks = put(world.looks, worker, world.attempted)
    claimed = replace(go(world, worker, CLAIMED), holder=worker, attempted=True, looks=looks)
    if not safeguards.waits_until_shown or not (world.orphans or world.hidden):
        yield "claims", claimed
    elif world.budget.late:
        yield f"{FAULT}claims while one is on its way", _spend(claimed, late=1)


def _look(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """What an earlier attempt left is found, and only to be written down; else it is posted."""
    if not world.looks[worker] or not safeguards.looks_back:
        yield "need not look", go(world, worker, LOOKED)
    elif world.messages > world.hidden:
        yield "finds it", go(world, worker, SENT)
    else:
        yield "finds nothing", go(world, worker, LOOKED)
    if world.looks[worker] and world.budget.refusals:
        yield f"{FAULT}may not look now", go(_spend(world, refusals=1), worker, LOST)


def _check(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    if world.budget.refusals:
        yield f"{FAULT}may not be shown now", go(_spend(world, refusals=1), worker, REFUSED)
    if safeguards.checks_before_post and world.holder != worker:
        yield "gives up", go(world, worker, IDLE)
    else:
        yield "checks", go(world, worker, CHECKED)


def _hear(world: World, worker: int) -> Iterator[Step]:
    """Slack takes it and answers, or refuses it; or there is no answer, and one that travels may still arrive."""
    budget, travels = world.budget, world.phases[worker] == TRAVELS
    if travels:
        yield "is taken", go(_take(world), worker, TAKEN)
    else:
        yield "hears that it is sent", go(world, worker, SENT)
    if travels and budget.refusals:
        yield f"{FAULT}is refused", go(_spend(world, refusals=1), worker, REFUSED)
    if budget.lost_answers:
        yield f"{FAULT}hears nothing", go(_orphan(_spend(world, lost_answers=1), travels), worker, LOST)


def _settle(world: World, worker: int, safeguards: Safeguards) -> World:
    """Only the attempt that has the row changes it."""
    idle, known = go(world, worker, IDLE), world.phases[worker]
    if safeguards.settles_only_its_own and world.holder != worker:
        return idle
    attempted = known == LOST and safeguards.keeps_attempted
    return replace(idle, sent=world.sent or known == SENT, holder=None, attempted=attempted)


def _die(world: World, worker: int) -> Iterator[Step]:
    """At any step, or stopped there: its row is free once the lease is over, or at once."""
    phase = world.phases[worker]
    if world.budget.deaths and phase not in {IDLE, DEAD}:
        dead = _orphan(_spend(go(world, worker, DEAD), deaths=1), phase == TRAVELS)
        yield f"{FAULT}dies", _free(dead, worker)


def _outlive_its_lease(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """Frozen by budget, or at any time where nothing renews the lease."""
    phase = world.phases[worker]
    if world.holder != worker or phase == IDLE or (safeguards.renews and not world.budget.pauses):
        return
    late = _free(_spend(world, pauses=1) if safeguards.renews else world, worker)
    fault = FAULT if safeguards.renews else ""
    if not safeguards.cuts_off or phase not in {CHECKED, TRAVELS, TAKEN}:
        yield f"{fault}outlives its lease", late
    else:
        yield f"{fault}is cut off", go(_orphan(late, phase == TRAVELS), worker, LOST)
        if world.budget.uncalled:
            yield f"{fault}outlives its lease, and sends", _spend(late, uncalled=1)


def _list_steps_of_slack(world: World) -> Iterator[Step]:
    if world.orphans:
        fewer = replace(world, orphans=world.orphans - 1)
        yield "Slack takes what nobody waits for", _take(fewer)
        yield "what nobody waits for is lost", fewer
    if world.hidden:
        yield "Slack shows it in its history", replace(world, hidden=world.hidden - 1)


def _take(world: World) -> World:
    return replace(world, messages=min(MOST, world.messages + 1), hidden=min(MOST, world.hidden + 1))


def _orphan(world: World, travels: bool) -> World:
    return replace(world, orphans=min(MOST, world.orphans + travels))


def _free(world: World, worker: int) -> World:
    return replace(world, holder=None) if world.holder == worker else world


def _spend(world: World, **times: int) -> World:
    left = {name: getattr(world.budget, name) - spent for name, spent in times.items()}
    return replace(world, budget=replace(world.budget, **left))


def go(world: World, worker: int, phase: str) -> World:
    return replace(world, phases=put(world.phases, worker, phase))


def put(pair: tuple[T, T], worker: int, value: T) -> tuple[T, T]:
    return (value, pair[1]) if worker == 0 else (pair[0], value)
