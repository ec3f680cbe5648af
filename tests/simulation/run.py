"""One seed is one run: what is planned happens, and what has to be true is looked at when everything is over."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.store.outbox import SET_ASIDE
from tests.simulation import act_invariants, invariants
from tests.simulation.builds import copy_builds
from tests.simulation.channels import DIGEST
from tests.simulation.circleci_api import CircleCIState
from tests.simulation.faults import Faults, Points
from tests.simulation.people import People
from tests.simulation.plan import Plan, list_smaller
from tests.simulation.prepared import VAULT, prepare_database
from tests.simulation.safeguards import WHOLE, Ablation
from tests.simulation.simulated_bot import SETTINGS, SimulatedBot, Surroundings
from tests.simulation.simulated_circleci import SimulatedCircleCI
from tests.simulation.simulated_database import SimulatedDatabase
from tests.simulation.simulated_slack import SimulatedSlack
from tests.simulation.virtual_loop import Process, VirtualLoop
from tests.simulation.webhooks import Webhooks

_BOUND_S = SET_ASIDE.total_seconds() + 120
"""Within so much virtual time after the last fault everything is said, also what Slack did not answer three times."""

_REST_S = 10.0
"""Longer than from one look at a project to the next: who says anything twice has done so by then."""

_LOOKED_AT_EVERY_S = 5.0


@dataclass
class Story:
    """What happened, and what of it must not have."""

    plan: Plan
    events: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join([str(self.plan), *self.events, *(f"WRONG: {one}" for one in self.problems)])


def run_plan(plan: Plan, ablation: Ablation = WHOLE) -> Story:
    story = Story(plan)
    before = random.getstate()
    random.seed(plan.seed)
    loop = VirtualLoop(random.Random(plan.seed))
    simulation = _Simulation(loop, plan, story, ablation=ablation)
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(simulation.run())
    finally:
        simulation.end()
        loop.end()
        asyncio.set_event_loop(None)
        random.setstate(before)
    return story


def shrink(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    """The same seed with as few faults and builds as still fail."""
    for change in list_smaller(plan):
        smaller = replace(plan, **change)
        if fails(smaller):
            return shrink(smaller, fails)
    return plan


class _Simulation:
    def __init__(self, loop: VirtualLoop, plan: Plan, story: Story, *, ablation: Ablation) -> None:
        self._loop = loop
        self._plan = plan
        self._story = story
        chance = random.Random(plan.seed + 1)
        points = Points(loop)
        self._around = Surroundings(
            loop=loop,
            chance=chance,
            database=SimulatedDatabase(
                loop,
                chance,
                prepare_database(plan.channels),
                reach=points.reach,
                complain=story.problems.append,
                meet=self._meet,
            ),
            slack=SimulatedSlack(loop, chance, self._tell, points.reach, is_readable=plan.readable, met=story.met),
            circleci=SimulatedCircleCI(
                loop,
                chance,
                CircleCIState(loop, chance, copy_builds(plan.builds)),
                reach=points.reach,
                tell=self._tell,
                met=story.met,
            ),
            vault=VAULT,
            ablation=ablation,
            settings=SETTINGS.model_copy(update={"summarise_after_h": plan.summarise_after_s / 3600}),
            channels=plan.channels,
            met=story.met,
            skews_s=[*plan.skews_s],
        )
        self._bots: list[SimulatedBot] = []
        self._people = People(self._around, self._bots, self._tell)
        self._faults = Faults(
            around=self._around,
            points=points,
            bots=self._bots,
            start=self._start,
            tell=self._tell,
            complain=story.problems.append,
            met=story.met,
            wait_for_deed=self._people.wait_for_deed,
        )

    async def run(self) -> None:
        for number in range(len(self._plan.skews_s)):
            self._bots.append(self._start(number))
        if self._plan.webhooks:
            hooks = Webhooks(self._around, self._bots, self._tell, random.Random(self._plan.seed + 2))
            self._loop.create_task(hooks.run())
        happening = [*map(self._faults.inject, self._plan.faults), *map(self._people.do, self._plan.deeds)]
        await asyncio.gather(asyncio.sleep(self._plan.over_s), *happening)
        await self._come_to_rest(_REST_S)
        await act_invariants.complete_record(self._around, self._bots[0])
        await self._come_to_rest(0.0)
        await self._check()

    def end(self) -> None:
        self._around.database.end()

    def _start(self, number: int) -> SimulatedBot:
        self._story.met["starts"] += 1
        process = Process(number, f"{number}.{self._story.met['starts']}")
        bot = SimulatedBot(self._around, process)
        self._tell(f"process {process.name} starts")
        self._loop.start(process, bot.run())
        return bot

    def _meet(self, what: str) -> None:
        self._story.met[what] += 1

    def _tell(self, what: str) -> None:
        self._story.events.append(f"{self._loop.time():6.2f} s  {what}")

    async def _come_to_rest(self, for_s: float) -> None:
        """Until everything that is wanted is there, and so much longer: what is too much comes late."""
        until_s = self._loop.time() + _BOUND_S
        moved_s = self._loop.time()
        while self._loop.time() < until_s:
            if not await self._is_at_rest():
                moved_s = self._loop.time() + _LOOKED_AT_EVERY_S
            elif self._loop.time() - moved_s >= for_s:
                return
            await asyncio.sleep(_LOOKED_AT_EVERY_S)

    async def _is_at_rest(self) -> bool:
        return not (
            await invariants.list_waiting(self._around)
            or await self._list_missing()
            or await self._list_claimed()
            or await self._list_unanswered()
        )

    async def _list_unanswered(self) -> list[str]:
        """A command may wait for CircleCI for longer than anything else rests."""
        folded = await invariants.load_folded(self._around)
        return list(act_invariants.list_unanswered(self._around, self._people, folded))

    async def _list_claimed(self) -> list[str]:
        return await invariants.list_claimed(self._around, {bot.process.name for bot in self._bots})

    async def _list_missing(self) -> list[str]:
        undigested = await invariants.list_undigested(self._around) if DIGEST in self._plan.channels else []
        return [*await invariants.list_missing(self._around), *undigested]

    async def _check(self) -> None:
        self._story.met["found by looking back"] += invariants.count_found(self._around)
        self._story.problems += [
            *await self._list_missing(),
            *await invariants.list_waiting(self._around),
            *invariants.list_refused_steps(self._around, self._plan),
            *invariants.list_repeated(self._around, self._plan),
            *await invariants.list_untrue_cards(self._around, self._plan),
            *await self._list_claimed(),
            *invariants.list_digested_twice(self._around),
            *await invariants.list_live_buttons(self._around, self._plan),
            *invariants.list_late_reminders(self._around),
            *invariants.list_hasty(self._around, len(self._plan.skews_s)),
            *act_invariants.list_repeated_acts(self._around),
            *await self._list_unanswered(),
            *act_invariants.list_repeated_answers(self._around),
            *act_invariants.list_unread(self._around),
            *await act_invariants.list_faults_of_record(self._around),
        ]
