"""A model of a channel's turns: two notices in one channel, two workers, and a day that passes.

Claim, post and settle are a step each here; how a post itself stays one, tests/models/posting.py shows. What is of
interest: who is next, how soon, what a notice that is too old is told by, and what one that breaks its sending stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.models.checking import FAULT, Model
from tests.models.posting import WORKERS, put

ROWS = (0, 1)
IN_VAIN = 3

QUEUED, SENT, FOLDED = "queued", "sent", "folded"


@dataclass(frozen=True, slots=True)
class Safeguards:
    one_at_a_time: bool = True
    waits_in_line: bool = True
    shares_turns: bool = True
    lets_others_pass: bool = True
    folds_what_nobody_tried: bool = True
    folds_into_its_own: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    deaths: int = 0
    pauses: int = 0
    refusals: int = 0
    lost_answers: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A notice. `waits` as Slack asked, or until an earlier attempt would stand there; `into` it was folded."""

    state: str = QUEUED
    holder: int | None = None
    attempted: bool = False
    waits: bool = False
    old: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Worker:
    """`tells` are the rows that its message tells, and `looks` says that an earlier attempt may have told them."""

    phase: str = "idle"
    row: int = 0
    looks: bool = False
    tells: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class World:
    """`slack` are the messages in their order: the row that each has its key of, and the rows that it tells.

    `turns` are free ones, as each worker knows it; `claims` how many there were within this second. `poison` is a row
    that breaks whatever sends it.
    """

    rows: tuple[Row, Row] = (Row(), Row())
    workers: tuple[Worker, Worker] = (Worker(), Worker())
    slack: tuple[tuple[int, frozenset[int]], ...] = ()
    turns: tuple[bool, bool] = (True, True)
    claims: int = 0
    poison: int | None = None
    budget: Budget = Budget()


Step = tuple[str, World]


def build_turns(
    safeguards: Safeguards, budget: Budget, *, old: bool = False, poison: int | None = None
) -> Model[World]:
    """`old`: a day may pass at any step. What `poison` is stays undelivered, and nothing else does."""
    return Model(
        name="turns and folding",
        first=World(budget=budget, poison=poison),
        list_steps=lambda world: _list_steps(world, safeguards, old),
        promises={
            "order": _is_in_order,
            "pace": lambda world: world.claims <= 1,
            "once": lambda world: all(len(_find_told(world, row)) <= 1 for row in ROWS),
            "told": _is_told,
        },
        is_done=lambda world: all(one.state != QUEUED for row, one in enumerate(world.rows) if row != poison),
    )


def _find_told(world: World, row: int) -> list[int]:
    return [index for index, (_, tells) in enumerate(world.slack) if row in tells]


def _is_in_order(world: World) -> bool:
    """The first was first, or together with the other; but for one that was tried in vain."""
    first, second = _find_told(world, 0), _find_told(world, 1)
    return not second or world.rows[0].tries >= IN_VAIN or bool(first and first[0] <= second[0])


def _is_told(world: World) -> bool:
    """What is sent stands in Slack; what was folded too, once the other is sent."""
    sent = [row for row in ROWS if world.rows[row].state == SENT]
    folded = [row for row in ROWS if world.rows[row].state == FOLDED and world.rows[1 - row].state == SENT]
    return all(_find_told(world, row) for row in [*sent, *folded])


def _list_steps(world: World, safeguards: Safeguards, ages: bool) -> Iterator[Step]:
    for worker in WORKERS:
        for label, after in _list_steps_of(world, worker, safeguards):
            yield f"{worker} {label}", after
    for row in ROWS:
        one = world.rows[row]
        if one.state == QUEUED and one.waits:
            yield f"the time of {row} comes", _set_row(world, row, waits=False)
        if ages and one.state == QUEUED and not one.old and all(before.old for before in world.rows[:row]):
            yield f"{row} is too old", _set_row(world, row, old=True)
    if world.turns != (True, True):
        yield "a second passes", replace(world, turns=(True, True), claims=0)


def _list_steps_of(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    phase = world.workers[worker].phase
    if phase == "idle":
        yield from _claim(world, worker, safeguards)
        return
    if phase == "claimed":
        yield _look(world, worker)
    elif phase == "looked":
        yield "sums up", _sum_up(world, worker, safeguards)
    elif phase == "ready":
        yield from _post(world, worker)
    else:
        yield "settles", _settle(world, worker)
    yield from _fail(world, worker)


def _claim(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    """The next of the channel, when it is its turn, and none of the channel is on its way or waits."""
    row = _find_next(world, safeguards)
    if row is None or not world.turns[worker]:
        return
    one, other = world.rows[row], world.rows[1 - row]
    is_busy = other.holder is not None or (safeguards.waits_in_line and other.waits)
    if one.holder is None and not (other.state == QUEUED and safeguards.one_at_a_time and is_busy):
        held = _set_row(world, row, holder=worker, attempted=True, tries=min(IN_VAIN, one.tries + 1))
        turns = (False, False) if safeguards.shares_turns else put(world.turns, worker, value=False)
        claimed = _set_worker(held, worker, Worker("claimed", row, one.attempted))
        yield f"claims {row}", replace(claimed, turns=turns, claims=min(2, world.claims + 1))


def _find_next(world: World, safeguards: Safeguards) -> int | None:
    ready = [row for row in ROWS if world.rows[row].state == QUEUED and not world.rows[row].waits]
    if not safeguards.one_at_a_time:
        ready = [row for row in ready if world.rows[row].holder is None]
    fresh = [row for row in ready if world.rows[row].tries < IN_VAIN]
    return min(fresh if fresh and safeguards.lets_others_pass else ready, default=None)


def _look(world: World, worker: int) -> Step:
    mine = world.workers[worker]
    if mine.looks and any(key == mine.row for key, _ in world.slack):
        return "finds it", _set_worker(world, worker, replace(mine, phase="sent"))
    return "finds nothing", _set_worker(world, worker, replace(mine, phase="looked"))


def _sum_up(world: World, worker: int, safeguards: Safeguards) -> World:
    """One that is too old speaks for the others that are, if they were never tried, as long as it is ours."""
    mine = world.workers[worker]
    one, other = world.rows[mine.row], world.rows[1 - mine.row]
    is_ours = one.holder == worker or not safeguards.folds_into_its_own
    is_untried = not other.attempted or not safeguards.folds_what_nobody_tried
    if one.old and other.old and other.state == QUEUED and is_ours and is_untried:
        world = _set_row(world, 1 - mine.row, state=FOLDED)
    tells = frozenset({mine.row} | {row for row in ROWS if world.rows[row].state == FOLDED})
    return _set_worker(world, worker, replace(mine, phase="ready", tells=tells))


def _post(world: World, worker: int) -> Iterator[Step]:
    mine = world.workers[worker]
    if world.rows[mine.row].holder != worker:
        yield "gives up", _set_worker(world, worker, Worker())
    elif mine.row == world.poison:
        yield "breaks", _leave(world, worker)
    else:
        said = replace(world, slack=(*world.slack, (mine.row, mine.tells)))
        yield "posts", _set_worker(said, worker, replace(mine, phase="sent"))
        if world.budget.refusals:
            refused = _set_row(_spend(world, "refusals"), mine.row, waits=True, attempted=False, tries=1)
            yield f"{FAULT}is refused", _leave(refused, worker)
        if world.budget.lost_answers:
            waiting = _set_row(_spend(said, "lost_answers"), mine.row, waits=True)
            yield f"{FAULT}hears nothing", _leave(waiting, worker)


def _settle(world: World, worker: int) -> World:
    row = world.workers[worker].row
    idle = _set_worker(world, worker, Worker())
    return _set_row(idle, row, state=SENT, holder=None) if world.rows[row].holder == worker else idle


def _fail(world: World, worker: int) -> Iterator[Step]:
    row = world.workers[worker].row
    if world.budget.deaths:
        yield f"{FAULT}dies", _leave(_spend(world, "deaths"), worker)
    if world.budget.pauses and world.rows[row].holder == worker:
        yield f"{FAULT}outlives its lease", _set_row(_spend(world, "pauses"), row, holder=None)


def _leave(world: World, worker: int) -> World:
    row = world.workers[worker].row
    freed = _set_row(world, row, holder=None) if world.rows[row].holder == worker else world
    return _set_worker(freed, worker, Worker())


def _set_row(world: World, row: int, **values: object) -> World:
    return replace(world, rows=put(world.rows, row, replace(world.rows[row], **values)))


def _set_worker(world: World, worker: int, one: Worker) -> World:
    return replace(world, workers=put(world.workers, worker, one))


def _spend(world: World, name: str) -> World:
    return replace(world, budget=replace(world.budget, **{name: getattr(world.budget, name) - 1}))
