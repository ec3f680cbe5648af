"""A process dies while others approve a hold or a start: votes count after it, and CircleCI is asked once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.rules.voting import CALL_FOR, Approval, ApprovalState
from bot.store.store import Store
from bot.store.vault import Vault
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.slack_users import ADA, DEPLOYS, GRACE, Json
from tests.plugins.world import build_connected_check, run_sandbox

HOLD = "approve-staging"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[ProcessHarness]:
    """Two people who are connected, two approvals that are wanted of whoever, and no bot running."""
    database_url = await create_database(tmp_path)
    async with asyncio.timeout(180), run_sandbox(speed=10) as http:
        url = str(http.base_url).rstrip("/")
        environment = build_environment(url, database_url) | {"ADMIN_USERS": ADA}
        yield ProcessHarness(url, http, environment=environment, cwd=tmp_path, within_s=60)


async def test_a_vote_counts_and_circleci_is_told_once_whenever_the_process_dies(harness: ProcessHarness) -> None:
    async with _dying(harness):
        await _set_up(harness)
        await harness.control("faults", target="slack", match="response_url", delay_s=5)
        await _vote(harness, ADA)
        await harness.wait_until(lambda: _find_approval(harness, votes=1), "the first vote to be written down")

    async with _dying(harness):
        await harness.thread(await harness.card("Approve staging"), "1 of 2 approvals")
        await _hold_back(harness, status=503)
        await _vote(harness, GRACE)
        await _wait_until_asked(harness)

    async with _dying(harness):
        await _vote(harness, ADA)
        await harness.reply("<@U0GRACE> is telling CircleCI just now")
        await _let_time_pass(harness)
        await _hold_back(harness)
        await _vote(harness, ADA)
        await _wait_until_asked(harness)

    async with _bot(harness):
        await _vote(harness, GRACE)
        await harness.reply("<@U0ADA> approved `approve-staging` already", as_=GRACE)
        await harness.wait_until(lambda: _find_card_without(harness, "Approve staging"), "the card to offer it no more")
        await harness.wait_until(lambda: _list_told(harness, count=2), "both answers to come")
    assert await _list_told(harness, count=2) == [("grace", 503), ("ada", 202)]


async def test_a_vote_for_a_start_counts_after_the_process_died_and_starts_it_once(harness: ProcessHarness) -> None:
    before = len(await harness.list_pipelines())
    async with _dying(harness):
        await _protect_starts(harness)
        await harness.say("/circle trigger gh/acme/web --branch main image-tag=48")
        waits = await harness.message("<@U0ADA> asks to start this")
        await harness.control("faults", target="slack", match="response_url", delay_s=5)
        await harness.press(waits, "Approve Start", as_=GRACE)
        await harness.wait_until(lambda: _find_start(harness), "the vote to be written down")
    assert len(await harness.list_pipelines()) == before, "it died before it started anything"

    async with _bot(harness):
        voted = await _find_start(harness)
        assert voted
        await _forget_call(harness, voted)
        again = f"/circle requests approve {voted.subject.removeprefix('start:')}"
        await harness.say(again, as_=GRACE)
        await harness.card("<@U0ADA> triggered it with `image-tag=48`")
        await harness.message("This was approved, and started in the name of <@U0ADA>")
        await harness.say(again, as_=GRACE)
        await harness.reply("This was approved, and started in the name of <@U0ADA>", as_=GRACE)
    assert len(await harness.list_pipelines()) == before + 1


async def _protect_starts(harness: ProcessHarness) -> None:
    for user in (ADA, GRACE):
        await harness.connect(user)
    await harness.say("/circle policy add require everybody start --approvals 1")
    await harness.reply("version 1 counts from now on")


async def _find_start(harness: ProcessHarness) -> Approval | None:
    """What waits to be started, once a vote is being acted on."""
    async with _open_store(harness) as store, store.begin_read() as tx:
        [start] = await tx.start_requests.list_waiting("T0SANDBOX", DEPLOYS)
        found = await tx.approvals.find(start.workspace, start.subject)
    return found if found and found.state is ApprovalState.CALLING else None


@asynccontextmanager
async def _dying(harness: ProcessHarness) -> AsyncIterator[None]:
    """A whole bot, which is killed at the end."""
    async with _bot(harness) as process:
        yield
        process.send_signal(signal.SIGKILL)


@asynccontextmanager
async def _bot(harness: ProcessHarness) -> AsyncIterator[asyncio.subprocess.Process]:
    async with harness.run_bot("run") as process:
        await harness.wait_until(build_connected_check(harness), "the bot to be connected")
        yield process


async def _set_up(harness: ProcessHarness) -> None:
    for user in (ADA, GRACE):
        await harness.connect(user)
    await harness.say("/circle policy add require everybody approve --approvals 2")
    await harness.reply("version 1 counts from now on")
    await harness.say("/circle trigger gh/acme/web --branch release")
    await harness.thread(await harness.card("Approve staging"), "0 of 2 approvals")


async def _vote(harness: ProcessHarness, user: str) -> None:
    await harness.say(f"/circle approve gh/acme/web {HOLD}", as_=user)


async def _hold_back(harness: ProcessHarness, **instead: int) -> None:
    """CircleCI's next answer to an approval; with a status the approval itself does not happen."""
    await harness.control("faults", target="circleci", match="workflow/*/approve", delay_s=5, **instead)


async def _wait_until_asked(harness: ProcessHarness) -> None:
    async def look() -> bool | None:
        faults = (await harness.fetch_state("faults"))["faults"]
        return all(one["target"] != "circleci" for one in faults) or None

    await harness.wait_until(look, "CircleCI to be asked")


async def _list_told(harness: ProcessHarness, *, count: int) -> list[tuple[str, int]] | None:
    """By whose token CircleCI was asked to approve, and what it answered."""
    asked = await harness.list_requests("/approve/")
    return [(one["token_owner"], one["status"]) for one in asked] if len(asked) == count else None


async def _find_card_without(harness: ProcessHarness, label: str) -> Json | None:
    card = await harness.card("approve-production")
    return None if label in get_text(card) else card


@asynccontextmanager
async def _open_store(harness: ProcessHarness) -> AsyncIterator[Store]:
    store = Store(harness.environment["DATABASE_URL"], Vault([harness.environment["ENCRYPTION_KEYS"]]))
    yield store
    await store.close()


async def _find_approval(harness: ProcessHarness, *, votes: int) -> Approval | None:
    newest = (await harness.list_pipelines())[0]
    async with _open_store(harness) as store, store.begin_read() as tx:
        found = await tx.approvals.list_for_pipeline(newest["id"])
    return next((one for one in found if one.name == HOLD and len(one.votes) == votes), None)


async def _let_time_pass(harness: ProcessHarness) -> None:
    """Whoever began to tell CircleCI did so half a minute ago."""
    approval = await _find_approval(harness, votes=2)
    assert approval
    await _forget_call(harness, approval)


async def _forget_call(harness: ProcessHarness, approval: Approval) -> None:
    assert approval.state is ApprovalState.CALLING
    assert approval.called_at
    async with _open_store(harness) as store, store.begin() as tx:
        await tx.approvals.set_state(
            approval, ApprovalState.CALLING, approval.caller, now=approval.called_at - CALL_FOR
        )
