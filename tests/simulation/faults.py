"""What goes wrong in a simulated run, and when: each fault of the plan begins, lasts, and is over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.operating.database_copies import mark_restored
from tests.simulation.plan import Fault
from tests.simulation.simulated_bot import SimulatedBot, Surroundings
from tests.simulation.simulated_slack import Weather
from tests.simulation.virtual_loop import STARTED_AT, VirtualLoop, find_process

_REACHED_WITHIN_S = 15.0
_STOPPED_S = 6.0
"""Longer than what is on its way takes to Slack."""

_ENDS_WITHIN_S = 10.0
"""After SIGTERM (tests/operating: `test_sigterm_ends_it_within_ten_seconds_whatever_it_does`)."""


_JUMPS_S = (-3600.0, -30.0, 30.0, 3600.0)
"""Of a machine's clock, forward and back."""

_UNDER_WAY = (
    "SELECT channel, key FROM outbox WHERE attempted_at IS NOT NULL AND state = 'queued'"
    " UNION ALL SELECT channel, 'card:' || pipeline_id FROM cards WHERE attempted_at IS NOT NULL AND gone_at IS NULL"
)


@dataclass(frozen=True)
class _Backup:
    """`under_way`: channels and keys of what was being sent just then."""

    made_s: float
    under_way: Counter[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class _Armed:
    """A fault that waits for its process to be somewhere."""

    fault: Fault
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    struck: asyncio.Event = field(default_factory=asyncio.Event)


class Points:
    """Where processes pass, and faults may wait for them."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._armed: list[_Armed] = []

    async def reach(self, point: str) -> None:
        """A process is at this point. It waits until it is hit where a fault waits for it."""
        process = find_process()
        for armed in self._armed:
            hit = process is not None and armed.fault.process == process.number and armed.fault.point == point
            if hit and not armed.reached.is_set():
                armed.reached.set()
                await armed.struck.wait()

    async def wait_for(self, fault: Fault) -> None:
        """Until its process is there, a quarter of a minute at most."""
        armed = _Armed(fault)
        self._armed.append(armed)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REACHED_WITHIN_S):
                await armed.reached.wait()
        self._armed.remove(armed)
        self._loop.call_soon(armed.struck.set)


@dataclass
class Faults:
    """`start` begins another run of a process; `bots` are those that run, by number."""

    around: Surroundings
    points: Points
    bots: list[SimulatedBot]
    start: Callable[[int], SimulatedBot]
    tell: Callable[[str], None]
    complain: Callable[[str], None]
    met: Counter[str]
    wait_for_deed: Callable[[int], Awaitable[None]]
    is_down: bool = False
    """All are stopped."""
    backups: list[asyncio.Task[_Backup | None]] = field(default_factory=list)

    async def inject(self, fault: Fault) -> None:
        if fault.deed is not None:
            await self.wait_for_deed(fault.deed)
        await asyncio.sleep(fault.at_s)
        if fault.point:
            await self.points.wait_for(fault)
        self.tell(f"{fault.kind} begins")
        self.met[fault.kind] += 1
        begin, end = _KINDS[fault.kind]
        begin(self, fault)
        await asyncio.sleep(fault.for_s)
        end(self, fault)
        self.tell(f"{fault.kind} is over")

    def kill(self, fault: Fault) -> None:
        process = self.bots[fault.process].process
        process.is_dead = True
        self.around.database.drop(process)
        self.around.slack.drop(process)

    def start_again(self, fault: Fault) -> None:
        bot = self.bots[fault.process]
        if bot.process.is_dead and not self.is_down:
            self.bots[fault.process] = self.start(fault.process)

    def stop(self, fault: Fault) -> None:
        """SIGTERM; who has not ended in time gets SIGKILL, and has done wrong unless it was frozen meanwhile."""
        bot = self.bots[fault.process]
        if bot.process.has_ended:
            return
        bot.process.stopping.set()
        self.around.loop.call_later(_ENDS_WITHIN_S, self._end, fault, bot)

    def _end(self, fault: Fault, bot: SimulatedBot) -> None:
        ran_all_along = (
            not bot.process.is_frozen and self.around.loop.time() - bot.process.thawed_at_s >= _ENDS_WITHIN_S
        )
        if bot.is_up and ran_all_along and not (bot.is_over or bot.process.is_dead):
            self.complain(f"process {bot.process.name} has not ended {_ENDS_WITHIN_S:.0f} s after SIGTERM")
        if not bot.process.is_dead and bot is self.bots[fault.process]:
            self.kill(fault)
            self.start_again(fault)

    def freeze(self, fault: Fault) -> None:
        process = self.bots[fault.process].process
        process.is_frozen = True
        self.around.slack.drop(process)

    def thaw(self, fault: Fault) -> None:
        self.around.loop.thaw(self.bots[fault.process].process)

    def cut_off(self, fault: Fault) -> None:
        self.around.database.unreachable.add(self.bots[fault.process].process)

    def reach_again(self, _fault: Fault) -> None:
        self.around.database.unreachable.clear()

    def lose_commits(self, fault: Fault) -> None:
        self.around.database.lost_commits = fault.strength

    def keep_commits(self, _fault: Fault) -> None:
        self.around.database.lost_commits = 0.0

    def storm(self, fault: Fault) -> None:
        part = fault.strength / 4
        self.around.slack.weather = Weather(part, part, part, part)

    def calm(self, _fault: Fault) -> None:
        self.around.slack.weather = Weather()

    def fail(self, fault: Fault) -> None:
        self.around.circleci.failing = fault.strength

    def mend(self, _fault: Fault) -> None:
        self.around.circleci.failing = 0.0

    def lose_acts(self, fault: Fault) -> None:
        self.around.circleci.losing = fault.strength

    def keep_acts(self, _fault: Fault) -> None:
        self.around.circleci.losing = 0.0

    def turn_clock(self, fault: Fault) -> None:
        self.around.skews_s[fault.process] += self.around.chance.choice(_JUMPS_S)

    def put_right(self, fault: Fault) -> None:
        """By whoever sets machines' clocks."""
        self.around.skews_s[fault.process] = 0.0

    def upgrade(self, fault: Fault) -> None:
        """The database gets the next release's migration; then the processes are replaced one by one."""
        self.around.database.migrate(self.around.ablation.migration)
        for number in range(len(self.bots)):
            self.around.loop.call_later(number * _ENDS_WITHIN_S, self.stop, replace(fault, process=number))

    def back_up(self, _fault: Fault) -> None:
        self.backups.append(self.around.loop.create_task(self._back_up()))

    async def _back_up(self) -> _Backup | None:
        try:
            under_way = await self.around.database.back_up(_UNDER_WAY)
        except TimeoutError:
            return None  # a frozen process holds the database
        return _Backup(self.around.loop.time(), Counter((row["channel"], row["key"]) for row in under_way))

    def put_back(self, fault: Fault) -> None:
        """The database is lost, and all are stopped."""
        backup = self.backups[0].result() if self.backups[0].done() else None
        if backup is not None:
            self.is_down = True
            for number in range(len(self.bots)):
                self.kill(replace(fault, process=number))
            self.around.loop.create_task(self._put_back(backup))

    async def _put_back(self, backup: _Backup) -> None:
        """What docs/backup.md says: all are stopped, the backup is put back, all are started."""
        await asyncio.sleep(_STOPPED_S)
        self.around.database.put_back()
        self.around.lost.append((backup.made_s, self.around.loop.time()))
        self.around.doubtful.update(backup.under_way)
        store = self.bots[0].build_core().store
        while True:
            try:
                await mark_restored(store, STARTED_AT + timedelta(seconds=backup.made_s))
            except (SQLAlchemyError, TimeoutError):
                continue
            break
        self.tell("the backup is put back")
        self.is_down = False
        for number in range(len(self.bots)):
            self.bots[number] = self.start(number)

    def pass_by(self, _fault: Fault) -> None:
        """Its end is its own."""


_Strike = Callable[[Faults, Fault], None]
_KINDS: dict[str, tuple[_Strike, _Strike]] = {
    "kill": (Faults.kill, Faults.start_again),
    "stop": (Faults.stop, Faults.pass_by),
    "freeze": (Faults.freeze, Faults.thaw),
    "no database": (Faults.cut_off, Faults.reach_again),
    "lost commits": (Faults.lose_commits, Faults.keep_commits),
    "slack": (Faults.storm, Faults.calm),
    "circleci": (Faults.fail, Faults.mend),
    "clock jump": (Faults.turn_clock, Faults.put_right),
    "upgrade": (Faults.upgrade, Faults.pass_by),
    "put back": (Faults.back_up, Faults.put_back),
    "lost acts": (Faults.lose_acts, Faults.keep_acts),
}
