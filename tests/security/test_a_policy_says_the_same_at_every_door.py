"""A policy says the same at every door, and in whatever order its lines stand.

Typed, pressed, handed in or resumed; in the channel, in another one, in a direct message or the App Home: what the
policy of a channel refuses is refused for what is at home there. A broad line never undoes a narrow one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.command import Request, RequestSource
from bot.commands import COMMANDS
from bot.dispatch.access import authorise
from bot.dispatch.whom_to_ask import Admins
from bot.domain import ProjectSlug
from bot.domain.audit_records import AuditTrail
from bot.domain.people import Account, AccountState
from bot.errors import NotAllowed
from bot.rules.policy import EVERYWHERE, FAMILIES, Policy, PolicyAction, get_allowed_users, select_policies
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.factories import NOW
from tests.plugins.world import ADA, DEPLOYS, GRACE, WEB, World

TEAM, PROD, OTHER = "T0SANDBOX", "C0PROD", "C0OTHER"
AT_HOME = ProjectSlug("gh", "acme", "web")
ACTS = [act for family in FAMILIES.values() for act in family] + ["logs"]
WORDS = [*ACTS, *FAMILIES, "*", "appr*", "a*", "un*"]

lines = st.builds(
    Policy,
    workspace=st.just(TEAM),
    command=st.sampled_from(WORDS),
    channel=st.sampled_from([EVERYWHERE, PROD, OTHER]),
    users=st.lists(st.sampled_from(["UA", "UB", "UC"]), max_size=3, unique=True).map(tuple),
)
acts = st.builds(PolicyAction, name=st.sampled_from(ACTS), changes=st.booleans())
policies = st.lists(lines, max_size=6)


def who(said: list[Policy], act: PolicyAction, channel: str | None) -> frozenset[str] | None:
    return get_allowed_users(select_policies(said, act, channel))


@given(policies, acts, st.sampled_from([PROD, OTHER, "D1", None]), st.data())
def test_the_order_of_lines_says_nothing(
    said: list[Policy], act: PolicyAction, channel: str | None, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))
    assert who(said, act, channel) == who(shuffled, act, channel)


@given(policies, acts, st.sampled_from([PROD, OTHER]), st.frozensets(st.sampled_from(["UA", "UB", "UC"])))
def test_a_broad_line_undoes_no_narrow_one(
    said: list[Policy], act: PolicyAction, channel: str, users: frozenset[str]
) -> None:
    """Whatever is said of everything everywhere, it lets nobody do what a narrower line keeps from them."""
    before = who([one for one in said if (one.command, one.channel) != ("*", EVERYWHERE)], act, channel)
    broad = Policy(TEAM, "*", EVERYWHERE, tuple(users))
    after = who([*(one for one in said if (one.command, one.channel) != ("*", EVERYWHERE)), broad], act, channel)
    assert after == (users if before is None else before)


@given(st.sampled_from(list(FAMILIES)), st.data())
def test_a_line_for_one_act_covers_its_whole_family(family: str, data: st.DataObject) -> None:
    said, asked = data.draw(st.sampled_from(FAMILIES[family])), data.draw(st.sampled_from(FAMILIES[family]))
    assert who([Policy(TEAM, said, EVERYWHERE, ("UA",))], PolicyAction(asked), PROD) == {"UA"}
    own = Policy(TEAM, asked, EVERYWHERE, ("UB",))
    if said != asked:
        assert who([Policy(TEAM, said, EVERYWHERE, ("UA",)), own], PolicyAction(asked), PROD) == {"UB"}
        assert who([Policy(TEAM, family, EVERYWHERE, ("UA",)), own], PolicyAction(asked), PROD) == {"UB"}


@pytest.mark.parametrize(
    ("said", "act", "expected"),
    [
        ([("approve", "*", "UA"), ("*", PROD, "UB")], PolicyAction("approve"), set()),
        ([("approve", PROD, "UA"), ("approve", "*", "UB")], PolicyAction("approve"), {"UA"}),
        ([("approve", PROD, "UA"), ("approve", PROD, "UB")], PolicyAction("approve"), {"UA", "UB"}),
        ([("trigger", "*", "UA"), ("rerun", "*", "UA UB")], PolicyAction("schedules"), {"UA"}),
        ([("trigger", "*", "UA")], PolicyAction("schedules", changes=False), None),
        ([("approve", "*", "UA"), ("*", "*", "UA UB UC")], PolicyAction("decline"), {"UA"}),
        ([("decide", PROD, "UA"), ("approve", "*", "UA UB")], PolicyAction("approve"), {"UA"}),
    ],
)
def test_the_most_specific_line_counts(
    said: list[tuple[str, str, str]], act: PolicyAction, expected: set[str] | None
) -> None:
    lines = [Policy(TEAM, command, channel, tuple(users.split())) for command, channel, users in said]
    assert who(lines, act, PROD) == expected


def test_every_act_of_a_family_is_a_command_or_to_decline() -> None:
    names = {command.name for command in COMMANDS} | {"decline"}
    assert {act for family in FAMILIES.values() for act in family} <= names
    assert not names & FAMILIES.keys()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with one.begin() as tx:
        await tx.channels.set_project(TEAM, PROD, AT_HOME)
    yield one
    await one.close()


ACCOUNT = Account(TEAM, "UB", "id", "ub", "UB", AccountState.ACTIVE, NOW, "t")
COMMAND_OF = {command.name: command for command in COMMANDS}


async def _may(store: Store, said: list[Policy], request: Request, slug: ProjectSlug) -> bool:
    command = COMMAND_OF[request.line]
    try:
        admins = Admins(frozenset(), single_workspace=True)
        rights = authorise(command, request, ACCOUNT, said, admins, changes=True, store=store, trail=AuditTrail())
        await rights.check_project({slug})
    except NotAllowed:
        return False
    return True


async def test_what_a_channel_refuses_is_refused_from_everywhere(store: Store) -> None:
    """For each act on a project; as often as there are doors, and whatever else the policy says."""

    @settings(max_examples=60)
    @given(policies, st.sampled_from(["trigger", "rerun", "schedules", "approve", "cancel", "env", "keys", "webhooks"]))
    def drawn(said: list[Policy], name: str) -> None:
        cases.append((said, name))

    cases: list[tuple[list[Policy], str]] = []
    drawn()
    for said, name in cases:
        for place in (PROD, OTHER, "D1", None):
            found = {
                await _may(store, said, Request(TEAM, "UB", name, source, "k", channel=place), AT_HOME)
                for source in RequestSource
            }
            assert len(found) == 1, "the door says nothing"
            bound = [one for one in select_policies(said, PolicyAction(name), PROD) if one.channel == PROD]
            if bound and "UB" not in (get_allowed_users(bound) or ()):
                assert found == {False}, (said, name, place)


async def test_capitals_and_other_projects(store: Store) -> None:
    said = [Policy(TEAM, "approve", PROD, ("UA",))]
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
    async with world.app.core.store.begin() as tx:
        await tx.policies.replace_all(TEAM, [Policy(TEAM, "trigger", place, (ADA,)) for place in (DEPLOYS, WEB)])
    await world.control("rename", project="gh/acme/web", name="site", redirects=True)
    async with world.app.core.store.begin() as tx:
        await tx.polled_projects.update_details(AT_HOME, "main", NOW, called="gh/acme/site")
    await world.say("trigger gh/acme/site --branch main", as_=GRACE, channel="D0GRACE")
    await world.message("for the projects of <#C0DEPLOYS>", as_=GRACE, channel="D0GRACE")
    await world.say("/circle unsubscribe 1")
    await world.message("removed rule 1")
    await world.say("/circle use gh/acme/site", channel=WEB)
    await world.reply("from now on, where they name none", channel=WEB)
    await world.say("trigger gh/acme/web --branch main", as_=GRACE, channel="D0GRACE")
    await world.message("for the projects of <#C0WEB>", as_=GRACE, channel="D0GRACE")
    assert not [one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]


async def test_a_hold_of_a_channel_with_a_policy_is_approved_and_declined_nowhere_else(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web")
    await world.reply("You own rule")
    said = [Policy(TEAM, "approve", DEPLOYS, (ADA,)), Policy(TEAM, "*", "*", (ADA, GRACE))]
    async with world.app.core.store.begin() as tx:
        await tx.policies.replace_all(TEAM, said)
    await world.say("/circle trigger gh/acme/web --branch release", channel=WEB)
    card = await world.card("approve-staging", channel=WEB)
    refusal = "lets only some people use `approve` for the projects of <#C0DEPLOYS>"
    await world.press(card, "Approve staging", as_=GRACE)
    await world.reply(refusal, as_=GRACE, channel=WEB)
    number = card["text"].split("#")[1].split()[0]
    for typed, says in (
        (f"approve gh/acme/web {number} approve-staging", refusal),
        (f"cancel gh/acme/web {number} --job approve-staging", refusal.replace("approve", "decline")),
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
