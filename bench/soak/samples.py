"""What is looked at every few seconds: memory, open files, what waits, the size of the database."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench.bots import KEY
from bench.process import count_files, memory_mb
from bot.clock import SystemClock
from bot.store.engine.engines import build_engines
from bot.store.store import Store
from bot.store.vault import Vault

_SIZE = {
    "postgresql": text("SELECT pg_database_size(current_database())"),
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """At so many seconds: of each worker that lives, and of the database, if it answered."""

    at_s: float
    memory_mb: dict[str, float]
    files: dict[str, int]
    backlog: int | None
    database_mb: float | None


class Sampler:
    """`list_pids` names the workers that live now; seconds count from `began_s`, by time.monotonic()."""

    def __init__(self, database_url: str, list_pids: Callable[[], Mapping[str, int]], *, began_s: float) -> None:
        self.taken: list[Sample] = []
        self._list_pids, self._began_s = list_pids, began_s
        self._engines, self._store = build_engines(database_url), Store(database_url, Vault([KEY]))

    @contextlib.asynccontextmanager
    async def sampling(self, every_s: float) -> AsyncIterator[None]:
        """An error of it ends the block."""
        try:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(self._take_all(every_s))
                yield
                task.cancel()
        finally:
            await self._store.close()
            await self._engines.dispose()

    async def _take_all(self, every_s: float) -> None:
        while True:
            self.taken.append(await self._take())
            await asyncio.sleep(every_s)

    async def _take(self) -> Sample:
        memory, files = {}, {}
        for name, pid in self._list_pids().items():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                memory[name] = round(memory_mb(pid), 2)
                files[name] = count_files(pid)
        at_s = round(time.monotonic() - self._began_s, 2)
        return Sample(at_s, memory, files, *await self._ask_database())

    async def _ask_database(self) -> tuple[int | None, float | None]:
        """What waits, and the size; neither while it restarts."""
        try:
            return await self.count_waiting(), await self._measure_database()
        except (DBAPIError, OSError):
            return None, None

    async def count_waiting(self) -> int:
        """Notices that are not in Slack, and cards that are wrong there."""
        async with self._store.begin_read() as tx:
            backlog = await tx.backlog.load(SystemClock().now())
        return backlog.notices + backlog.outdated_cards

    async def _measure_database(self) -> float:
        reader = self._engines.reader
        async with reader.begin() as connection:
            return float((await connection.execute(_SIZE[reader.dialect.name])).scalar_one()) / 2**20
