"""`circlebot outbox`, as people start it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messages import Message
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.programs import ProgramResult, run_circlebot

NOW = datetime.now(UTC)
SAID = "AKIA" + "ABCDEFGHIJKLMNOP was leaked"


@dataclass
class Outbox:
    folder: Path
    environment: dict[str, str]

    async def run(self, *words: str) -> ProgramResult:
        return await run_circlebot("outbox", *words, env=self.environment, cwd=self.folder)

    async def list_ids(self) -> list[str]:
        listed = await self.run("list", "--json")
        assert listed.code == 0, listed.out
        return [one["id"] for one in json.loads(listed.out)]


@pytest.fixture
async def outbox(tmp_path: Path) -> Outbox:
    """One message that is due, and one for later."""
    environment = {"DATABASE_URL": await create_database(tmp_path), "ENCRYPTION_KEYS": generate_key()}
    store = Store(environment["DATABASE_URL"], Vault([environment["ENCRYPTION_KEYS"]]))
    async with store.begin() as tx:
        await tx.outbox.insert("w1:failed", "T1", "C1", message=Message(SAID), now=NOW)
        until = NOW + timedelta(days=1)
        await tx.outbox.insert("w2:failed", "T1", "UADA", message=Message(SAID), not_before=until, now=NOW)
    await store.close()
    return Outbox(tmp_path, environment)


async def test_the_list_says_what_waits_for_whom_since_when_and_why_and_no_text(outbox: Outbox) -> None:
    listed = await outbox.run("list")
    first, second = listed.out.splitlines()
    since = f"{NOW:%Y-%m-%d %H:%M} UTC"
    assert first == f"notice:1     T1 C1  since {since}  is due, behind others or about to go"
    assert second.startswith("notice:2     T1 UADA  since")
    assert "is for later" in second
    as_json = await outbox.run("list", "--json")
    assert json.loads(as_json.out)[0] == {
        "id": "notice:1",
        "workspace": "T1",
        "channel": "C1",
        "key": "w1:failed",
        "since": NOW.isoformat(),
        "tries": 0,
        "why": "in_line",
        "until": None,
        "reason": None,
        "project": None,
        "number": None,
        "says": "is due, behind others or about to go",
    }
    assert "leaked" not in listed.out + as_json.out


async def test_where_nothing_waits_it_says_so(outbox: Outbox) -> None:
    assert (await outbox.run("drop", "notice:1", "notice:2", "--yes")).code == 0
    assert (await outbox.run("list")).out == "Nothing waits.\n"
    assert await outbox.list_ids() == []


async def test_what_is_retried_is_due_at_once(outbox: Outbox) -> None:
    retried = await outbox.run("retry", "notice:2")
    assert (retried.code, retried.out) == (0, "1 will be sent as soon as possible.\n")
    assert "is for later" not in (await outbox.run("list")).out


async def test_nothing_is_dropped_unless_it_is_meant(outbox: Outbox) -> None:
    refused = await outbox.run("drop", "notice:1")
    assert refused.code == 1
    assert "nobody can be asked here: say --yes if it is meant." in refused.out
    assert await outbox.list_ids() == ["notice:1", "notice:2"]
    dropped = await outbox.run("drop", "notice:1", "notice:1", "--yes")
    assert "1 will never be posted." in dropped.out
    assert await outbox.list_ids() == ["notice:2"]


@pytest.mark.parametrize("words", [("retry", "notice:7"), ("drop", "notice:1", "notice:7", "--yes")])
async def test_what_does_not_wait_is_refused_and_nothing_is_done(words: tuple[str, ...], outbox: Outbox) -> None:
    refused = await outbox.run(*words)
    assert (refused.code, "notice:7 does not wait" in refused.out) == (1, True)
    assert await outbox.list_ids() == ["notice:1", "notice:2"]
