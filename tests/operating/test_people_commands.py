"""`circlebot people`, as an operator types it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.people import Account, AccountState
from bot.messages import Message
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.programs import ProgramResult, run_circlebot

NOW = datetime.now(UTC)
TOKEN = "CCIPAT_" + "ada"


@dataclass
class People:
    folder: Path
    environment: dict[str, str]

    async def run(self, *words: str) -> ProgramResult:
        return await run_circlebot("people", *words, env=self.environment, cwd=self.folder)


@pytest.fixture
async def people(tmp_path: Path) -> People:
    """Ada is connected in T1 and has a message; Grace is greeted in T1 and in T2."""
    environment = {
        "DATABASE_URL": await create_database(tmp_path),
        "ENCRYPTION_KEYS": generate_key(),
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
    }
    store = Store(environment["DATABASE_URL"], Vault([environment["ENCRYPTION_KEYS"]]))
    async with store.begin() as tx:
        await tx.accounts.upsert(
            Account("T1", "U0ADA", "c1", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, token=TOKEN)
        )
        await tx.outbox.insert("w1:failed", "T1", "U0ADA", message=Message("Your pipeline failed"), now=NOW)
        for workspace in ("T1", "T2"):
            await tx.greetings.insert(workspace, "U0GRACE", now=NOW)
    await store.close()
    return People(tmp_path, environment)


async def test_what_is_handed_out_is_json_with_reasons_and_no_secret(people: People) -> None:
    exported = await people.run("export", "U0ADA")
    assert exported.code == 0, exported.out
    told = json.loads(exported.out)
    assert (told["workspace"], told["user"]) == ("T1", "U0ADA")
    rows = {one["table"]: one["rows"] for one in told["data"]}
    assert rows["accounts"][0]["name"] == "Ada Lovelace"
    assert rows["accounts"][0]["token_sealed"] == "kept encrypted, not handed out"
    assert rows["outbox"][0]["message"]["text"] == "Your pipeline failed"
    assert all(one["why"] and one["kept"] and one["readers"] for one in told["data"])
    assert TOKEN not in exported.out


async def test_erasing_says_what_it_will_do_asks_and_hands_out_a_receipt(people: People) -> None:
    asked = await people.run("erase", "U0ADA")
    assert asked.code == 1
    assert "Your CircleCI token, and who you are at CircleCI — goes" in asked.out
    assert "nobody can be asked here: say --yes if it is meant." in asked.out
    erased = await people.run("erase", "U0ADA", "--yes")
    assert erased.code == 0, erased.out
    assert "Erased U0ADA in T1 at " in erased.out
    again = await people.run("export", "U0ADA")
    assert "nothing is kept about U0ADA: they were never here, or are erased already." in again.out


@pytest.mark.parametrize("word", ["export", "erase"])
@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["U0NOBODY"], "nothing is kept about U0NOBODY: they were never here, or are erased already."),
        (["ada"], "ada is no id of a person in Slack: it looks like U0123ABCD."),
        (["U0GRACE"], "more than one workspace knows U0GRACE: name one with --workspace (T1, T2)."),
        (["U0ADA", "--workspace", "T2"], "T2 keeps nothing about U0ADA: name one with --workspace (T1)."),
    ],
)
async def test_whom_nobody_can_mean_is_refused(people: People, word: str, words: list[str], answer: str) -> None:
    refused = await people.run(word, *words)
    assert refused.code == 1
    assert answer in refused.out


async def test_a_workspace_that_is_named_is_the_only_one_that_forgets(people: People) -> None:
    assert (await people.run("erase", "U0GRACE", "--workspace", "T1", "--yes")).code == 0
    assert json.loads((await people.run("export", "U0GRACE")).out)["workspace"] == "T2"
