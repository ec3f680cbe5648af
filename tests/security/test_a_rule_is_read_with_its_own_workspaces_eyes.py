"""What a project tells is shown where its readers see the project: by a token of their own workspace, or their own.

A channel: a token of its workspace, or the service account where the operator says that it reads for that workspace. A
direct message: the token of whoever reads it. What may not be shown waits, and comes when it may be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.circleci.links import Links
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.people import Account
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import SendContext
from bot.notify.poll.token_quota import ServiceAccount
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.withholding import WithholdingPolicy
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.settings import Settings
from bot.slack.clients import SlackClients
from bot.slack.poster import SlackPoster
from bot.slack.value_shortener import ValueShortener
from tests.plugins.delivery_harness import QUICK
from tests.plugins.poller_harness import PollerHarness, run_poller_harness
from tests.plugins.slack_users import DEPLOYS, GENERAL, GRACE, SlackUsers

WEB = ProjectSlug("gh", "acme", "web")
HERS = "D0GRACE"
PLACES = {"T": DEPLOYS, "T2": GENERAL}
"""A channel of each of two workspaces. The simulated Slack is one for both."""


@dataclass
class VisibilityHarness:
    """A poller_harness, and a delivery that brings what it found to Slack."""

    poller_harness: PollerHarness
    slack: SlackUsers
    delivery: Delivery

    async def connect(self, workspace: str, login: str, user: str | None = None, **more: str) -> None:
        now, token = self.poller_harness.sandbox.now(), more.get("token", f"CCIPAT_{login}")
        account = Account(workspace, user or login, login, login, login, more.get("state", "active"), now, token)
        async with self.poller_harness.store.begin() as tx:
            await tx.accounts.upsert(account)

    async def rule(self, workspace: str, made_by: str, channel: str = "") -> int:
        now, rule = self.poller_harness.sandbox.now(), Rule.parse({"only": ["all"]})
        made = Subscription(
            0, workspace, channel or PLACES[workspace], ProjectScope.parse(str(WEB)), rule, made_by, now
        )
        async with self.poller_harness.store.begin() as tx:
            stored = await tx.subscriptions.insert(made)
            await tx.polled_projects.upsert(WEB, now)
        await self.poller_harness.run_due()
        return stored.id

    async def fails(self) -> int:
        """A pipeline that fails, polled until it is over and told wherever it may be told now."""
        number = await self.poller_harness.push(str(WEB), "broken")
        await self.poller_harness.advance(6)
        await self.told()
        return number

    async def told(self) -> None:
        for _ in range(6):
            await self.delivery.tick()
            await self.delivery.drain(20)

    async def later(self, minutes: float) -> None:
        await self.poller_harness.advance(minutes)
        await self.told()

    async def heard(self, channel: str, number: int) -> bool:
        texts = [str(one) for one in await self.slack.list_messages(channel, as_=GRACE if channel == HERS else "U0ADA")]
        return any(f"#{number}" in text for text in texts)


@pytest.fixture
async def visibility_harness(tmp_path: Path) -> AsyncIterator[VisibilityHarness]:
    async with run_poller_harness(tmp_path, interval_s=30, on_loopback=True) as poller_harness:
        sandbox = poller_harness.sandbox
        clients = SlackClients(
            api_url=f"{sandbox.url}/slack/api/", token="xoxb-sandbox", store=poller_harness.store, clock=sandbox
        )
        poster = SlackPoster(clients, ValueShortener(poller_harness.store, sandbox), sandbox)
        means = SendContext(
            store=poller_harness.store,
            poster=poster,
            withholding=WithholdingPolicy(poller_harness.visibility, clock=sandbox),
            duplicates=DuplicateGuard(poster=poster, clock=sandbox, is_catching_up=poller_harness.store.is_catching_up),
            links=Links(),
            clock=sandbox,
            limits=QUICK,
            summarise_after=timedelta(hours=24),
            count=lambda _: None,
            record_post=lambda *_: None,
            hit_failpoint=lambda _: None,
        )
        yield VisibilityHarness(
            poller_harness, SlackUsers(sandbox.url, sandbox.control), Delivery(means, holder="me", wake=lambda: None)
        )
        await clients.close()


async def test_a_direct_message_is_read_with_its_readers_own_token_and_with_no_colleagues(
    visibility_harness: VisibilityHarness,
) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.connect("T", "grace", GRACE)
    await visibility_harness.rule("T", "ada")
    await visibility_harness.rule("T", GRACE, HERS)
    first = await visibility_harness.fails()
    assert await visibility_harness.heard(HERS, first)
    await visibility_harness.poller_harness.control("revoke", **{"as": "grace"})
    second = await visibility_harness.fails()
    assert await visibility_harness.heard(DEPLOYS, second), "where Ada's token reads it is told"
    assert not await visibility_harness.heard(HERS, second)
    async with visibility_harness.poller_harness.store.begin_read() as tx:
        account = await tx.accounts.find("T", GRACE)
    assert account is not None
    assert account.state == "expired", "what CircleCI refuses is found out though polling does not use it"
    await visibility_harness.poller_harness.control("revoke", **{"as": "grace", "on": False})
    await visibility_harness.connect("T", "grace", GRACE)
    await visibility_harness.later(15)
    assert await visibility_harness.heard(HERS, second), "late rather than never"


async def test_a_card_that_stands_is_changed_no_more_for_whoever_lost_sight(
    visibility_harness: VisibilityHarness,
) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.connect("T", "grace", GRACE)
    await visibility_harness.rule("T", "ada")
    await visibility_harness.rule("T", GRACE, HERS)
    number = await visibility_harness.poller_harness.push(str(WEB), "slow")
    await visibility_harness.later(1)
    assert await visibility_harness.heard(HERS, number) == await visibility_harness.heard(DEPLOYS, number)
    await visibility_harness.poller_harness.control("see", project=str(WEB), on=False, **{"as": "grace"})
    await visibility_harness.later(6)
    before = await visibility_harness.slack.list_messages(HERS, as_=GRACE)
    (running,) = [one for one in await visibility_harness.slack.list_pipelines() if one["number"] == number]
    await visibility_harness.poller_harness.control(
        "cancel", workflow_id=running["workflows"][0]["id"], **{"as": "ada"}
    )
    await visibility_harness.later(3)
    assert await visibility_harness.slack.list_messages(HERS, as_=GRACE) == before


async def test_a_rule_of_another_workspace_is_fed_with_no_token_of_ours(visibility_harness: VisibilityHarness) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.rule("T", "ada")
    await visibility_harness.connect("T2", "grace", state="expired")
    await visibility_harness.rule("T2", "grace")
    number = await visibility_harness.fails()
    assert await visibility_harness.heard(DEPLOYS, number)
    assert not await visibility_harness.heard(GENERAL, number)
    await visibility_harness.connect("T2", "grace")
    await visibility_harness.later(15)
    assert await visibility_harness.heard(GENERAL, number), "late rather than never"


async def test_a_channel_hears_by_any_colleague_of_its_maker(visibility_harness: VisibilityHarness) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.connect("T", "grace", state="expired")
    await visibility_harness.rule("T", "grace")
    assert await visibility_harness.heard(DEPLOYS, await visibility_harness.fails())


async def test_in_doubt_it_waits_for_circleci_and_is_told_then(visibility_harness: VisibilityHarness) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.connect("T2", "grace")
    for workspace, login in (("T", "ada"), ("T2", "grace")):
        await visibility_harness.rule(workspace, login)
    await visibility_harness.poller_harness.control(
        "faults", target="circleci", match="", caller="grace", status=503, count=0
    )
    number = await visibility_harness.fails()
    assert await visibility_harness.heard(DEPLOYS, number), "whose tokens work does not wait for those of others"
    assert not await visibility_harness.heard(GENERAL, number)
    await visibility_harness.poller_harness.control("reset", seed=False)
    await visibility_harness.later(2)
    async with visibility_harness.poller_harness.store.begin_read() as tx:
        assert (await tx.backlog.load(visibility_harness.poller_harness.sandbox.now())).notices == 0


async def test_a_rule_for_one_project_is_suspended_when_its_maker_sees_it_no_more_and_goes_on_after(
    visibility_harness: VisibilityHarness,
) -> None:
    await visibility_harness.connect("T", "ada")
    await visibility_harness.connect("T", "grace")
    rule = await visibility_harness.rule("T", "grace")
    await visibility_harness.poller_harness.control("see", project=str(WEB), on=False, **{"as": "grace"})
    await visibility_harness.later(1)
    (channel, _) = await visibility_harness.poller_harness.run_rule_checks()
    assert "*It posts nothing*" in str(channel.message.blocks)
    assert f"subscribe {rule} --takeover" in str(channel.message.blocks)
    assert not await visibility_harness.heard(DEPLOYS, await visibility_harness.fails())
    await visibility_harness.poller_harness.control("see", project=str(WEB), on=True, **{"as": "grace"})
    assert await visibility_harness.poller_harness.run_rule_checks() == []
    assert await visibility_harness.heard(DEPLOYS, await visibility_harness.fails())


SERVED: dict[str, dict[str, Any]] = {
    "T": {"circleci_token_workspaces": frozenset({"T"})},
    "T,T2": {"circleci_token_workspaces": frozenset({"T", "T2"})},
    "*": {"circleci_token_workspaces": frozenset({"*"})},
    "": {},
}


@pytest.mark.parametrize("named", SERVED)
@pytest.mark.parametrize("oauth", [True, False])
def test_the_service_account_reads_for_workspaces_that_the_operator_names(named: str, *, oauth: bool) -> None:
    many: dict[str, Any] = {"slack_client_id": "id", "slack_client_secret": "secret"} if oauth else {}
    service = ServiceAccount("t", Settings(_env_file=None, **many, **SERVED[named]).served_workspaces)
    everywhere = named == "*" or (not named and not oauth)
    assert service.serves("T") == (everywhere or "T" in named)
    assert service.serves("T2") == (everywhere or "T2" in named)


LOGINS = ("ada", "grace", "eve", "expired")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    connected=st.sets(st.tuples(st.sampled_from(["T", "T2"]), st.sampled_from(LOGINS)), max_size=5),
    served=st.sampled_from([None, frozenset[str](), frozenset({"T"}), frozenset({"T2"})]),
    hidden=st.sets(st.sampled_from(["ada", "grace", "eve"])),
)
async def test_a_workspace_sees_what_one_of_its_own_tokens_sees_and_nothing_else(
    visibility_harness: VisibilityHarness,
    connected: set[tuple[str, str]],
    served: frozenset[str] | None,
    hidden: set[str],
) -> None:
    poller_harness = visibility_harness.poller_harness
    async with poller_harness.store.begin() as tx:
        for workspace in PLACES:
            for login in LOGINS:
                await tx.accounts.delete(workspace, f"U{login}")
    for login in ("ada", "grace", "eve"):
        await poller_harness.control("see", project=str(WEB), on=login not in hidden, **{"as": login})
    for workspace, login in sorted(connected):
        await visibility_harness.connect(workspace, login, f"U{login}")
    service = None if served == frozenset() else ServiceAccount("CCIPAT_ada", served)
    shared: dict[str, Any] = {
        "pool": poller_harness.sandbox.pool,
        "store": poller_harness.store,
        "clock": poller_harness.sandbox,
    }
    tokens = PollTokens(service=service, links=Links(), **shared)
    visibility = Visibility(tokens=tokens, **shared)
    sees = {"ada", "grace", "eve"} - hidden
    for workspace, channel in PLACES.items():
        own = any((workspace, login) in connected for login in sees)
        lent = service is not None and service.serves(workspace) and "ada" in sees
        assert await visibility.is_shown(workspace, channel, WEB, anew=True) == (own or lent)
        for login in LOGINS:
            mine = (workspace, login) in connected and login in sees
            assert await visibility.is_shown(workspace, f"U{login}", WEB, anew=True) == mine
