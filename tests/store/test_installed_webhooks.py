from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Outcome, ProjectScope, ProjectSlug
from bot.domain.project_feeds import Hook
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.processed_events import ANNOUNCED
from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(hours=1)
WEB = ProjectSlug("gh", "acme", "web")
HOOK = Hook(
    WEB, "a-key", "uuid-of-web", None, "https://bot/circleci/webhook?hook=a-key", "T", "U", NOW, secret="s3cret"
)


async def _stored(store: Store) -> Hook:
    async with store.begin_read() as tx:
        hook = await tx.hooks.find("T", WEB)
    assert hook is not None
    return hook


async def test_a_webhook_is_found_by_each_of_its_names(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hooks.upsert(HOOK)
        assert await tx.hooks.find("T", WEB) == await tx.hooks.find_by_key("a-key") == HOOK
        assert await tx.hooks.find_by_project_id("uuid-of-web") == HOOK
        assert await tx.hooks.list_all() == [HOOK]
        await tx.hooks.delete("a-key")
        assert await tx.hooks.find_by_key("a-key") is None


def test_a_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(HOOK)


async def test_it_is_trusted_once_it_stands_there_and_has_told_something(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hooks.upsert(HOOK)
        await tx.hooks.mark_refused("a-key", NOW)
        await tx.hooks.mark_checked("a-key", SOON, "h", error=None)
    before = await _stored(store)
    assert (before.hook_id, before.checked_at, before.refused_at, before.is_trusted) == ("h", SOON, None, False)
    async with store.begin() as tx:
        await tx.hooks.mark_heard("a-key", SOON)
        await tx.hooks.mark_heard("a-key", LATER)
    hook = await _stored(store)
    assert (hook.heard_at, hook.proven_at, hook.is_trusted) == (LATER, SOON, True)


async def test_one_that_was_quiet_has_to_prove_itself_anew(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hooks.upsert(replace(HOOK, hook_id="h"))
        await tx.hooks.mark_heard("a-key", NOW)
        await tx.hooks.mark_quiet("a-key", SOON)
    assert ((await _stored(store)).is_trusted, (await _stored(store)).quiet_at) == (False, SOON)
    async with store.begin() as tx:
        await tx.hooks.mark_heard("a-key", LATER)
    hook = await _stored(store)
    assert (hook.is_trusted, hook.proven_at, hook.quiet_at) == (True, LATER, None)


async def test_one_that_is_installed_again_begins_anew(store: Store) -> None:
    async with store.begin() as tx:
        await tx.hooks.upsert(HOOK)
        await tx.hooks.mark_heard("a-key", NOW)
        await tx.hooks.upsert(replace(HOOK, key="another", secret="other"))
        assert await tx.hooks.find_by_key("a-key") is None
    assert ((await _stored(store)).secret, (await _stored(store)).heard_at) == ("other", None)


@pytest.mark.parametrize(
    ("known_at", "workflow_id", "kind", "missed"),
    [
        (SOON, "told", "failed", False),
        (SOON, "untold", "failed", True),
        (SOON, "untold", "on-hold", False),
        (SOON, None, "errored-config", False),
        (NOW - timedelta(seconds=1), "untold", "failed", False),
        (LATER, "untold", "failed", False),
    ],
)
async def test_what_ended_unannounced_is_noticed(
    store: Store, known_at: datetime, workflow_id: str | None, kind: str, missed: bool
) -> None:
    outcome = Outcome(
        key="k",
        kind=kind,
        status="failed",
        project=WEB,
        pipeline_id="p",
        pipeline_number=1,
        workflow="build",
        workflow_id=workflow_id,
        branch="main",
        tag=None,
        happened_at=NOW,
    )
    async with store.begin() as tx:
        await tx.hooks.upsert(replace(HOOK, hook_id="h"))
        await tx.hooks.mark_heard("a-key", NOW)
        await tx.processed_events.insert(f"{ANNOUNCED}told", SOON)
        await tx.outcomes.insert(outcome, known_at)
    async with store.begin_read() as tx:
        assert await tx.hooks.list_keys_of_silent(until=SOON) == ({HOOK.key} if missed else set())


async def test_a_project_is_claimed_with_its_own_webhook_and_rules_not_with_anothers(store: Store) -> None:
    api = ProjectSlug("gh", "acme", "api")
    async with store.begin() as tx:
        await tx.hooks.upsert(replace(HOOK, hook_id="h"))
        await tx.hooks.mark_heard("a-key", NOW)
        rule = await tx.subscriptions.insert(
            Subscription(0, "T1", "C1", ProjectScope.parse("gh/acme/web"), Rule(), "U1", NOW)
        )
        await tx.coverage.cover(rule.id, [WEB], NOW)
        for project in (WEB, api):
            await tx.polled_projects.upsert(project, NOW)
        claimed = await tx.polled_projects.claim(NOW, 12, "one", limit=10)
    assert {one.project: (one.has_rules, one.has_webhook) for one in claimed} == {WEB: (True,) * 2, api: (False,) * 2}
