"""One seed is one run: what is planned happens, and what has to be true is looked at when everything is over."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.domain import ProjectScope
from bot.domain.people import Account, AccountState
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.simulation import invariants
from tests.simulation.faults import Faults, Points
from tests.simulation.plan import Plan, list_smaller
from tests.simulation.safeguards import WHOLE, Ablation
from tests.simulation.simulated_bot import SimulatedBot, Surroundings
from tests.simulation.simulated_circleci import WEB, SimulatedCircleCI
from tests.simulation.simulated_database import SimulatedDatabase
from tests.simulation.simulated_slack import TEAM, SimulatedSlack
from tests.simulation.virtual_loop import Process, VirtualLoop

_BOUND_S = 600.0
"""Within so much virtual time after the last fault everything is said."""

_REST_S = 20.0
_LOOKED_AT_EVERY_S = 5.0

_VAULT = Vault([generate_key()])


@dataclass
class Story:
    """What happened, and what of it must not have."""

    plan: Plan
    events: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join([str(self.plan), *self.events, *(f"WRONG: {one}" for one in self.problems)])


def run_plan(plan: Plan, content: bytes, ablation: Ablation = WHOLE) -> Story:
    """`content` is a migrated database."""
    story = Story(plan)
    before = random.getstate()
    random.seed(plan.seed)
    loop = VirtualLoop(random.Random(plan.seed))
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_Simulation(loop, plan, content, story=story, ablation=ablation).run())
    finally:
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
    def __init__(self, loop: VirtualLoop, plan: Plan, content: bytes, *, story: Story, ablation: Ablation) -> None:
        self._loop = loop
        self._plan = plan
        self._story = story
        chance = random.Random(plan.seed + 1)
        points = Points(loop)
        self._around = Surroundings(
            loop=loop,
            chance=chance,
            database=SimulatedDatabase(loop, chance, content, points.reach),
            slack=SimulatedSlack(loop, chance, self._tell, points.reach, is_readable=plan.readable, met=story.met),
            circleci=SimulatedCircleCI(loop, chance, plan.builds),
            vault=_VAULT,
            ablation=ablation,
        )
        self._store = Store("sqlite:///simulated.db", _VAULT, engines=self._around.database.connect())
        self._bots: list[SimulatedBot] = []
        self._faults = Faults(
            around=self._around,
            points=points,
            bots=self._bots,
            start=self._start,
            tell=self._tell,
            complain=story.problems.append,
            met=story.met,
        )

    async def run(self) -> None:
        await self._prepare()
        for number in range(len(self._plan.skews_s)):
            self._bots.append(self._start(number))
        faults = [asyncio.create_task(self._faults.inject(fault)) for fault in self._plan.faults]
        await asyncio.sleep(self._plan.over_s)
        await asyncio.gather(*faults)
        await self._come_to_rest()
        await self._check()

    async def _prepare(self) -> None:
        now = self._loop.now()
        async with self._store.begin() as tx:
            ada = Account(TEAM, "U0ADA", "aa", "ada", "Ada", AccountState.ACTIVE, now, "CCIPAT_ada")
            await tx.accounts.upsert(ada)
            for channel, rule in invariants.RULES.items():
                scope = ProjectScope.parse(str(WEB))
                await tx.subscriptions.insert(Subscription(0, TEAM, channel, scope, Rule.parse(rule), "U0ADA", now))
            await tx.polled_projects.upsert(WEB, now)

    def _start(self, number: int) -> SimulatedBot:
        self._story.met["starts"] += 1
        process = Process(number, f"{number}.{self._story.met['starts']}")
        bot = SimulatedBot(self._around, process, self._plan.skews_s[number])
        self._tell(f"process {process.name} starts")
        self._loop.start(process, bot.run())
        return bot

    def _tell(self, what: str) -> None:
        self._story.events.append(f"{self._loop.time():6.2f} s  {what}")

    async def _come_to_rest(self) -> None:
        """Until everything that is wanted is there, and a while longer: what is too much comes late."""
        until_s = self._loop.time() + _BOUND_S
        while self._loop.time() < until_s and not await self._is_at_rest():  # noqa: ASYNC110 - of virtual time
            await asyncio.sleep(_LOOKED_AT_EVERY_S)
        await asyncio.sleep(_REST_S)

    async def _is_at_rest(self) -> bool:
        return not (await self._count_waiting() or invariants.list_missing(self._around))

    async def _count_waiting(self) -> int:
        async with self._store.begin_read() as tx:
            backlog = await tx.backlog.load(self._loop.now())
        return backlog.notices + backlog.outdated_cards

    async def _check(self) -> None:
        waiting = await self._count_waiting()
        self._story.problems += [
            *invariants.list_missing(self._around),
            *([f"{waiting} messages still wait"] if waiting else []),
            *invariants.list_repeated(self._around, self._plan),
            *invariants.list_untrue_cards(self._around),
            *invariants.list_refused_steps(self._around, self._plan),
            *await invariants.list_claimed(self._around),
        ]
