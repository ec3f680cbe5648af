"""One seed is one run: what is planned happens, and what has to be true is looked at when everything is over."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from bot.domain import ProjectScope
from bot.domain.people import Account, AccountState
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.simulation.plan import Fault, Plan, list_smaller
from tests.simulation.safeguards import WHOLE, Ablation
from tests.simulation.simulated_bot import Surroundings, run_bot
from tests.simulation.simulated_circleci import WEB, SimulatedCircleCI
from tests.simulation.simulated_database import SimulatedDatabase
from tests.simulation.simulated_slack import SimulatedSlack, Weather
from tests.simulation.virtual_loop import Process, VirtualLoop, find_process

TEAM = "T0SANDBOX"
RULES = {"C0ALL": {"only": ["failed", "passed", "canceled"]}, "C0BAD": {"only": ["failed"]}}
"""What each channel's rule asks for."""

_WORDS = {"success": "passed", "failed": "failed", "canceled": "canceled"}
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


@dataclass(frozen=True, eq=False)
class _Armed:
    """A fault that waits for its process to be somewhere."""

    process: int
    point: str
    reached: asyncio.Event
    struck: asyncio.Event


class _Simulation:
    def __init__(self, loop: VirtualLoop, plan: Plan, content: bytes, *, story: Story, ablation: Ablation) -> None:
        self._loop = loop
        self._plan = plan
        self._story = story
        chance = random.Random(plan.seed + 1)
        self._around = Surroundings(
            loop=loop,
            chance=chance,
            database=SimulatedDatabase(loop, chance, content, self._pass_point),
            slack=SimulatedSlack(loop, chance, self._tell, self._pass_point, is_readable=plan.readable),
            circleci=SimulatedCircleCI(loop, chance, plan.builds),
            vault=_VAULT,
            ablation=ablation,
        )
        self._store = Store("sqlite:///simulated.db", _VAULT, engines=self._around.database.connect())
        self._processes: list[Process] = []
        self._armed: list[_Armed] = []

    async def run(self) -> None:
        await self._prepare()
        for number in range(len(self._plan.skews_s)):
            self._processes.append(self._start(number))
        faults = [asyncio.create_task(self._inject(fault)) for fault in self._plan.faults]
        await asyncio.sleep(self._plan.over_s)
        await asyncio.gather(*faults)
        await self._come_to_rest()
        await self._check()

    async def _prepare(self) -> None:
        now = self._loop.now()
        async with self._store.begin() as tx:
            ada = Account(TEAM, "U0ADA", "aa", "ada", "Ada", AccountState.ACTIVE, now, "CCIPAT_ada")
            await tx.accounts.upsert(ada)
            for channel, rule in RULES.items():
                scope = ProjectScope.parse(str(WEB))
                await tx.subscriptions.insert(Subscription(0, TEAM, channel, scope, Rule.parse(rule), "U0ADA", now))
            await tx.polled_projects.upsert(WEB, now)

    def _start(self, number: int) -> Process:
        process = Process(f"{number}")
        self._tell(f"process {number} starts")
        self._loop.start(process, run_bot(self._around, process, self._plan.skews_s[number]))
        return process

    def _tell(self, what: str) -> None:
        self._story.events.append(f"{self._loop.time():6.2f} s  {what}")

    async def _inject(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at_s)
        if fault.point:
            await self._wait_for_point(fault)
        self._tell(f"{fault.kind} begins")
        self._story.met[fault.kind] += 1
        with self._holding(fault):
            await asyncio.sleep(fault.for_s)
        self._tell(f"{fault.kind} is over")

    async def _wait_for_point(self, fault: Fault) -> None:
        """Until the process is there, half a minute at most; it waits until it is hit."""
        armed = _Armed(fault.process, fault.point, asyncio.Event(), asyncio.Event())
        self._armed.append(armed)
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                await armed.reached.wait()
        self._armed.remove(armed)
        self._loop.call_soon(armed.struck.set)

    async def _pass_point(self, point: str) -> None:
        """A process is at this point."""
        process = find_process()
        for armed in self._armed:
            if armed.point == point and self._processes[armed.process] is process and not armed.reached.is_set():
                armed.reached.set()
                await armed.struck.wait()

    @contextmanager
    def _holding(self, fault: Fault) -> Iterator[None]:
        begin, end = {
            "kill": (self._kill, self._start_again),
            "freeze": (self._freeze, self._thaw),
            "no database": (self._cut_off, self._reach),
            "lost commits": (self._lose_commits, self._keep_commits),
            "slack": (self._storm, self._calm),
            "circleci": (self._fail, self._mend),
        }[fault.kind]
        begin(fault)
        yield
        end(fault)

    def _kill(self, fault: Fault) -> None:
        process = self._processes[fault.process]
        process.is_dead = True
        self._around.database.drop(process)
        self._around.slack.drop(process)

    def _start_again(self, fault: Fault) -> None:
        if self._processes[fault.process].is_dead:
            self._processes[fault.process] = self._start(fault.process)

    def _freeze(self, fault: Fault) -> None:
        self._processes[fault.process].is_frozen = True
        self._around.slack.drop(self._processes[fault.process])

    def _thaw(self, fault: Fault) -> None:
        self._loop.thaw(self._processes[fault.process])

    def _cut_off(self, fault: Fault) -> None:
        self._around.database.unreachable.add(self._processes[fault.process])

    def _reach(self, _fault: Fault) -> None:
        self._around.database.unreachable.clear()

    def _lose_commits(self, fault: Fault) -> None:
        self._around.database.lost_commits = fault.strength

    def _keep_commits(self, _fault: Fault) -> None:
        self._around.database.lost_commits = 0.0

    def _storm(self, fault: Fault) -> None:
        part = fault.strength / 4
        self._around.slack.weather = Weather(part, part, part, part)

    def _calm(self, _fault: Fault) -> None:
        self._around.slack.weather = Weather()

    def _fail(self, fault: Fault) -> None:
        self._around.circleci.failing = fault.strength

    def _mend(self, _fault: Fault) -> None:
        self._around.circleci.failing = 0.0

    async def _come_to_rest(self) -> None:
        """Until everything that is wanted is there, and a while longer: what is too much comes late."""
        until_s = self._loop.time() + _BOUND_S
        while self._loop.time() < until_s and (await self._count_waiting() or self._list_missing()):  # noqa: ASYNC110 - of virtual time
            await asyncio.sleep(_LOOKED_AT_EVERY_S)
        await asyncio.sleep(_REST_S)

    async def _count_waiting(self) -> int:
        async with self._store.begin_read() as tx:
            backlog = await tx.backlog.load(self._loop.now())
        return backlog.notices + backlog.outdated_cards

    def _list_missing(self) -> list[str]:
        said = self._count_said()
        return [f"{key} is not said in {channel}" for channel, key in self._list_wanted() if not said[channel, key]]

    def _list_wanted(self) -> list[tuple[str, str]]:
        """Each channel and the end of a workflow that its rule asks for, and the pipelines' cards."""
        ends = [
            (channel, f"{run.id}:{run.end}:{TEAM}:{channel}", build)
            for channel, rule in RULES.items()
            for build in self._plan.builds
            for run in build.runs
            if _WORDS[run.end] in rule["only"]
        ]
        cards = {(channel, f"card:{build.id}"): None for channel, _, build in ends}
        return [*((channel, key) for channel, key, _ in ends), *cards]

    def _count_said(self) -> Counter[tuple[str, str]]:
        shown = [(channel, one) for channel, there in self._around.slack.channels.items() for one in there]
        return Counter((channel, one.key.partition("#")[0]) for channel, one in shown)

    async def _check(self) -> None:
        waiting = await self._count_waiting()
        self._story.problems += [
            *self._list_missing(),
            *([f"{waiting} messages still wait"] if waiting else []),
            *self._list_repeated(),
            *self._list_untrue_cards(),
            *await self._list_claimed(),
        ]

    def _list_repeated(self) -> list[str]:
        """Where nobody may look back, each post whose answer was lost, or not written down, may stand once more."""
        unheard = Counter() if self._plan.readable else self._around.slack.unheard
        unwritten = 0 if self._plan.readable else self._plan.long_absences
        return [
            f"{key} stands {times} times in {channel}"
            for (channel, key), times in self._count_said().items()
            if times > 1 + unheard[channel, key] + unwritten
        ]

    def _list_untrue_cards(self) -> list[str]:
        """A card names an end of its workflows when all have ended; of several in a channel we know the newest."""
        ends = {f"card:{build.id}": {run.end for run in build.runs} for build in self._plan.builds}
        newest = {(channel, one.key): one for channel, there in self._around.slack.channels.items() for one in there}
        return [
            f"{key} in {channel} says {one.message.text!r}"
            for (channel, key), one in newest.items()
            if key in ends and not any(end in one.message.text for end in ends[key])
        ]

    async def _list_claimed(self) -> list[str]:
        held = text("SELECT 'notice ' || id FROM outbox WHERE attempted_at IS NOT NULL AND state = 'queued'")
        cards = text("SELECT 'card ' || id FROM cards WHERE attempted_at IS NOT NULL AND gone_at IS NULL")
        async with self._around.database.begin() as connection:
            return [f"{one} is still claimed" for query in (held, cards) for one in await connection.scalars(query)]
