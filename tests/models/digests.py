"""A model of digests: two things that are kept for a channel, and two processes that find it due.

One is kept from the beginning, the other one at any step. The digest takes its name from what it tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.models.checking import FAULT, Model
from tests.models.posting import WORKERS, put

Digest = frozenset[int]


@dataclass(frozen=True, slots=True)
class Safeguards:
    one_transaction: bool = True
    locks_what_it_tells: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """`kept` are the things in the queue, each with the digest that took it; `outbox` tells what each digest says.

    A process has `named` the things of its digest, then `taken` it and not yet written its message.
    """

    kept: tuple[Digest | None, ...] = (None,)
    named: tuple[Digest | None, Digest | None] = (None, None)
    taken: tuple[Digest | None, Digest | None] = (None, None)
    outbox: frozenset[tuple[Digest, Digest]] = frozenset()
    deaths: int = 0


Step = tuple[str, World]


def build_digests(safeguards: Safeguards, deaths: int) -> Model[World]:
    return Model(
        name="digests",
        first=World(deaths=deaths),
        list_steps=lambda world: _list_steps(world, safeguards),
        promises={"once": lambda world: all(_count_told(world, one) <= 1 for one in range(len(world.kept)))},
        is_done=lambda world: len(world.kept) > 1 and all(_count_told(world, one) for one in range(2)),
    )


def _count_told(world: World, one: int) -> int:
    return sum(one in says for _, says in world.outbox)


def _list_steps(world: World, safeguards: Safeguards) -> Iterator[Step]:
    if len(world.kept) == 1:
        yield "one more is kept", replace(world, kept=(*world.kept, None))
    for worker in WORKERS:
        for label, after in _list_steps_of(world, worker, safeguards):
            yield f"{worker} {label}", after


def _list_steps_of(world: World, worker: int, safeguards: Safeguards) -> Iterator[Step]:
    named, taken = world.named[worker], world.taken[worker]
    if named is None:
        due = frozenset(one for one, digest in enumerate(world.kept) if digest is None)
        if safeguards.locks_what_it_tells:
            due -= world.named[1 - worker] or frozenset()
        if due:
            yield f"names {_tell(due)}", replace(world, named=put(world.named, worker, due))
        return
    if taken is None:
        marked, took = _take(world, named, safeguards)
        if safeguards.one_transaction:
            yield f"takes {_tell(took)} and writes", _end(_write(marked, named, took), worker)
        else:
            yield f"takes {_tell(took)}", replace(marked, taken=put(world.taken, worker, took))
    else:
        yield f"writes {_tell(taken)}", _end(_write(world, named, taken), worker)
    if world.deaths:
        yield f"{FAULT}dies", _end(replace(world, deaths=world.deaths - 1), worker)


def _take(world: World, named: Digest, safeguards: Safeguards) -> tuple[World, Digest]:
    """What it named and nobody has; or, where nothing was locked, whatever waits by then."""
    free = frozenset(one for one, digest in enumerate(world.kept) if digest is None)
    took = free & named if safeguards.locks_what_it_tells else free
    return replace(world, kept=tuple(named if one in took else of for one, of in enumerate(world.kept))), took


def _write(world: World, name: Digest, says: Digest) -> World:
    """A digest of that name is written once; an empty one is none."""
    if not says or name in {known for known, _ in world.outbox}:
        return world
    return replace(world, outbox=world.outbox | {(name, says)})


def _end(world: World, worker: int) -> World:
    return replace(world, named=put(world.named, worker, None), taken=put(world.taken, worker, None))


def _tell(things: Digest) -> str:
    return " and ".join(map(str, sorted(things))) or "nothing"
