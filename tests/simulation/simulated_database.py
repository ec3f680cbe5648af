"""The database that all simulated processes share: SQLite in memory, one transaction at a time, in virtual time.

It is what the store may rely on with either database: a transaction is committed whole or not at all, and whoever dies
or loses the connection during one has committed nothing, or does not know whether it has.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, ScalarResult, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from bot.store.engine.adapters import Answer
from bot.store.engine.compiled_statements import share_compiled
from bot.store.engine.engines import Engines
from tests.simulation.database_turns import PATIENCE_S, Turn
from tests.simulation.quick_statements import QuickStatements
from tests.simulation.virtual_loop import Process, VirtualLoop, find_process

_ROLLBACK_JOURNAL = b"\1\1"
"""Bytes 18 and 19 of a file's header (SQLite: "Database File Format"): what is in memory has no WAL beside it."""

_NEVER = """
CREATE TRIGGER ended_again AFTER UPDATE OF state ON outbox
  WHEN OLD.state IN ('sent', 'gone', 'folded') AND NEW.state <> OLD.state
  BEGIN SELECT complain('notice ' || NEW.key || ' was ' || OLD.state || ', and is ' || NEW.state); END;
CREATE TRIGGER acted_again AFTER UPDATE OF state ON acts WHEN OLD.state <> 'started' AND NEW.state <> OLD.state
  BEGIN SELECT complain('act ' || NEW.key || ' was ' || OLD.state || ', and is ' || NEW.state); END;
CREATE TRIGGER record_changed AFTER UPDATE ON audit BEGIN SELECT complain('the record was changed'); END;
CREATE TRIGGER record_cut AFTER DELETE ON audit BEGIN SELECT complain('the record was cut'); END;
CREATE TRIGGER folded AFTER UPDATE OF state ON outbox WHEN NEW.state = 'folded'
  BEGIN SELECT meet('notice folded into a summary'); END;
CREATE TRIGGER ran_out AFTER UPDATE OF attempt ON outbox WHEN NEW.attempt <> OLD.attempt AND OLD.leased_by IS NOT NULL
  BEGIN SELECT meet('lease that ran out'); END;
CREATE TRIGGER taken_over AFTER UPDATE OF attempt ON outbox WHEN NEW.leased_by <> OLD.leased_by
  BEGIN SELECT meet('notice taken over by another process'); END;
"""
_LONGEST_S = 0.02
"""A transaction's way to the database and back, where nothing is wrong."""

_OTHERS_GO_FIRST = 0.2
"""How likely before a statement. A step for each is a quarter of all steps of a run."""


class OpenDatabase:
    """SQLite in memory, opened once for many runs, since what no run changes costs more than many a run.

    A run is one transaction, and its own transactions are savepoints within: when it is over all is as it was.
    `content` is a migrated database, as a file has it.
    """

    def __init__(self, content: bytes) -> None:
        self.driver = sqlite3.connect(":memory:", isolation_level=None, cached_statements=2000)
        self.driver.deserialize(content[:18] + _ROLLBACK_JOURNAL + content[20:])
        for name, most in (("strftime", 2), ("complain", 1), ("meet", 1)):
            self.driver.create_function(name, most, partial(self._call, name))
        self.driver.executescript(_NEVER)
        self.engine = create_engine(
            "sqlite://", creator=lambda: self.driver, poolclass=StaticPool, pool_reset_on_return=None
        )
        share_compiled(self.engine)
        self.connection = self.engine.connect()
        self.statements = QuickStatements(self.connection, self.driver)
        self._functions: dict[str, Callable[..., object]] = {}

    def _call(self, name: str, *given: object) -> object:
        return self._functions[name](*given)

    def begin_run(self, **functions: Callable[..., object]) -> None:
        """What SQL calls in it."""
        self._functions = functions
        self.driver.execute("BEGIN")

    def end_run(self, *, is_kept: bool) -> None:
        self._functions = {}
        self.driver.execute("COMMIT" if is_kept else "ROLLBACK")


class SimulatedDatabase:
    """One run's. `reach` is awaited where a fault may strike; `complain` is told what must never happen, `meet` what
    seldom does: nothing that has ended begins again, and the record is only added to."""

    def __init__(
        self,
        loop: VirtualLoop,
        chance: Random,
        kept: OpenDatabase,
        *,
        reach: Callable[[str], Awaitable[None]],
        complain: Callable[[str], None],
        meet: Callable[[str], None],
    ) -> None:
        self._loop = loop
        self._chance = chance
        self._kept = kept
        self._driver = kept.driver
        self._turn = Turn(chance)
        self._reach = reach
        self._is_migrated = False
        self._since_backup: Sequence[str] = ()
        self._is_open = False
        self._is_over = False
        self.unreachable: set[Process] = set()
        self.lost_commits = 0.0
        """How likely the answer to a commit is lost."""
        kept.begin_run(strftime=self._tell_time, complain=complain, meet=meet)

    def connect(self) -> Engines:
        return Engines(_SimulatedEngine(self), _SimulatedEngine(self))

    @property
    def dialect(self) -> Dialect:
        return self._kept.engine.dialect

    @property
    def connection(self) -> Connection:
        """Nobody's any more once the run is over: what is collected then ends in a `finally` of its own."""
        if self._is_over:
            raise _build_lost("")
        return self._kept.connection

    async def let_others_go_first(self) -> None:
        """Now and then, as between any two statements."""
        if self._chance.random() < _OTHERS_GO_FIRST:
            await asyncio.sleep(0)

    def execute(self, statement: Executable, parameters: Any) -> Any:
        if self._is_over:
            raise _build_lost("")
        return self._kept.statements.execute(statement, parameters)

    def begin(self) -> _Transaction:
        return _Transaction(self)

    async def open(self) -> SimulatedConnection:
        await self._reach_it()
        await self._turn.take()
        self._open()
        return SimulatedConnection(self)

    async def close(self, *, is_well: bool) -> None:
        """Commit what was done where all `is_well`."""
        try:
            if is_well:
                await self._commit()
        finally:
            self._roll_back()
            self._turn.pass_on()
        if is_well:
            await self._reach("after commit")
            await self._travel()

    def _open(self) -> None:
        self._driver.execute("SAVEPOINT ours")
        self._is_open = True

    def _roll_back(self) -> None:
        """What is still open."""
        if self._is_open:
            self._is_open = False
            self._driver.execute("ROLLBACK TO ours")
            self._driver.execute("RELEASE ours")

    async def _commit(self) -> None:
        await self._travel()
        await self._reach("before commit")
        self._is_open = False
        self._driver.execute("RELEASE ours")
        if self._chance.random() < self.lost_commits:
            raise _build_lost("COMMIT")

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, _LONGEST_S))
        await self._reach_it()

    async def _reach_it(self) -> None:
        if find_process() in self.unreachable:
            await asyncio.sleep(self._chance.uniform(0.0, PATIENCE_S))
            raise _build_lost("")

    async def read(self, query: str) -> list[sqlite3.Row]:
        """For whoever looks on from outside."""
        await self._turn.take()
        return self._read_on(query)

    def _read_on(self, query: str) -> list[sqlite3.Row]:
        try:
            cursor = self._driver.cursor()
            cursor.row_factory = sqlite3.Row
            return cursor.execute(query).fetchall()
        finally:
            self._turn.pass_on()

    def drop(self, process: Process) -> None:
        """It died: what it had not committed never was."""
        if self._turn.leave(process):
            self._roll_back()
            self._turn.pass_on()

    def migrate(self, statements: Sequence[str]) -> None:
        """Those of another release. One that was made already is not made again."""
        for statement in statements if not self._is_migrated else ():
            self._driver.execute(statement)
        if not self._is_migrated:
            self._since_backup = tuple(statements)
        self._is_migrated = True

    async def back_up(self, query: str) -> list[sqlite3.Row]:
        """What is committed now can be put back later. Answers what the query finds in it."""
        await self._turn.take()
        self._driver.execute("SAVEPOINT backup")
        self._since_backup = ()
        return self._read_on(query)

    def put_back(self) -> None:
        """As it was then, and brought to the release that runs. Nobody may be at work."""
        self._driver.execute("ROLLBACK TO backup")
        for statement in self._since_backup:
            self._driver.execute(statement)

    def end(self, *, is_kept: bool = False) -> None:
        """The run is over: nothing of it stays, unless it `is_kept` for others to begin with."""
        self._roll_back()
        self._is_over = True
        self._kept.end_run(is_kept=is_kept)

    def _tell_time(self, _form: str, of: str) -> str:
        assert of == "now"
        return self._loop.now().isoformat(timespec="milliseconds")


class _Transaction:
    """What `async with` brings to its end. A run begins hundreds: a generator for each costs more."""

    def __init__(self, database: SimulatedDatabase) -> None:
        self._database = database

    async def __aenter__(self) -> SimulatedConnection:
        return await self._database.open()

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self._database.close(is_well=kind is None)


class SimulatedConnection:
    def __init__(self, database: SimulatedDatabase) -> None:
        self._database = database

    @property
    def dialect(self) -> Dialect:
        return self._database.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        await self._database.let_others_go_first()
        answer: CursorResult[Any] = self._database.execute(statement, parameters)
        return answer

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        await self._database.let_others_go_first()
        return self._database.execute(statement, parameters).scalar()

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        await self._database.let_others_go_first()
        answer: ScalarResult[Any] = self._database.execute(statement, parameters).scalars()
        return answer

    async def run_sync(self, function: Callable[..., Answer], *given: Any) -> Answer:
        return function(self._database.connection, *given)


class _SimulatedEngine:
    def __init__(self, database: SimulatedDatabase) -> None:
        self.dialect = database.dialect
        self.begin = database.begin

    async def dispose(self) -> None:
        """The others go on."""


def _build_lost(statement: str) -> OperationalError:
    return OperationalError(statement, {}, ConnectionError("the connection to the database is lost"))
