from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.circleci.webhook_payload import WebhookEvent
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

WEB = ProjectSlug("gh", "acme", "web")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HOOK = Hook(WEB, "a-key", "uuid-of-web", "h", "https://bot/circleci/webhook?hook=a-key", "T", "U", NOW, secret="s")
ENDED = WebhookEvent("e1", "workflow-completed", WEB, "uuid-of-web", "p1", 7, "w1", NOW)


class WebhookInboxHarness:
    """The inbox, with a clock that a test moves and a bell that counts."""

    def __init__(self, store: Store) -> None:
        self.store, self.moment, self.rung = store, NOW, 0
        self.inbox = WebhookInbox(store=store, clock=self, wake=self._ring)

    def now(self) -> datetime:
        return self.moment

    def _ring(self) -> None:
        self.rung += 1

    async def due(self) -> dict[str, datetime | None]:
        """When the project, and the pipeline if it is followed, is to be looked at."""
        async with self.store.begin_read() as tx:
            [watch], followed = await tx.polled_projects.list_all(), await tx.pipelines.find("p1")
        return {"project": watch.next_look_at, "pipeline": followed and followed.next_look_at}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[WebhookInboxHarness]:
    """A project that rests until later, and knows a pipeline that rests too."""
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, NOW)
        await tx.polled_projects.claim(NOW, 1, "me", limit=1)
        await tx.polled_projects.settle(WEB, 7, LATER, idle_rounds=3, holder="me")
        await tx.pipelines.follow("p1", WEB, 7, branch="main", tag=None, snapshot="{}", now=NOW)
        await tx.pipelines.update("p1", "{}", "main", tag=None, finished_at=NOW, next_look_at=LATER, was_due_at=NOW)
        await tx.hooks.upsert(HOOK)
    yield WebhookInboxHarness(store)
    await store.close()


async def test_what_ended_is_looked_at_at_once(harness: WebhookInboxHarness) -> None:
    await harness.inbox.handle(ENDED)
    assert await harness.due() == {"project": NOW, "pipeline": NOW}
    assert harness.rung == 1


async def test_a_pipeline_that_nobody_knows_is_found_by_listing_its_project(harness: WebhookInboxHarness) -> None:
    await harness.inbox.handle(replace(ENDED, pipeline_id="p2"))
    async with harness.store.begin_read() as tx:
        [watch] = await tx.polled_projects.list_all()
    assert (watch.next_look_at, watch.needs_own_listing) == (NOW, True)


async def test_the_same_delivery_counts_once(harness: WebhookInboxHarness) -> None:
    for _ in range(3):
        await harness.inbox.handle(ENDED)
    assert harness.rung == 1


async def test_events_in_the_wrong_order_do_the_same(harness: WebhookInboxHarness) -> None:
    job = replace(ENDED, id="e0", type="job-completed", happened_at=NOW - timedelta(minutes=3))
    for event in (ENDED, job):
        await harness.inbox.handle(event)
    assert (await harness.due())["pipeline"] == NOW
    assert harness.rung == 2


async def test_a_replay_of_months_ago_does_nothing(harness: WebhookInboxHarness) -> None:
    await harness.inbox.handle(replace(ENDED, happened_at=NOW - timedelta(days=90)), HOOK)
    assert await harness.due() == {"project": LATER, "pipeline": LATER}
    assert harness.rung == 0
    async with harness.store.begin_read() as tx:
        hook = await tx.hooks.find("T", WEB)
    assert hook is not None
    assert hook.heard_at is None


@pytest.mark.parametrize("kind", ["ping", "pipeline-started"])
async def test_pings_and_kinds_that_circleci_invents_are_taken(harness: WebhookInboxHarness, kind: str) -> None:
    bare = WebhookEvent("e9", kind, None, None, None, None, None, NOW)
    await harness.inbox.handle(bare, HOOK)
    assert (await harness.due())["pipeline"] == LATER
    async with harness.store.begin_read() as tx:
        hook = await tx.hooks.find("T", WEB)
    assert hook is not None
    assert hook.heard_at == NOW


async def test_a_project_is_known_by_its_id_however_its_slug_is_spelt(harness: WebhookInboxHarness) -> None:
    other = ProjectSlug("circleci", "DdaVtNusHqi24D4YT3X4eu", "6EkDPZoN4ZdMKKZtBkRodt")
    await harness.inbox.handle(replace(ENDED, project=other, pipeline_id="p2"))
    assert (await harness.due())["project"] == NOW


async def test_a_project_that_nobody_watches_does_no_harm(harness: WebhookInboxHarness) -> None:
    stranger = replace(ENDED, project=ProjectSlug("gh", "else", "where"), project_id="x", pipeline_id="p2")
    await harness.inbox.handle(stranger)
    assert await harness.due() == {"project": LATER, "pipeline": LATER}


async def test_a_wrong_signature_is_written_down_once(harness: WebhookInboxHarness) -> None:
    await harness.inbox.mark_refused(HOOK)
    harness.moment = LATER
    await harness.inbox.mark_refused(HOOK)
    hook = await harness.inbox.find_hook("a-key")
    assert hook is not None
    assert (hook.refused_at, hook.secret) == (NOW, "s")
    assert await harness.inbox.find_hook("another") is None
