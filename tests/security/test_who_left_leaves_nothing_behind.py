"""Who left leaves nothing behind: of a workspace that removed the app, and of a person, the secrets go at once.

Their webhooks go from CircleCI, and nothing is polled for them. Rules and the like rest for thirty days, for whoever
installs the app again; then every row that was the workspace's own is gone (tests/store/test_uninstalls.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import installed_webhook
from bot.circleci.models import Webhook
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.audit_records import CONSOLE_CHAIN
from bot.domain.people import Account, AccountState, Installation
from bot.domain.project_feeds import Hook
from bot.notify.upkeep.offboarding import GRACE, UninstallHandler, restore_workspace
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.world import ADA, World, run_world
from tests.plugins.world import GRACE as COLLEAGUE

WEB = ProjectSlug("gh", "acme", "web")
TEAM = "T0SANDBOX"


@dataclass
class UninstallHarness:
    """Two workspaces that hear of the same project; Slack says of each whether it is open."""

    harness: PollerHarness
    open: dict[str, bool | None] = field(default_factory=lambda: {"T": True, "T2": True})
    left: set[str] = field(default_factory=set)
    returning: str = ""

    def __post_init__(self) -> None:
        harness = self.harness
        self.departures = UninstallHandler(
            store=harness.store, pool=harness.sandbox.pool, people=self, clock=harness.sandbox, holder="me"
        )

    async def is_open(self, workspace: str) -> bool | None:
        """`returning` comes back right after Slack has said that it is gone."""
        said = self.open[workspace]
        if workspace == self.returning:
            self.returning = ""
            async with self.harness.store.begin() as tx:
                now = self.harness.sandbox.now() + timedelta(seconds=1)
                await tx.installations.upsert(Installation(workspace, "", "U", "B", (), "U", now, token="xoxb-2"))
                await restore_workspace(tx, workspace, now)
        return said

    async def list_teams(self, _organisation: Installation) -> dict[str, str] | None:
        return None

    async def has_left(self, workspace: str, user: str) -> bool:
        return f"{workspace}/{user}" in self.left

    async def joins(self, workspace: str, *logins: str) -> None:
        now = self.harness.sandbox.now()
        async with self.harness.store.begin() as tx:
            await tx.installations.upsert(Installation(workspace, "", "U", "B", (), "U", now, token="xoxb-1"))
            for login in logins:
                account = Account(workspace, login, login, login, login, AccountState.ACTIVE, now, f"CCIPAT_{login}")
                await tx.accounts.upsert(account)
            rule = Subscription(0, workspace, "C", ProjectScope.parse(str(WEB)), Rule(), logins[0], now)
            await tx.subscriptions.insert(rule)
            await tx.polled_projects.upsert(WEB, now)

    async def installs(self, workspace: str, login: str) -> Hook:
        project = await self.harness.sandbox.ada.fetch_project(WEB)
        hook = installed_webhook.build_hook(
            project, "https://bot.example.com", workspace, user=login, now=self.harness.sandbox.now()
        )
        async with self.harness.store.begin_read() as tx:
            known = await tx.hooks.list_urls(project.id)
        hook_id = await installed_webhook.establish(self.harness.sandbox.as_(login), hook, known, renew_secret=True)
        async with self.harness.store.begin() as tx:
            await tx.hooks.upsert(hook)
            await tx.hooks.mark_established(hook, hook_id, self.harness.sandbox.now())
        return hook

    async def there(self) -> list[Webhook]:
        return await self.harness.sandbox.ada.list_webhooks((await self.harness.sandbox.ada.fetch_project(WEB)).id)

    async def hears(self, workspace: str) -> bool:
        async with self.harness.store.begin_read() as tx:
            return any(rule.workspace == workspace for rule in await tx.subscriptions.list_for_project(WEB))

    async def keeps(self, workspace: str) -> tuple[bool, int, int]:
        """An installation, accounts and rules."""
        async with self.harness.store.begin_read() as tx:
            installed = await tx.installations.find(workspace) is not None
            accounts = [one for one in await tx.accounts.list_all_active_people() if one[0] == workspace]
            return installed, len(accounts), len(await tx.subscriptions.list_for_workspace(workspace))

    async def after(self, seconds: float) -> None:
        await self.harness.sandbox.advance(seconds)
        await self.departures.tick()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[UninstallHarness]:
    async with run_poller_harness(tmp_path) as harness:
        house = UninstallHarness(harness)
        await house.joins("T", "ada", "grace")
        await house.joins("T2", "ada")
        yield house


async def test_secrets_go_at_once_and_rules_after_the_grace_time_and_nothing_of_others(house: UninstallHarness) -> None:
    await house.installs("T", "grace")
    other = await house.installs("T2", "ada")
    house.open["T"] = False
    await house.departures.handle_uninstall("T")
    assert await house.keeps("T") == (False, 0, 1)
    assert await house.keeps("T2") == (True, 1, 1)
    assert [one.url for one in await house.there()] == [other.url], "taken away before the token is deleted"
    assert not await house.hears("T")
    assert await house.hears("T2")
    await house.after(GRACE.total_seconds() - 60)
    assert await house.keeps("T") == (False, 0, 1)
    await house.after(120)
    assert await house.keeps("T") == (False, 0, 0)
    assert await house.keeps("T2") == (True, 1, 1)


async def test_how_long_rules_rest_is_a_setting_and_what_went_is_on_record(house: UninstallHarness) -> None:
    sandbox = house.harness.sandbox
    house.departures = UninstallHandler(
        store=house.harness.store,
        pool=sandbox.pool,
        people=house,
        clock=sandbox,
        holder="me",
        grace=timedelta(days=1),
    )
    house.open["T"] = False
    await house.departures.handle_uninstall("T")
    await house.after(86_000)
    assert await house.keeps("T") == (False, 0, 1)
    await house.after(1_000)
    assert await house.keeps("T") == (False, 0, 0)
    async with house.harness.store.begin_read() as tx:
        purges = [one.record for one in await tx.audit.list_chain(CONSOLE_CHAIN) if one.record.act == "purge"]
    assert [one.detail["workspace"] for one in purges] == ["T"]
    assert purges[0].detail["rows"]["subscriptions"] == 1


async def test_who_comes_back_while_slack_is_asked_loses_nothing(house: UninstallHarness) -> None:
    house.open["T"], house.returning = False, "T"
    await house.departures.handle_uninstall("T")
    assert await house.keeps("T") == (True, 2, 1)
    await house.departures.handle_uninstall("T")
    house.open["T"] = None
    await house.after(GRACE.total_seconds() + 60)
    assert await house.keeps("T") == (False, 0, 1), "Slack does not say"
    house.open["T"], house.returning = False, "T"
    await house.after(600)
    assert await house.keeps("T") == (True, 0, 1)


async def test_nothing_is_polled_for_who_left(house: UninstallHarness) -> None:
    house.open |= {"T": False, "T2": False}
    await house.harness.push(str(WEB), "slow")
    await house.harness.advance(1)
    for workspace in house.open:
        await house.departures.handle_uninstall(workspace)
    await house.harness.advance(1)
    before = await house.harness.count_calls()
    await house.harness.advance(20)
    assert await house.harness.count_calls() == before
    async with house.harness.store.begin_read() as tx:
        assert await tx.polled_projects.list_all() == []


async def test_who_comes_back_in_time_finds_their_rules_and_hears_again(house: UninstallHarness) -> None:
    house.open["T"] = False
    await house.departures.handle_uninstall("T")
    await house.after(86400)
    assert not await house.hears("T")
    house.open["T"] = True
    await house.after(600)
    assert await house.hears("T")
    await house.after(2 * GRACE.total_seconds())
    assert (await house.keeps("T"))[2] == 1, "and keeps them"


async def test_late_news_of_an_uninstall_does_not_touch_a_workspace_that_is_back(house: UninstallHarness) -> None:
    await house.departures.handle_uninstall("T")
    assert await house.keeps("T") == (True, 2, 1)


async def test_an_uninstall_that_we_slept_through_is_found_out_and_a_silent_slack_is_none(
    house: UninstallHarness,
) -> None:
    house.open["T"] = None
    await house.after(600)
    assert await house.keeps("T") == (True, 2, 1)
    house.open["T"] = False
    await house.after(600)
    assert await house.keeps("T") == (False, 0, 1)


async def test_whatever_circleci_says_of_the_webhooks_the_secrets_go(house: UninstallHarness) -> None:
    await house.installs("T", "grace")
    house.open["T"] = False
    await house.harness.control("faults", target="circleci", match="webhook", status=503, count=0)
    await house.departures.handle_uninstall("T")
    assert await house.keeps("T") == (False, 0, 1)
    async with house.harness.store.begin_read() as tx:
        assert await tx.hooks.list_for_workspace("T") == []


async def test_of_who_left_the_company_the_token_is_deleted_and_their_webhook_goes_to_a_colleague(
    house: UninstallHarness,
) -> None:
    hook = await house.installs("T", "grace")
    house.left.add("T/grace")
    await house.after(600)
    async with house.harness.store.begin_read() as tx:
        assert await tx.accounts.find("T", "grace") is None
        (handed,) = await tx.hooks.list_for_workspace("T")
    assert (handed.key, handed.user) == (hook.key, "ada")
    assert await house.hears("T"), "the rules are the channel's, and say that nobody answers for them"


async def test_a_webhook_that_nobody_else_can_look_after_goes_from_circleci(house: UninstallHarness) -> None:
    await house.installs("T2", "ada")
    house.left.add("T2/ada")
    await house.after(600)
    assert await house.there() == []
    async with house.harness.store.begin_read() as tx:
        assert await tx.hooks.list_for_workspace("T2") == []


async def test_uninstalling_in_slack_deletes_tokens_and_waiting_lines_and_webhooks(tmp_path: Path) -> None:
    async with asyncio.timeout(120), run_world(tmp_path, socket_mode=False) as world:
        await world.connect()
        await world.say("/circle subscribe web")
        await world.reply("You own rule")
        await world.say("/circle webhooks install gh/acme/web")
        await world.reply("CircleCI reports at once")
        await world.say("/circle status web", as_=COLLEAGUE)
        await world.reply("onnect", as_=COLLEAGUE)
        await world.control("slack/uninstall")
        await world.wait_until(lambda: _gone(world), "the tokens to be deleted")
        async with world.app.core.store.begin_read() as tx:
            assert await tx.hooks.list_for_workspace(TEAM) == []
            assert len(await tx.subscriptions.list_for_workspace(TEAM)) == 1
            assert not await tx.coverage.has_rules_for(WEB)
        gone = {call["path"] for call in await world.list_requests("/webhook") if call["method"] == "DELETE"}
        assert len(gone) == 1


async def _gone(world: World) -> bool | None:
    async with world.app.core.store.begin_read() as tx:
        return await tx.accounts.find(TEAM, ADA) is None or None
