"""A policy says the same at every door, and in whatever order its lines stand.

Typed, pressed, handed in or resumed; in the channel, in another one, in a direct message or the App Home: what the
policy of a channel refuses is refused for what is at home there. A broad line never undoes a narrow one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.access import RightsBuilder, WorkspaceRules, authorise
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.registry import Registry
from bot.dispatch.whom_to_ask import Admins
from bot.domain import ProjectSlug
from bot.domain.people import Account, AccountState
from bot.errors import NotAllowed
from bot.permissions import ActTarget
from bot.rules.policy_line import ACT_FAMILIES, ANY, PolicyLine
from bot.rules.policy_rank import Act
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.dispatcher_harness import FakeGroups, FakeMembers
from tests.plugins.factories import NOW
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, GRACE, WEB, World
from tests.rules.test_policy_decision import NOW as FRIDAY
from tests.rules.test_policy_decision import acts
from tests.rules.test_policy_decision import policies as every_respect

TEAM, PROD, OTHER = "T0SANDBOX", "C0PROD", "C0OTHER"
AT_HOME = ProjectSlug("gh", "acme", "web")
ACTS = [act for family in ACT_FAMILIES.values() for act in family] + ["logs"]
WORDS = [*ACTS, *ACT_FAMILIES, "*", "appr*", "a*", "un*"]

lines = st.builds(
    lambda act, channel, users: only(act, *users, channel=channel),
    st.sampled_from(WORDS),
    st.sampled_from([ANY, PROD, OTHER]),
    st.lists(st.sampled_from(["UA", "UB", "UC"]), max_size=3, unique=True),
)
policies = st.lists(lines, max_size=6)


def test_every_act_of_a_family_is_a_command_or_to_decline() -> None:
    names = {command.name for command in COMMANDS} | {"decline"}
    assert {act for family in ACT_FAMILIES.values() for act in family} <= names
    assert not names & ACT_FAMILIES.keys()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with one.begin() as tx:
        await tx.channels.set_project(TEAM, PROD, AT_HOME)
    yield one
    await one.close()


ACCOUNT = Account(TEAM, "UB", "id", "ub", "UB", AccountState.ACTIVE, NOW, "t")
COMMAND_OF = {command.name: command for command in COMMANDS}


ANYTHING_ELSE = {"branch": "", "tag": "", "workflow": "", "hold": "", "parameters": {}}


class _Friday:
    def now(self) -> datetime:
        return FRIDAY


async def _may(store: Store, said: Sequence[PolicyLine], request: Request, slug: ProjectSlug, **known: Any) -> bool:
    command = COMMAND_OF[request.line]
    builder = RightsBuilder(
        store=store,
        clock=_Friday(),
        circleci=CircleCIPool("https://circleci.example", transport=httpx.MockTransport(_tell_project)),
        registry=Registry(COMMANDS),
        askers=AskerDirectory(FakeMembers(), FakeGroups(), SystemClock()),
        admins=Admins(frozenset(), single_workspace=True),
        sign=Vault([generate_key()]).compute_signatures,
    )
    _circleci, rights = await builder.build(command, request, ACCOUNT, WorkspaceRules(said), changes=True)
    try:
        await authorise(command, rights)
        await rights.check_act(ActTarget(project=slug, **{**ANYTHING_ELSE, **known}))
    except NotAllowed:
        return False
    return True


def _tell_project(request: httpx.Request) -> httpx.Response:
    slug = request.url.path.partition("/project/")[2]
    org = slug.rpartition("/")[0]
    return httpx.Response(200, json={"id": "p", "slug": slug, "name": "web", "organization_slug": org})


async def test_what_a_channel_refuses_is_refused_from_everywhere(store: Store) -> None:
    """For each act on a project; as often as there are doors, and whatever else the policy says."""

    @settings(max_examples=60)
    @given(policies, st.sampled_from(["trigger", "rerun", "schedules", "approve", "cancel", "env", "keys", "webhooks"]))
    def drawn(said: list[PolicyLine], name: str) -> None:
        cases.append((said, name))

    cases: list[tuple[list[PolicyLine], str]] = []
    drawn()
    for said, name in cases:
        for place in (PROD, OTHER, "D1", None):
            found = {
                await _may(store, said, Request(TEAM, "UB", name, source, "k", channel=place), AT_HOME)
                for source in RequestSource
            }
            assert len(found) == 1, "the door says nothing"
            if not await _may(store, said, Request(TEAM, "UB", name, RequestSource.TYPED, "k", channel=PROD), AT_HOME):
                assert found == {False} or place != PROD, (said, name, place)
            own = [one for one in said if one.scope.act == name and one.scope.channel == PROD]
            if own and not any("UB" in one.who for one in own):
                assert found == {False}, (said, name, place)


async def test_every_respect_counts_the_same_at_every_door_and_in_any_order(store: Store) -> None:
    """Lines about people, groups, projects, branches, holds, parameters, channels and hours."""
    cases: list[tuple[list[PolicyLine], list[PolicyLine], Act, str]] = []

    @settings(max_examples=80)
    @given(every_respect, acts, st.sampled_from(["trigger", "rerun", "approve", "cancel", "env"]), st.data())
    def drawn(said: list[PolicyLine], act: Act, name: str, data: st.DataObject) -> None:
        cases.append((said, data.draw(st.permutations(said)), act, name))

    drawn()
    for said, shuffled, act, name in cases:
        (slug,) = act.projects or ()
        known = {"branch": act.branch, "hold": act.hold, "parameters": act.parameters}
        for place in ("C01", "D1", None):
            asked = [Request(TEAM, "UB", name, source, "k", channel=place) for source in RequestSource]
            found = {await _may(store, lines, one, slug, **known) for one in asked for lines in (said, shuffled)}
            assert len(found) == 1, (said, act, place)


async def test_capitals_and_other_projects(store: Store) -> None:
    said = [only("approve", "UA", channel=PROD)]
    asked = Request(TEAM, "UB", "approve", RequestSource.BUTTON, "k", channel="D1")
    assert not await _may(store, said, asked, ProjectSlug("gh", "Acme", "WEB"))
    assert await _may(store, said, asked, ProjectSlug("gh", "acme", "api"))


async def test_a_project_with_a_new_name_stays_at_home(socket_world: World) -> None:
    """Where its old name still leads there, neither name gets around the policy: not by a rule, not by `use`."""
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    await write_policy(world.app.core.store, *(only("trigger", ADA, channel=place) for place in (DEPLOYS, WEB)))
    await world.control("rename", project="gh/acme/web", name="site", redirects=True)
    async with world.app.core.store.begin() as tx:
        known = (await tx.polled_projects.list_for_projects([AT_HOME]))[AT_HOME]
        await tx.polled_projects.update_details(replace(known, learned_at=NOW, called="gh/acme/site"))
    await world.say("trigger gh/acme/site --branch main", as_=GRACE, channel="D0GRACE")
    await world.message("`trigger` · in <#C0DEPLOYS>", as_=GRACE, channel="D0GRACE")
    await world.say("/circle unsubscribe 1")
    await world.message("removed rule 1")
    await world.say("/circle use gh/acme/site", channel=WEB)
    await world.reply("from now on, where they name none", channel=WEB)
    await world.say("trigger gh/acme/web --branch main", as_=GRACE, channel="D0GRACE")
    await world.message("`trigger` · in <#C0WEB>", as_=GRACE, channel="D0GRACE")
    assert not [one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]


async def test_a_hold_of_a_channel_with_a_policy_is_approved_and_declined_nowhere_else(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    await write_policy(world.app.core.store, only("approve", ADA, channel=DEPLOYS), only("*", ADA, GRACE))
    await world.say("/circle trigger gh/acme/web --branch release", channel=WEB)
    card = await world.card("approve-staging", channel=WEB)
    refusal = "does not let you use `approve` for this. Only for <@U0ADA>: `approve` · in <#C0DEPLOYS>."
    await world.press(card, "Approve staging", as_=GRACE)
    await world.reply(refusal, as_=GRACE, channel=WEB)
    number = card["text"].split("#")[1].split()[0]
    for typed, says in (
        (f"approve gh/acme/web {number} approve-staging", refusal),
        (f"cancel gh/acme/web {number} --job approve-staging", refusal.replace("approve", "decline", 1)),
    ):
        await world.say(typed, as_=GRACE, channel="D0GRACE")
        await world.message(says, as_=GRACE, channel="D0GRACE")
        await world.say(f"<@U0CIRCLEBOT> {typed}", as_=GRACE, channel=WEB)
        await world.reply(says, as_=GRACE, channel=WEB)
    await world._post_action("home", GRACE, tab="home")
    assert "Approve staging" not in get_text(await world.home("Waiting for you", as_=GRACE))
    assert not await world.list_requests("/approve/")
    await world.press(card, "Approve staging")
    await world.card("<@U0ADA> approved `approve-staging`", channel=WEB)
