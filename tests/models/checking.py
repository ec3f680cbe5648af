"""To check a model: in every order in which its steps can come, its promises hold, and all comes to its end.

A step whose label begins with `FAULT` is something going wrong, of which there is a budget. "Ends" is asked of a world
from which on nothing more goes wrong: then every run, whoever is quicker, has to come to the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from minicheck import Protocol, check_safety

FAULT = "fault: "
ENDS = "ends"

W = TypeVar("W")
Steps = Iterable[tuple[str, W]]


@dataclass(frozen=True)
class Model(Generic[W]):
    """`promises` by name, and what is true of a world in which all is done."""

    name: str
    first: W
    list_steps: Callable[[W], Steps[W]]
    promises: Mapping[str, Callable[[W], bool]]
    is_done: Callable[[W], bool]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many worlds there are, and the shortest way to break each promise that does not hold."""

    states: int
    broken: Mapping[str, list[str]]


def check(model: Model[W]) -> Checked:
    found = check_safety(_build_protocol(model))
    assert found["exhaustive"]
    broken = {
        name: [step["label"] for step in told["counterexample"][1:]]
        for name, told in found["properties"].items()
        if not told["holds"]
    }
    unending = find_unending(model)
    return Checked(found["reachable_states"], broken if unending is None else {**broken, ENDS: unending})


def _build_protocol(model: Model[W]) -> Protocol:
    return Protocol(
        name=model.name,
        candidate=False,
        fields=("world",),
        initial=(model.first,),
        transitions=lambda state: [(label, (after,)) for label, after in model.list_steps(state[0])],
        invariants={name: lambda state, holds=holds: holds(state["world"]) for name, holds in model.promises.items()},
    )


def find_unending(model: Model[W]) -> list[str] | None:
    """The shortest way to a world from which, though nothing goes wrong any more, no run comes to the end; or not all.

    Fixpoints over the steps without a fault, from the end backwards: some run ends where one step leads to such a
    world, every run does where all steps do.
    """
    ways, after = _explore(model)
    done = [world for world in ways if model.is_done(world)]
    before: dict[W, list[W]] = {world: [] for world in ways}
    for world, following in after.items():
        for one in following:
            before[one].append(world)
    some = _spread(done, before, dict.fromkeys(ways, 1))
    every = _spread(done, before, {world: len(following) for world, following in after.items()})
    ends = some if len(some) < len(ways) else every
    return next((_tell_way(ways, world) for world in ways if world not in ends), None)


def _spread(done: list[W], before: Mapping[W, list[W]], needed: dict[W, int]) -> set[W]:
    """The worlds of which as many steps as are `needed` lead into this set, and those that are done."""
    found, waiting = set(done), deque(done)
    while waiting:
        for world in before[waiting.popleft()]:
            needed[world] -= 1
            if not needed[world] and world not in found:
                found.add(world)
                waiting.append(world)
    return found


def _explore(model: Model[W]) -> tuple[dict[W, tuple[W, str] | None], dict[W, list[W]]]:
    """Each world with the step that came to it first, and the worlds to which it goes on without a fault."""
    ways: dict[W, tuple[W, str] | None] = {model.first: None}
    after: dict[W, list[W]] = {}
    waiting = deque([model.first])
    while waiting:
        world = waiting.popleft()
        after[world] = []
        for label, following in model.list_steps(world):
            if following not in ways:
                ways[following] = (world, label)
                waiting.append(following)
            if FAULT not in label:
                after[world].append(following)
    return ways, after


def _tell_way(ways: Mapping[W, tuple[W, str] | None], world: W) -> list[str]:
    labels = []
    while step := ways[world]:
        world, label = step
        labels.append(label)
    return labels[::-1]
