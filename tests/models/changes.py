"""A model of what changes in Slack: one message (a card, an announcement of a hold), two workers, and a decision.

Whatever is decided while it is on its way, Slack shows the newest in the end. Like a card the row is desired state:
what is wanted runs ahead, and what a worker claimed is what it may write down as shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.models.checking import FAULT, Model
from tests.models.posting import WORKERS, put


@dataclass(frozen=True, slots=True)
class Safeguards:
    writes_what_it_claimed: bool = True
    settles_only_its_own: bool = True
    shows_again: bool = True
    waits_until_shown: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """`uncalled`: a request leaves a worker that is frozen past its lease before that one looks at the clock."""

    decisions: int = 1
    deaths: int = 0
    pauses: int = 0
    lost_answers: int = 0
    uncalled: int = 0


@dataclass(frozen=True, slots=True)
class Worker:
    """`wanted` as it was at its claim, and what it draws from that: the `decisions` by then."""

    phase: str = "idle"
    wanted: int = 0
    says: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """`wanted` and `shown` count, `decided` is what is true and `slack` what people read; `orphans` still travel."""

    wanted: int = 1
    shown: int = 0
    decided: int = 0
    slack: int | None = None
    holder: int | None = None
    workers: tuple[Worker, Worker] = (Worker(), Worker())
    orphans: tuple[int, ...] = ()
    budget: Budget = Budget()


Step = tuple[str, World]


def build_changes(safeguards: Safeguards, budget: Budget) -> Model[World]:
    return Model(
        name="cards and revisions",
        first=World(budget=budget),
        list_steps=lambda world: _list_steps(world, safeguards),
        promises={"true": lambda world: not _is_at_rest(world) or world.slack == world.decided},
        is_done=_is_at_rest,
    )


def _is_at_rest(world: World) -> bool:
    idle = all(one.phase == "idle" for one in world.workers)
    return world.shown >= world.wanted and idle and not world.orphans and not world.budget.decisions


def _list_steps(world: World, safeguards: Safeguards) -> Iterator[Step]:
    if world.budget.decisions:
        spent = _spend(world, "decisions")
        yield "it is decided", replace(spent, wanted=world.wanted + 1, decided=world.decided + 1)
    for worker in WORKERS:
        for label, after in _list_steps_of(world, worker, safeguards):
            yield f"{worker} {label}", after
    for index, says in enumerate(world.orphans):
        left = replace(world, orphans=world.orphans[:index] + world.orphans[index + 1 :])
        yield "Slack takes what nobody waits for", replace(left, slack=says)
        yield "what nobody waits for is lost", left


def _list_steps_of(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    mine = world.workers[worker]
    match mine.phase:
        case "idle":
            if world.holder is None and world.wanted > world.shown and _may_claim(world, safeguards):
                claimed = Worker("claimed", world.wanted, world.decided)
                yield "claims", _set(replace(world, holder=worker), worker, claimed)
            return
        case "claimed" if world.holder == worker:
            yield "sends", _go(world, worker, "travels")
        case "claimed":
            yield "gives up", _set(world, worker, Worker())
        case "travels":
            yield "is taken", _go(replace(world, slack=mine.says), worker, "sent")
            if world.budget.lost_answers:
                yield f"{FAULT}hears nothing", _orphan(_go(_spend(world, "lost_answers"), worker, "lost"), mine)
        case "sent" | "lost":
            yield "settles", _settle(world, worker, safeguards)
    yield from _fail(world, worker)


def _may_claim(world: World, safeguards: Safeguards) -> bool:
    return not world.orphans or not safeguards.waits_until_shown


def _settle(world: World, worker: int, safeguards: Safeguards) -> World:
    """Who has lost the row may have overtaken what is newer: that is shown once more."""
    mine, idle = world.workers[worker], _set(world, worker, Worker())
    if safeguards.settles_only_its_own and world.holder != worker:
        return replace(idle, wanted=world.wanted + 1) if safeguards.shows_again else idle
    if mine.phase == "lost":
        return replace(idle, holder=None)
    return replace(idle, holder=None, shown=mine.wanted if safeguards.writes_what_it_claimed else world.wanted)


def _fail(world: World, worker: int) -> Iterator[Step]:
    """Who is frozen is cut off when it wakes: what was on its way is taken before another one claims, or never."""
    mine = world.workers[worker]
    if world.budget.deaths:
        dead = _set(_free(_spend(world, "deaths"), worker), worker, Worker())
        yield f"{FAULT}dies", _orphan(dead, mine) if mine.phase == "travels" else dead
    if world.budget.pauses and world.holder == worker:
        late = _free(_spend(world, "pauses"), worker)
        if mine.phase == "travels":
            late = _orphan(_go(late, worker, "lost"), mine)
        yield f"{FAULT}outlives its lease", late
    if world.budget.uncalled and world.holder == worker and mine.phase == "travels":
        yield f"{FAULT}outlives its lease, and sends", _free(_spend(world, "uncalled"), worker)


def _orphan(world: World, worker: Worker) -> World:
    return replace(world, orphans=(*world.orphans, worker.says))


def _free(world: World, worker: int) -> World:
    return replace(world, holder=None) if world.holder == worker else world


def _go(world: World, worker: int, phase: str) -> World:
    return _set(world, worker, replace(world.workers[worker], phase=phase))


def _set(world: World, worker: int, one: Worker) -> World:
    return replace(world, workers=put(world.workers, worker, one))


def _spend(world: World, name: str) -> World:
    return replace(world, budget=replace(world.budget, **{name: getattr(world.budget, name) - 1}))
