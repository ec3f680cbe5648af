"""SQLite's files belong to the user that runs us, and nobody else reads them, whatever the machine's habits are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operating.doctor_command import examine
from bot.operating.findings import format_line
from bot.store.engine.engines import list_exposed_files
from bot.store.engine.migrate import upgrade
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.world import build_settings


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def used(store: Store, folder: Path) -> dict[str, int]:
    """How its files are while somebody writes."""
    async with store.begin() as tx:
        await tx.idempotency_keys.delete("nothing")
        await tx.processed_events.insert("a", await store.now())
    found = modes(folder)
    await store.close()
    return found


async def test_a_new_database_is_private_from_the_first_moment(umask: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/circlebot.db"
    await upgrade(url)
    found = await used(Store(url, Vault([generate_key()])), tmp_path)
    assert set(found) == {"circlebot.db", "circlebot.db-wal", "circlebot.db-shm"}
    assert set(found.values()) == {0o600}


async def test_what_stood_open_is_closed_and_doctor_says_so(umask: int, tmp_path: Path) -> None:
    url = await create_database(tmp_path)
    store = Store(url, Vault([generate_key()]))
    await used(store, tmp_path)
    for name in ("circlebot.db", "circlebot.db-wal", "circlebot.db-shm"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o664)
    assert len(list_exposed_files(url)) == 3
    settings = build_settings("http://127.0.0.1:1", url, socket_mode=True)
    told = [format_line(finding) for finding in await examine(settings) if finding.check == "files"]
    names = "circlebot.db, circlebot.db-wal, circlebot.db-shm"
    assert told == [f"ok   files — others on this machine could read {names}, and no longer can"]
    assert list_exposed_files(url) == []
    assert set(modes(tmp_path).values()) == {0o600}


def test_files_are_found_however_the_address_names_them(tmp_path: Path) -> None:
    file = tmp_path / "circlebot.db"
    file.touch()
    file.chmod(0o644)
    for url in (f"sqlite:///{file}", f"sqlite:///file:{file}?mode=rw&uri=true"):
        assert list_exposed_files(url) == [file]
    assert list_exposed_files("postgresql://u:p@h/x") == []
    assert list_exposed_files(f"sqlite:///{tmp_path}/not-there.db") == []
