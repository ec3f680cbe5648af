from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation import Place
from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.messages import About, Message
from bot.rules.muting import DeferralReason, QueuedOutcome
from bot.store.store import Store, Tx
from bot.store.threads import PipelineThread, build_reply_key

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
ONE, TWO = PipelineThread("p1", WEB, 1, "main"), PipelineThread("p2", WEB, 2, "main")


@pytest.fixture
async def known(store: Store) -> Store:
    """Two pipelines that are followed; the card of p1 stands in C1; a workflow of p1 failed, and two of p2."""
    async with store.begin() as tx:
        for number in (1, 2):
            await tx.pipelines.follow(f"p{number}", WEB, number, branch="main", tag=None, snapshot="{}", now=NOW)
            await tx.outcomes.insert(_fail(f"w{number}", number), NOW)
        await tx.outcomes.insert(_fail("w3", 2), NOW)
        await tx.cards.upsert("T1", "C1", "p1", asked_by=None, now=NOW)
        (card,) = await tx.cards.claim(NOW, 12, "me", limit=1)
        await tx.cards.settle_sent(card, "1.1", NOW)
    return store


def _fail(workflow_id: str, number: int) -> Outcome:
    return Outcome(
        key=f"{workflow_id}:failed",
        kind=OutcomeKind.FAILED,
        status="failed",
        project=WEB,
        pipeline_id=f"p{number}",
        pipeline_number=number,
        workflow="build-and-test",
        workflow_id=workflow_id,
        branch="main",
        tag=None,
        happened_at=NOW,
        actor=None,
        trigger="webhook",
    )


async def _post(tx: Tx, its_key: str, channel: str, ts: str, *, card_id: int | None = None, holds: str = "") -> None:
    about = About("p2", tuple(holds.split())) if holds else None
    await tx.outbox.insert(its_key, "T1", channel, message=Message("It failed"), card_id=card_id, about=about, now=NOW)
    (notice,) = await tx.outbox.claim(NOW, 12, "me", limit=1)
    await tx.outbox.settle_sent(notice, ts, NOW)


@pytest.mark.parametrize(
    ("its_key", "holds", "told"),
    [
        ("dm:failed:p2:1:T1:U1", "", [TWO]),
        ("dm:approvals:p2:j1:T1:U1", "w2:hold:j1", [replace(TWO, workflow_id="w2")]),
        ("dm:approvals:p2:j1:T1:U1", "w2:hold:j1 w3:hold:j2", [TWO]),
        ("w2:hold:j1:T1:U1", "w2:hold:j1", [replace(TWO, workflow_id="w2")]),
        ("w2:hold:j1:T1:U1", "w2:hold:j1 w3:hold:j2", [TWO]),
        ("w2:hold:j1:remind:1764000000:T1:U1", "w2:hold:j1", [replace(TWO, workflow_id="w2")]),
        ("w2:failed:T1:U1", "", [replace(TWO, workflow_id="w2")]),
        ("end:p2:0f:T1:U1", "p2", [TWO]),
        ("dm:none:9:T1:U1", "", []),
        ("rule-expired:7", "", []),
    ],
)
async def test_a_notice_tells_of_the_pipeline_and_the_workflow_that_its_key_names(
    known: Store, its_key: str, holds: str, told: list[PipelineThread]
) -> None:
    async with known.begin() as tx:
        await _post(tx, its_key, "U1", "2.2", holds=holds)
        assert await tx.threads.list_told("T1", ["D1", "U1"], "2.2") == told


async def test_a_reply_to_a_card_tells_of_the_cards_pipeline(known: Store) -> None:
    async with known.begin() as tx:
        (card,) = await tx.cards.list_for_pipeline("p1")
        await _post(tx, "w1:failed:T1:C1", "C1", "3.3", card_id=card.id)
        assert await tx.threads.list_told("T1", ["C1", "U1"], "3.3") == [replace(ONE, workflow_id="w1")]


@pytest.mark.parametrize(("workflows", "told"), [(["w2"], [ONE, TWO]), (["w2", "w3"], [ONE, TWO]), ([], [ONE])])
async def test_a_digest_tells_of_each_pipeline_once(
    known: Store, workflows: list[str], told: list[PipelineThread]
) -> None:
    async with known.begin() as tx:
        for each, number in [("w1", 1), *((name, 2) for name in workflows)]:
            await tx.outcomes.insert(_fail(each, number), NOW)
            queued = QueuedOutcome(_fail(each, number), "T1", "C1", "acme/web", 1, DeferralReason.DIGEST, NOW)
            await tx.digest_queue.insert(queued, NOW)
        keys = await tx.digest_queue.lock_due("T1", "C1", [WEB], now=NOW)
        await tx.digest_queue.take("T1", "C1", "digest:7", keys=keys)
        await _post(tx, "digest:7", "C1", "4.4")
        found = await tx.threads.list_told("T1", ["C1", "U1"], "4.4")
    assert [replace(one, workflow_id=None) for one in found] == told
    assert [one.workflow_id for one in found] == ["w1", *([None] if len(workflows) > 1 else workflows)]


async def test_a_summary_tells_of_all_that_was_folded_into_it(known: Store) -> None:
    async with known.begin() as tx:
        for number in (1, 2):
            key = f"w{number}:failed:T1:C1"
            await tx.outbox.insert(key, "T1", "C1", message=Message("It failed"), project=WEB, now=NOW)
        (notice,) = await tx.outbox.claim(NOW, 12, "me", limit=1)
        assert await tx.outbox.fold(notice, NOW + timedelta(hours=1), NOW)
        await tx.outbox.settle_sent(notice, "5.5", NOW)
        assert await tx.threads.list_told("T1", ["C1", "U1"], "5.5") == [ONE, TWO]


async def test_a_failure_is_explained_where_its_notice_stands_in_full(known: Store) -> None:
    here, elsewhere = Place("T1", "C1"), Place("T1", "C2")
    line, why = Message("It failed"), Message("Why it failed")
    async with known.begin() as tx:
        await tx.outbox.insert(build_reply_key("w1:failed", here), *here, message=line, details=why, now=NOW)
        for ts, explained in (("6.1", False), ("6.2", True)):
            (notice,) = await tx.outbox.claim(NOW, 12, "me", limit=1)
            await tx.outbox.settle_sent(notice, ts, NOW)
            assert await tx.threads.is_explained("w1:failed", here) is explained
        assert not await tx.threads.is_explained("w1:failed", elsewhere)


async def test_a_card_is_about_its_pipeline_where_it_stands_and_nowhere_else(known: Store) -> None:
    async with known.begin_read() as tx:
        assert await tx.threads.list_told("T1", ["C1", "U1"], "1.1") == [ONE]
        for workspace, channel, ts in (("T1", "C1", "1.2"), ("T1", "C2", "1.1"), ("T2", "C1", "1.1")):
            assert await tx.threads.list_told(workspace, [channel], ts) == []
