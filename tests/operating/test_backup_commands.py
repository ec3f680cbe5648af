"""`circlebot backup`, `restore` and `move`, as people start them."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

import pytest

from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.chaos_harness import ChaosHarness, count_duplicates, run_chaos_harness
from tests.plugins.database import create_database
from tests.plugins.programs import run_circlebot


def _list_names(folder: Path) -> list[str]:
    """What is there, but for what a database opened by somebody leaves beside it."""
    return sorted(
        path.name for path in folder.iterdir() if not path.name.endswith((".heads", ".worker", "-wal", "-shm"))
    )


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> str:
    return await create_database(tmp_path)


async def _run(harness: ChaosHarness, *words: str, url: str | None = None) -> str:
    env = harness.environment | ({"DATABASE_URL": url} if url else {})
    done = await run_circlebot(*words, env=env, cwd=harness.cwd)
    assert done.code == 0, done.out
    return done.out


async def _lose_two_of_four(harness: ChaosHarness, restored_url: str) -> Counter[str]:
    """A backup between two rounds of outcomes, posted by a worker that goes on; what Slack shows after its return."""
    async with harness.run_bot("worker"):
        await harness.push("broken", "broken")
        await harness.wait_until_delivered()
        await _run(harness, "backup", "backup.db")
        await harness.push("broken", "broken")
        await harness.wait_until_delivered()
    await _run(harness, "restore", "backup.db", url=restored_url)
    await harness.push("broken")
    async with harness.follow_database(restored_url), harness.run_bot("worker"):
        return await harness.wait_until_delivered()


async def test_a_restored_database_catches_up_and_says_nothing_twice(sqlite_url: str, tmp_path: Path) -> None:
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        said = await _lose_two_of_four(harness, f"sqlite:///{tmp_path}/restored.db")
    assert count_duplicates(said) == 0, said.most_common(5)
    assert stat.S_IMODE((tmp_path / "backup.db").stat().st_mode) == 0o600


async def test_the_same_from_postgresql_to_postgresql(
    postgres_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    async with run_chaos_harness(postgres_url, tmp_path) as harness:
        said = await _lose_two_of_four(harness, empty_postgres_url)
    assert count_duplicates(said) == 0, said.most_common(5)


async def test_a_database_moves_to_postgresql_with_all_that_waits(
    sqlite_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    async with run_chaos_harness(sqlite_url, tmp_path) as harness:
        await harness.enqueue_outcomes(12)
        await harness.store.close()
        assert "rows are in the database of DATABASE_URL" in await _run(
            harness, "move", str(tmp_path / "circlebot.db"), url=empty_postgres_url
        )
        async with harness.follow_database(empty_postgres_url), harness.run_bot("worker"):
            said = await harness.wait_until_delivered()
    assert count_duplicates(said) == 0, said.most_common(5)
    assert not (tmp_path / "circlebot.db").exists()
    assert (tmp_path / "circlebot.db.moved").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("backup", "circlebot.db"), "circlebot.db exists already: name a new file"),
        (("restore",), "name either the FILE that `circlebot backup` wrote, or --since."),
        (("restore", "circlebot.db", "--since", "2026-01-05"), "name either the FILE"),
        (("restore", "nothing.db"), "there is no file nothing.db."),
        (("restore", "text.db"), "text.db cannot be copied (file is not a database)."),
        (("restore", "circlebot.db"), "circlebot.db was not made by `circlebot backup`"),
        (("restore", "--since", "2999-01-01"), "that moment has not come yet"),
        (("move", "nothing.db"), "there is no file nothing.db."),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    words: tuple[str, ...], says: str, sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "text.db").write_text("no database, " * 100)
    before = _list_names(tmp_path)
    done = await run_circlebot(
        *words, env={"DATABASE_URL": sqlite_url, "ENCRYPTION_KEYS": generate_key()}, cwd=tmp_path
    )
    assert done.code == 1
    assert says in done.out
    assert "Traceback" not in done.out
    assert _list_names(tmp_path) == before


async def test_nothing_is_put_over_what_is_there_nor_moved_while_it_is_used(sqlite_url: str, tmp_path: Path) -> None:
    key = generate_key()
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/used.db", "ENCRYPTION_KEYS": key}
    (tmp_path / "used.db").write_bytes((tmp_path / "circlebot.db").read_bytes())
    store = Store(env["DATABASE_URL"], Vault([key]))
    async with store.begin() as tx:
        await tx.greetings.insert("T1", "UADA", await store.now())
    moved = await run_circlebot("move", "used.db", env=env | {"DATABASE_URL": sqlite_url}, cwd=tmp_path)
    assert (moved.code, "another process uses used.db" in moved.out) == (1, True), moved.out
    await run_circlebot("backup", "backup.db", env=env, cwd=tmp_path)
    restored = await run_circlebot("restore", "backup.db", env=env, cwd=tmp_path)
    assert (restored.code, "is not empty: name a new one" in restored.out) == (1, True), restored.out
    await store.close()
