"""The database as it fails: read-only, full, locked, behind; each on the disk or server that does it."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from bot.diagnostics.database_check import build_failure, check_database
from bot.operating.findings import format_line
from bot.store.engine.migrate import downgrade
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.doctor_harness import open_harness
from tests.plugins.postgres import PostgresServer, _get_database_name

WELL = "ok   database — reachable, writable, and at this release"


async def look(url: str) -> str:
    store = Store(url, Vault([generate_key()]))
    try:
        [found] = [one async for one in check_database(store, url)]
    finally:
        await store.close()
    return format_line(found)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets us mount nothing")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as log:
        while log.write(bytes(4096)):
            pass


async def test_a_disk_that_is_full(small_disk: Path) -> None:
    url = await create_database(small_disk)
    assert (await look(url)).startswith("FAIL database — The disk of the database has 1 MB left; mend: Make room")
    fill(small_disk / "log")
    full = await look(url)
    assert full == (
        "FAIL database — The disk of the database takes nothing more; "
        f"mend: Make room on it: `df -h {small_disk}/circlebot.db` shows how much there is."
    )
    (small_disk / "log").unlink()
    assert "has 1 MB left" in await look(url)


async def test_while_a_disk_has_a_little_room_all_else_is_looked_at(small_disk: Path) -> None:
    async with open_harness(small_disk) as house:
        assert "has 1 MB left" in (await house.look("database"))[0]
        assert await house.look("keys") == ["ok   keys — nothing is stored yet"]


async def test_a_disk_that_is_mounted_to_be_read(small_disk: Path) -> None:
    url = await create_database(small_disk)
    await asyncio.to_thread(subprocess.run, ["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert (await look(url)).startswith("FAIL database — The database can be read and not written; mend: ")


@contextmanager
def files_of(most_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond that, as under a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_quota_that_is_used_up(tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    with files_of(1024):
        assert (await look(url)).startswith("FAIL database — The disk of the database takes nothing more; mend: ")
    assert await look(url) == WELL


async def test_a_file_that_is_opened_to_be_read(tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    assert await look(url) == WELL
    read_only = f"sqlite:///file:{tmp_path}/circlebot.db?mode=ro&uri=true"
    assert await look(read_only) == (
        "FAIL database — The database can be read and not written; mend: Let the user that runs circlebot write it: "
        f"`chown $(id -u) {tmp_path}/circlebot.db*`. Of PostgreSQL, name the primary in DATABASE_URL."
    )


async def test_a_server_that_only_reads_or_is_full(postgres: PostgresServer, postgres_url: str) -> None:
    assert await look(postgres_url) == WELL
    name = _get_database_name(postgres_url)
    await postgres._execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    assert (await look(postgres_url)).startswith("FAIL database — The database can be read and not written; mend: ")
    await postgres._execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    for statement in (
        (
            "CREATE FUNCTION fill() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql"
        ),
        "CREATE TRIGGER full_disk BEFORE INSERT ON listeners FOR EACH ROW EXECUTE FUNCTION fill()",
    ):
        await postgres._execute(statement, database=name)
    assert (await look(postgres_url)).startswith("FAIL database — The disk of the database takes nothing more")
    await postgres._execute("DROP TRIGGER full_disk ON listeners", database=name)
    assert await look(postgres_url) == WELL


def test_a_file_that_another_process_keeps_locked(tmp_path: Path) -> None:
    file = tmp_path / "circlebot.db"
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as one,
        closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other,
    ):
        one.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as refused:
            other.execute("BEGIN IMMEDIATE")
        one.execute("ROLLBACK")
        other.execute("BEGIN IMMEDIATE")
    assert format_line(build_failure(refused.value, file)) == (
        "FAIL database — Another process keeps the database locked; "
        f"mend: End that process: `fuser -v {file}` names it."
    )


async def test_a_database_that_is_a_release_behind(tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    await downgrade(url, "0035")
    assert await look(url) == "FAIL database — The database is not at this release; mend: Run `circlebot migrate`."
