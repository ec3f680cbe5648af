"""A webhook that is believed goes on being believed, whoever installs it again and whatever CircleCI answers.

No workspace unseats another's.
What was installed and never noted can still be found and taken away.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.actions import installed_webhook
from bot.circleci.links import Links
from bot.circleci.models import Webhook
from bot.command import Context, Request, RequestSource
from bot.domain import ProjectSlug
from bot.domain.project_feeds import Hook
from bot.errors import BotError
from bot.language import say_kept
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.upkeep.webhook_health import WebhookHealthMonitor
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from bot.web.circleci_endpoint import CircleCIEndpoint
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

WEB = ProjectSlug("gh", "acme", "web")

ANSWERS: dict[str, dict[str, Any]] = {
    "too early": {"status": 429, "retry_after": 1},
    "it may not": {"status": 403},
    "it is hidden": {"status": 404},
    "CircleCI is down": {"status": 503},
    "CircleCI fails": {"status": 500},
    "the answer is lost": {"accept_then_drop": True},
    "the token ended": {"status": 401},
}


@dataclass
class WebhookHarness:
    """CircleCI's door at `url`, with what is installed in two workspaces."""

    poller_harness: PollerHarness
    url: str

    def __post_init__(self) -> None:
        sandbox = self.poller_harness.sandbox
        self.webhook_health = WebhookHealthMonitor(
            store=self.poller_harness.store, pool=sandbox.pool, clock=sandbox, holder="me"
        )

    async def install(self, workspace: str = "T", login: str = "ada") -> Hook:
        project = await self.poller_harness.sandbox.ada.fetch_project(WEB)
        return await installed_webhook.install(self.context(workspace, login), project)

    async def remove(self, workspace: str = "T") -> bool:
        return await installed_webhook.remove(
            self.context(workspace, "ada"), await self.poller_harness.sandbox.ada.fetch_project(WEB)
        )

    def context(self, workspace: str, login: str) -> Context:
        sandbox = self.poller_harness.sandbox
        return Context(
            request=Request(workspace, login, "", RequestSource.SHORTCUT, "home"),
            circleci=sandbox.as_(login),
            store=self.poller_harness.store,
            clock=sandbox,
            links=Links(),
            wake=lambda: None,
            public_url=self.url,
        )

    async def fault(self, **what: Any) -> None:
        await self.poller_harness.control("faults", target="circleci", match="webhook", **what)

    async def row(self, workspace: str = "T") -> Hook | None:
        async with self.poller_harness.store.begin_read() as tx:
            return await tx.hooks.find(workspace, WEB)

    async def noted(self) -> None:
        row: Hook | None = None
        while row is None:
            await asyncio.sleep(0.02)
            row = await self.row()

    async def there(self) -> list[Webhook]:
        return await self.poller_harness.sandbox.ada.list_webhooks(
            (await self.poller_harness.sandbox.ada.fetch_project(WEB)).id
        )

    async def answers(self) -> dict[str, list[int]]:
        """How the door answers what CircleCI sends of a pipeline that ends now, by address."""
        before = len(await self._sent())
        await self.poller_harness.push(str(WEB), "main")
        await self.poller_harness.sandbox.advance(600)
        sent = (await self._sent())[before:]
        while not sent or any(one["status"] is None for one in sent):
            await asyncio.sleep(0.02)
            sent = (await self._sent())[before:]
        return {one["url"]: [each["status"] for each in sent if each["url"] == one["url"]] for one in sent}

    async def _sent(self) -> list[dict[str, Any]]:
        state = (await self.poller_harness.sandbox.control.get("/_control/state")).json()
        return list(state["circleci"]["deliveries"])

    async def is_believed(self, workspace: str = "T") -> bool:
        row = await self.row(workspace)
        return row is not None and set((await self.answers()).get(row.url, [])) == {200}


@pytest.fixture
async def lodge(tmp_path: Path) -> AsyncIterator[WebhookHarness]:
    async with run_poller_harness(tmp_path) as poller_harness, contextlib.AsyncExitStack() as stack:
        await poller_harness.connect("ada", "grace")
        await poller_harness.subscribe(str(WEB))
        inbox = WebhookInbox(store=poller_harness.store, clock=poller_harness.sandbox, wake=lambda: None)
        door = CircleCIEndpoint(secret=None, receiver=inbox)
        app = Starlette(routes=[Route(installed_webhook.ROUTE, door.handle, methods=["POST"])])
        yield WebhookHarness(poller_harness, await stack.enter_async_context(serve_app(app, open_socket())))


@pytest.mark.parametrize("answer", ANSWERS)
async def test_whatever_circleci_answers_to_whoever_installs_it_again_it_is_believed(
    answer: str, lodge: WebhookHarness
) -> None:
    before = await lodge.install()
    for method in ("GET", "PUT"):
        await lodge.fault(method=method, count=1, **ANSWERS[answer])
        with contextlib.suppress(BotError):
            await lodge.install(login="grace")
    assert await lodge.is_believed()
    row = await lodge.row()
    assert row is not None
    assert (row.key, row.secret, row.hook_id) == (before.key, before.secret, before.hook_id)
    assert len(await lodge.there()) == 1


@pytest.mark.parametrize("answer", ANSWERS)
async def test_one_that_was_never_noted_is_found_again_and_taken_away_with_the_last_rule(
    answer: str, lodge: WebhookHarness
) -> None:
    await lodge.fault(method="POST", count=1, **ANSWERS[answer])
    with contextlib.suppress(BotError):
        await lodge.install()
    known = await lodge.row()
    assert (known is None) <= (await lodge.there() == []), "what may be there is written down"
    async with lodge.poller_harness.store.begin() as tx:
        for rule in await tx.subscriptions.list_for_project(WEB):
            await tx.subscriptions.delete("T", rule.channel, rule.id)
    await lodge.poller_harness.sandbox.advance(3600)
    await lodge.webhook_health.tick()
    assert await lodge.there() == []
    assert await lodge.row() is None


async def test_who_dies_while_circleci_is_asked_leaves_what_can_be_found(lodge: WebhookHarness) -> None:
    await lodge.fault(method="POST", delay_s=30, count=1)
    dying = asyncio.create_task(lodge.install())
    await lodge.noted()
    dying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await dying
    await lodge.webhook_health.tick()
    assert await lodge.is_believed()


async def test_two_workspaces_have_each_their_own_and_neither_unseats_the_other(lodge: WebhookHarness) -> None:
    first, second = await lodge.install(), await lodge.install("T2", "grace")
    assert first.key != second.key
    assert await lodge.is_believed("T")
    assert await lodge.is_believed("T2")
    await lodge.fault(method="PUT", count=4, status=429)
    with pytest.raises(BotError):
        await lodge.install("T2", "grace")
    assert await lodge.is_believed("T")
    assert await lodge.remove("T2")
    assert await lodge.is_believed("T")
    assert not await lodge.remove("T2")
    assert [one.id for one in await lodge.there()] == [first.hook_id]


async def test_the_last_rule_of_one_workspace_takes_away_its_own_alone(lodge: WebhookHarness) -> None:
    await lodge.install()
    await lodge.install("T2", "grace")
    await lodge.poller_harness.sandbox.advance(3700)
    await lodge.webhook_health.tick()
    assert await lodge.row("T2") is not None, "whoever installed it is not connected there, so it stays and says so"
    assert await lodge.is_believed("T")


async def test_one_whose_secret_does_not_open_is_made_anew_and_never_without_one(
    lodge: WebhookHarness, tmp_path: Path
) -> None:
    before = await lodge.install()
    with_another_key = Store(f"sqlite:///{tmp_path}/circlebot.db", Vault([generate_key()]))
    async with with_another_key.begin() as tx:
        await tx.hooks.upsert(before)
        await tx.hooks.mark_refused(before.key, lodge.poller_harness.sandbox.now())
    await with_another_key.close()
    await lodge.webhook_health.tick()
    row = await lodge.row()
    assert row is not None
    assert say_kept(row.error) == "Its secret can no longer be decrypted.", "CircleCI is given no empty one"
    await lodge.install()
    assert await lodge.is_believed()
    assert len(await lodge.there()) == 1
