from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.domain import ProjectSlug
from bot.store.engine.engines import parse_database_url
from bot.store.engine.migrate import upgrade
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.each_case import each_case

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
CHECKOUT = Path(__file__).parents[3]

COUNT = """
import asyncio, sys
from bot.store.store import Store
from bot.store.vault import Vault, generate_key

async def main(url, times):
    store = Store(url, Vault([generate_key()]))
    for _ in range(times):
        async with store.begin() as tx:
            count = int((await tx.pipelines.find("p1")).snapshot_json)
            nothing = dict.fromkeys(["tag", "finished_at", "next_look_at", "was_due_at"])
            await tx.pipelines.update("p1", str(count + 1), None, **nothing)
    await store.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""

COMMIT_AND_DIE = """
import asyncio, os, signal, sys
from bot.domain import ProjectSlug
from bot.store.store import Store
from bot.store.vault import Vault, generate_key

async def main(url):
    store = Store(url, Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.channels.set_project("T1", "C1", ProjectSlug("gh", "acme", "web"))
    async with store.begin() as tx:
        await tx.channels.set_project("T1", "C2", ProjectSlug("gh", "acme", "web"))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1]))
"""


@each_case(
    ("given", "understood"),
    [
        ("sqlite:///circlebot.db", "sqlite:///circlebot.db"),
        ("sqlite:////data/circlebot.db", "sqlite:////data/circlebot.db"),
        ("postgres://me:secret@db:5432/bot", "postgresql+asyncpg://me:secret@db:5432/bot"),
        ("postgresql://me:secret@db/bot", "postgresql+asyncpg://me:secret@db/bot"),
        ("postgresql+psycopg://me@db/bot", "postgresql+asyncpg://me@db/bot"),
        ("postgres://me@db/bot?sslmode=require", "postgresql+asyncpg://me@db/bot?ssl=require"),
        ("postgres://db/b?sslmode=require&channel_binding=require", "postgresql+asyncpg://db/b?ssl=require"),
        ("postgres://me:p%40ss%2F@db/bot", "postgresql+asyncpg://me:p%40ss%2F@db/bot"),
    ],
)
def test_addresses_are_taken_as_platforms_give_them(given: str, understood: str) -> None:
    assert parse_database_url(given).render_as_string(hide_password=False) == understood


@each_case("given", ["mysql://me:secret@db/bot", "me:secret", "sqlite://", "sqlite:///:memory:", ""])
def test_an_address_that_cannot_serve_is_refused_without_showing_its_password(given: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as caught:
        parse_database_url(given)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_its_extra_postgresql_is_refused_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ValueError, match=r"^DATABASE_URL .* pip install 'circlebot\[postgresql\]'$"):
        parse_database_url("postgresql://me:secret@db/bot")
    assert parse_database_url("sqlite:///file.db").database == "file.db"


async def test_two_processes_lose_no_update_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/circlebot.db"
    await upgrade(url)
    store = Store(url, Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch=None, tag=None, snapshot="0", now=NOW)
    counters = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", COUNT, url, "100", cwd=CHECKOUT) for _ in range(2)
    ]
    assert [await counter.wait() for counter in counters] == [0, 0]
    async with store.begin_read() as tx:
        counted = await tx.pipelines.find("p1")
    await store.close()
    assert counted
    assert counted.snapshot_json == "200"


async def test_many_writers_of_one_process_all_come_to_their_turn(store: Store) -> None:
    async def add(number: int) -> None:
        async with store.begin() as tx:
            await tx.pipelines.follow(f"p{number}", WEB, number, branch=None, tag=None, snapshot="{}", now=NOW)

    await asyncio.gather(*(add(number) for number in range(60)))
    async with store.begin_read() as tx:
        assert len(await tx.pipelines.list_newest(WEB, limit=100)) == 60


async def test_a_reader_is_not_held_up_by_waiting_writers(store: Store) -> None:
    """Were readers to share the writers' connections, the read below would wait until the writer ends: never."""

    async def write(number: int) -> None:
        async with store.begin() as tx:
            await tx.processed_events.insert(f"slack:{number}", NOW)

    async with store.begin() as writing:
        await writing.processed_events.insert("slack:first", NOW)
        waiting = [asyncio.create_task(write(number)) for number in range(5)]
        async with asyncio.timeout(5), store.begin_read() as tx:
            assert await tx.pipelines.find("p1") is None
    await asyncio.gather(*waiting)


async def test_what_raises_inside_leaves_nothing_behind(store: Store) -> None:
    async def write_and_raise() -> None:
        async with store.begin() as tx:
            await tx.channels.set_project("T1", "C1", WEB)
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_raise()
    async with store.begin_read() as tx:
        assert await tx.channels.find_project("T1", "C1") is None


async def test_a_read_cannot_write(store: Store) -> None:
    async with store.begin_read() as tx:
        with pytest.raises(DBAPIError):
            await tx.channels.set_project("T1", "C1", WEB)
    async with store.begin_read() as tx:
        assert await tx.channels.find_project("T1", "C1") is None


async def test_a_read_sees_one_moment(store: Store, other_replica: Store) -> None:
    async with store.begin_read() as tx:
        assert await tx.channels.find_project("T1", "C1") is None
        async with other_replica.begin() as elsewhere:
            await elsewhere.channels.set_project("T1", "C1", WEB)
        assert await tx.channels.find_project("T1", "C1") is None
    async with store.begin_read() as tx:
        assert await tx.channels.find_project("T1", "C1") == WEB


async def test_what_is_committed_survives_a_killed_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/circlebot.db"
    await upgrade(url)
    dying = await asyncio.create_subprocess_exec(sys.executable, "-c", COMMIT_AND_DIE, url, cwd=CHECKOUT)
    assert await dying.wait() == -signal.SIGKILL
    store = Store(url, Vault([generate_key()]))
    async with store.begin_read() as tx:
        assert await tx.channels.find_project("T1", "C1") == WEB
        assert await tx.channels.find_project("T1", "C2") is None
    await store.close()


async def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    in_tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    async with store.begin() as tx:
        await tx.pipelines.follow("p1", WEB, 1, branch=None, tag=None, snapshot="{}", now=in_tokyo)
        followed = await tx.pipelines.find("p1")
    assert followed
    assert followed.next_look_at == NOW
    assert followed.next_look_at.tzinfo is UTC
