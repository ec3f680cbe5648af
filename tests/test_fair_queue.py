from __future__ import annotations

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fair_queue import FairLimits, FairQueue

MOST = FairLimits(all=4, workspace=3, person=2)
people = st.lists(st.tuples(st.sampled_from(["T1", "T2"]), st.sampled_from(["U1", "U2", "U3"])), max_size=30)


class Watched:
    """Turns that are held until the test lets them go; `order` is who got one when."""

    def __init__(self, held: FairLimits = MOST) -> None:
        self.fair = FairQueue(held=held, asked=FairLimits(all=30, workspace=30, person=30))
        self.holding: Counter[tuple[str, str]] = Counter()
        self.order: list[tuple[str, str]] = []
        self.go = asyncio.Event()

    async def take(self, who: tuple[str, str]) -> None:
        async with self.fair.reserve(*who):
            self.order.append(who)
            self.holding[who] += 1
            assert self.holding.total() <= MOST.all
            assert self.holding[who] <= MOST.person
            assert sum(held for (workspace, _), held in self.holding.items() if workspace == who[0]) <= MOST.workspace
            try:
                await self.go.wait()
            finally:
                self.holding[who] -= 1


async def until_still(watched: Watched) -> None:
    before = -1
    while before != len(watched.order):
        before = len(watched.order)
        for _ in range(5):
            await _a_step()


async def _a_step() -> None:
    step = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(step.set_result, None)
    await step


@settings(max_examples=40)
@given(people, st.data())
def test_nobody_holds_more_than_their_share_and_everybody_is_served(
    asked: list[tuple[str, str]], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(asked) - 1), max_size=5)) if asked else set()

    async def run() -> None:
        watched = Watched()
        tasks = [asyncio.create_task(watched.take(who)) for who in asked]
        await until_still(watched)
        for index in gone:
            tasks[index].cancel()
        watched.go.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [one for one in ended if isinstance(one, AssertionError)]
        assert all(watched.fair.is_idle(*who) for who in asked)
        assert not watched.fair.is_full("T1", "U1")

    asyncio.run(run())


async def test_between_workspaces_and_people_it_goes_round() -> None:
    watched = Watched(FairLimits(all=1, workspace=1, person=1))
    asked = [("T1", "U1")] * 5 + [("T1", "U2")] * 2 + [("T2", "U3")]
    tasks = [asyncio.create_task(watched.take(who)) for who in asked]
    await until_still(watched)
    watched.go.set()
    await asyncio.gather(*tasks)
    assert set(watched.order[:4]) == set(asked), "nobody is served a third time before all were once"
    assert Counter(watched.order) == Counter(asked)


async def test_whoever_asks_for_too_much_is_full_and_others_are_not() -> None:
    fair = FairQueue(held=FairLimits(all=9, workspace=9, person=1), asked=FairLimits(all=9, workspace=9, person=2))
    async with asyncio.TaskGroup() as group:
        watching = asyncio.Event()

        async def hold() -> None:
            async with fair.reserve("T", "U1"):
                await watching.wait()

        for _ in range(2):
            group.create_task(hold())
        await _a_step()
        await _a_step()
        assert fair.is_full("T", "U1")
        assert not fair.is_full("T", "U2")
        watching.set()
    assert not fair.is_full("T", "U1")


async def test_a_turn_costs_the_same_however_many_wait() -> None:
    few, many = await _count_looks(10), await _count_looks(400)
    assert many <= few + 5


async def _count_looks(waiting: int) -> int:
    """How often a turn that ends looks at people, while others of a workspace that has its share wait."""
    watched = Watched(FairLimits(all=4, workspace=3, person=2))
    watched.fair = FairQueue(held=MOST, asked=FairLimits(all=999, workspace=999, person=9))
    first = [asyncio.create_task(watched.take(("T1", f"U{number}"))) for number in range(3)]
    await until_still(watched)
    people = [LookedAt(f"W{number}") for number in range(waiting)]
    others = [asyncio.create_task(watched.take(("T1", person))) for person in people]
    await until_still(watched)
    LookedAt.looks = 0
    first[0].cancel()
    await asyncio.wait([first[0]])
    looks = LookedAt.looks
    watched.go.set()
    await asyncio.gather(*first, *others, return_exceptions=True)
    return looks


class LookedAt(str):
    """A name that counts how often it is looked up."""

    __slots__ = ()
    looks = 0

    def __hash__(self) -> int:
        LookedAt.looks += 1
        return super().__hash__()
