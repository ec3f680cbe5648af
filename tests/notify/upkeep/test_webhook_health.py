"""Webhooks that we installed: kept as they should be, trusted while they tell, and gone with the last rule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.actions import installed_webhook
from bot.blocks import installed_webhook_blocks
from bot.circleci.models import Webhook
from bot.circleci.webhook_payload import WebhookEvent
from bot.diagnostics.circleci_symptoms import WEBHOOK_NEVER_ARRIVED
from bot.diagnostics.webhook_checks import build_findings
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.domain.symptoms import Symptom
from bot.language.spoken import speaking
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.upkeep.webhook_health import WebhookHealthMonitor
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

WEB = ProjectSlug("gh", "acme", "web")
BOT = "https://bot.example.com"


class WebhookHealthHarness:
    """A webhook of gh/acme/web that Ada installed."""

    def __init__(self, harness: PollerHarness) -> None:
        self.harness, self.sandbox, self.store = harness, harness.sandbox, harness.store
        self.webhook_health = WebhookHealthMonitor(
            store=self.store, pool=self.sandbox.pool, clock=self.sandbox, holder="me"
        )
        self.inbox = WebhookInbox(store=self.store, clock=self.sandbox, wake=lambda: None)

    async def install(self, login: str = "ada") -> None:
        project = await self.sandbox.ada.fetch_project(WEB)
        hook = installed_webhook.build_hook(project, BOT, "T", user=login, now=self.sandbox.now())
        async with self.store.begin() as tx:
            await tx.hooks.upsert(hook)
        await self.webhook_health.tick()

    async def hook(self) -> Hook | None:
        async with self.store.begin_read() as tx:
            return await tx.hooks.find("T", WEB)

    async def there(self) -> list[Webhook]:
        return await self.sandbox.ada.list_webhooks((await self.sandbox.ada.fetch_project(WEB)).id)

    async def hear(self, workflow_id: str, event_id: str) -> None:
        hook = await self.hook()
        assert hook is not None
        event = WebhookEvent(
            event_id, "workflow-completed", WEB, hook.project_id, None, None, workflow_id, self.sandbox.now()
        )
        await self.inbox.handle(event, hook)

    async def writes(self) -> list[dict[str, Any]]:
        calls = await self.sandbox.calls()
        return [call for call in calls if call["path"].startswith("/api/v2/webhook") and call["method"] != "GET"]

    async def later(self, **ago: float) -> None:
        await self.sandbox.advance(timedelta(**ago).total_seconds())
        await self.webhook_health.tick()


@pytest.fixture
async def lodge(tmp_path: Path) -> AsyncIterator[WebhookHealthHarness]:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(str(WEB))
        lodge = WebhookHealthHarness(harness)
        await lodge.install()
        yield lodge


async def test_one_whose_making_was_never_answered_is_made_or_found(lodge: WebhookHealthHarness) -> None:
    hook, [there] = await lodge.hook(), await lodge.there()
    assert hook is not None
    assert (hook.hook_id, hook.url, hook.error) == (there.id, there.url, None)
    async with lodge.store.begin() as tx:
        await tx.hooks.mark_checked(hook.key, lodge.sandbox.now(), None, error=None)
    await lodge.later(minutes=1)
    assert [one.id for one in await lodge.there()] == [there.id]


async def test_all_being_well_it_is_looked_at_once_an_hour_and_left_alone(lodge: WebhookHealthHarness) -> None:
    before, made = await lodge.harness.count_calls(), await lodge.writes()
    for _ in range(125):
        await lodge.later(minutes=1)
    looks = [call for call in (await lodge.sandbox.calls())[before:] if call["path"].startswith("/api/v2/webhook")]
    assert len(looks) == 2
    assert await lodge.writes() == made


async def test_one_that_was_removed_or_bent_at_circleci_is_set_right(lodge: WebhookHealthHarness) -> None:
    [there] = await lodge.there()
    await lodge.sandbox.ada.set_webhook(there.id, url=f"{BOT}/circleci/webhook?hook=x", secret="x", events=["ping"][:0])
    await lodge.later(hours=1)
    [mended] = await lodge.there()
    hook = await lodge.hook()
    assert hook is not None
    assert (mended.id, mended.url, set(mended.events)) == (there.id, hook.url, {"workflow-completed", "job-completed"})
    await lodge.sandbox.ada.remove_webhook(there.id)
    await lodge.later(hours=1)
    [made] = await lodge.there()
    assert (made.url, (await lodge.hook() or hook).hook_id) == (hook.url, made.id)


async def test_after_a_wrong_signature_circleci_gets_the_secret_again(lodge: WebhookHealthHarness) -> None:
    hook = await lodge.hook()
    assert hook is not None
    await lodge.inbox.mark_refused(hook)
    await lodge.later(minutes=1)
    assert [call["method"] for call in await lodge.writes()] == ["POST", "PUT"]
    await lodge.later(minutes=1)
    assert len(await lodge.writes()) == 2


async def test_it_goes_with_the_last_rule_of_its_project(lodge: WebhookHealthHarness) -> None:
    async with lodge.store.begin() as tx:
        [rule] = await tx.subscriptions.list_after(0, 1000)
        await tx.subscriptions.delete("T", "C", rule.id)
    await lodge.later(minutes=1)
    assert (await lodge.there(), await lodge.hook()) == ([], None)


async def test_one_whose_owner_left_is_said_to_be_so_in_the_language_of_each_reader(
    lodge: WebhookHealthHarness,
) -> None:
    async with lodge.store.begin() as tx:
        await tx.accounts.delete("T", "ada")
    with speaking("de"):
        await lodge.later(hours=1)
        german = installed_webhook_blocks.format_state(await lodge.hook(), possible=True)
    assert "nicht mehr mit CircleCI verbunden" in german
    assert "no longer connected" in installed_webhook_blocks.format_state(await lodge.hook(), possible=True)


async def test_one_that_tells_all_is_trusted_and_one_gone_quiet_no_longer(lodge: WebhookHealthHarness) -> None:
    harness = lodge.harness
    await harness.advance(1)
    await lodge.hear("w0", "e0")
    hook = await lodge.hook()
    assert hook is not None
    assert hook.is_trusted
    await harness.push(str(WEB), "broken")
    await harness.advance(6)
    await lodge.webhook_health.tick()
    quiet = await lodge.hook()
    assert quiet is not None
    assert (quiet.is_trusted, quiet.quiet_at) == (False, lodge.sandbox.now())
    await lodge.hear("w1", "e1")
    again = await lodge.hook()
    assert again is not None
    assert again.is_trusted


async def test_one_of_which_nothing_ever_came_is_missed_when_a_workflow_ends(lodge: WebhookHealthHarness) -> None:
    """The doctor tells so until the first event comes."""
    harness = lodge.harness

    async def diagnose() -> list[Symptom | None]:
        hook = await lodge.hook()
        return [one.symptom for one in build_findings([hook] if hook else [], [], BOT)]

    await harness.advance(1)
    await lodge.webhook_health.tick()
    assert await diagnose() == [None]
    await harness.push(str(WEB), "broken")
    await harness.advance(6)
    await lodge.webhook_health.tick()
    assert await diagnose() == [WEBHOOK_NEVER_ARRIVED, None]
    await lodge.hear("w1", "e1")
    assert await diagnose() == [None]


async def test_what_a_webhook_announced_is_not_missed(lodge: WebhookHealthHarness) -> None:
    harness = lodge.harness
    await harness.advance(1)
    await lodge.hear("w0", "e0")
    await harness.push(str(WEB), "broken")
    await harness.advance(6)
    for pipeline in (await lodge.sandbox.control.get("/_control/state")).json()["circleci"]["pipelines"]:
        for workflow in pipeline["workflows"]:
            await lodge.hear(workflow["id"], workflow["id"])
    await lodge.webhook_health.tick()
    hook = await lodge.hook()
    assert hook is not None
    assert hook.is_trusted


async def test_while_it_tells_polling_is_a_safety_net_that_costs_little_and_still_finds_all(
    lodge: WebhookHealthHarness,
) -> None:
    harness = lodge.harness
    await harness.advance(1)

    async def cost(minutes: float) -> int:
        before = await harness.count_calls()
        await harness.push(str(WEB), "slow")
        await harness.advance(minutes)
        return await harness.count_calls() - before

    polled = await cost(5)
    await lodge.hear("w0", "e0")
    told = await cost(5)
    assert told < polled * 0.7
    number = await harness.push(str(WEB), "main")
    await harness.advance(2)
    assert number in await harness.list_pipeline_numbers(str(WEB))
