"""Only people of this workspace command: no app, workflow or post of ours, no guest, nobody of another company.

In a channel shared between workspaces (Slack Connect) a payload says two: that of the place, whose rules and policy
count, and the person's. Every kind of payload is read by one function, so that all doors say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.command import Request, RequestSource
from bot.dispatch.admission import Admission, Member, Membership
from bot.errors import NotAllowed
from bot.slack import payload_parsing
from bot.slack.payload_workspace import is_by_person, parse_workspaces
from bot.slack.user_kinds import SlackMemberDirectory
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import run_delivery_harness
from tests.plugins.each_case import each_case
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, GUS, WEB, World, run_world

HOME, AWAY, ORG = "T0SANDBOX", "T0AGENCY", "E0AGENCY"
Json = dict[str, Any]


def _press(**more: Any) -> Json:
    action = {"action_id": "do", "block_id": "b", "value": "unsubscribe 1"}
    return {
        "type": "block_actions",
        "api_app_id": "A1",
        "user": {"id": "U1", "team_id": AWAY},
        "team": {"id": AWAY},
        "channel": {"id": "C1"},
        "actions": [action],
        **more,
    }


def _form(kind: str, view: Json) -> Json:
    inner = {"id": "V1", "private_metadata": '{"line": "unsubscribe 1", "channel": "C1"}', **view}
    return {"type": kind, "user": {"id": "U1", "team_id": AWAY}, "team": {"id": AWAY}, "view": inner}


def _event(**event: Any) -> Json:
    said = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.0", "text": "<@UBOT> unsubscribe 1"}
    authorization = {"team_id": HOME, "enterprise_id": "E0HOME", "user_id": "UBOT", "is_bot": True}
    return {
        "team_id": AWAY,
        "event": {**said, **event},
        "authorizations": [authorization],
        "is_ext_shared_channel": True,
    }


INSTALLED = {"app_installed_team_id": HOME, "team_id": AWAY, "type": "modal"}
FROM_OUTSIDE: dict[str, tuple[Json, Callable[[Json], Request | None]]] = {
    "press on a message": (_press(message={"app_id": "A1", "team": HOME, "ts": "1.0"}), payload_parsing.parse_action),
    "press, the team is the app's": (_press(team={"id": HOME}), payload_parsing.parse_action),
    "press in a modal": (_press(view=INSTALLED | {"id": "V1"}), payload_parsing.parse_action),
    "press in an organisation": (
        _press(team=None, view={"team_id": HOME, "id": "V1", "type": "home"}),
        payload_parsing.parse_action,
    ),
    "form": (_form("view_submission", INSTALLED), payload_parsing.parse_submission),
    "typeahead": (_form("block_suggestion", INSTALLED), payload_parsing.parse_suggestion),
    "shortcut": (
        _press(team={"id": HOME}, callback_id="status", trigger_id="1", message={"ts": "1.0", "team": AWAY}),
        payload_parsing.parse_shortcut,
    ),
    "mention": (_event(user_team=AWAY), payload_parsing.parse_message),
    "mention, by source_team": (_event(source_team=AWAY, team=HOME), payload_parsing.parse_message),
    "mention, by team": (_event(team=AWAY), payload_parsing.parse_message),
    "mention from an organisation": (_event(user_team=ORG, team=AWAY), payload_parsing.parse_message),
    "direct message": (_event(type="message", channel_type="im", team=AWAY), payload_parsing.parse_message),
}


@each_case("kind", FROM_OUTSIDE)
def test_every_payload_says_whose_the_place_is_and_whose_the_person(kind: str) -> None:
    body, read = FROM_OUTSIDE[kind]
    request = read(body)
    assert request is not None
    assert request.workspace == HOME
    assert request.away in {AWAY, ORG}
    assert request.team == request.away


def test_of_its_own_people_every_payload_says_one_workspace() -> None:
    def at_home(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: at_home(one) for key, one in value.items()}
        return HOME if value in (AWAY, ORG) else value

    found = [read(at_home(body)) for body, read in FROM_OUTSIDE.values()]
    assert all(one and (one.workspace, one.away, one.team) == (HOME, None, HOME) for one in found)
    command = {"team_id": HOME, "user_id": "U1", "channel_id": "C1", "trigger_id": "1", "text": "help"}
    assert (
        payload_parsing.parse_slash_command(command).workspace,
        payload_parsing.parse_slash_command(command).away,
    ) == (HOME, None)
    assert parse_workspaces(_event(user_team="E0HOME"))["away"] is None, "the organisation that the workspace is of"


async def test_who_is_let_in_does_not_depend_on_how_they_asked() -> None:
    class Slack:
        async def fetch_member(self, _workspace: str, user: str) -> Member:
            return Member({"UGUEST": Membership.GUEST, "USTRANGE": Membership.STRANGER}.get(user, Membership.MEMBER))

    class Nobody:
        async def list_users(self, _request: Request) -> list[str]:
            return []

    async def outcome(admission: Admission, user: str, away: str | None, source: RequestSource) -> bool:
        try:
            await admission.admit(Request(HOME, user, "status", source, "key", away=away))
        except NotAllowed:
            return False
        return True

    expected = [
        (Admission(people=Slack(), contacts=Nobody()), {"member"}),
        (Admission(people=Slack(), contacts=Nobody(), guests=True), {"member", "guest"}),
        (Admission(people=Slack(), contacts=Nobody(), external=frozenset({AWAY})), {"member", "away"}),
        (Admission(people=Slack(), contacts=Nobody(), external=frozenset({"T0OTHER"})), {"member"}),
        (Admission(people=Slack(), contacts=Nobody(), external=frozenset({"*"})), {"member", "away", "strange"}),
    ]
    people = {"member": ("U1", None), "guest": ("UGUEST", None), "away": ("U1", AWAY), "strange": ("USTRANGE", None)}
    for admission, let_in in expected:
        for who, (user, away) in people.items():
            found = {await outcome(admission, user, away, source) for source in RequestSource}
            assert found == {who in let_in}, (admission, who)


JUNK = st.sampled_from([None, "", "U1", "B1", 0, 1, [], ["x"], {}, {"id": "B1"}, "bot_message", "message_changed"])
MACHINE = st.dictionaries(
    st.sampled_from(["bot_id", "app_id", "bot_profile", "subtype", "edited", "hidden"]),
    st.sampled_from(["B1", "A1", {"id": "B1"}, {"user": "U1", "ts": "2.0"}, "bot_message", "message_deleted", True]),
    min_size=1,
)


def _kinds_of_message() -> Iterator[Json]:
    yield from ({"type": "app_mention"}, {"type": "message", "channel_type": "im"})


@given(st.sampled_from(list(_kinds_of_message())), MACHINE)
def test_what_an_app_a_workflow_or_an_edit_says_is_no_command(kind: Json, machine: Json) -> None:
    assert not is_by_person(_event(**kind, **machine))


@given(st.sampled_from(list(_kinds_of_message())), st.sampled_from(["UBOT", "USLACKBOT", None, "", 7, {"id": "U1"}]))
def test_what_has_no_person_is_no_command(kind: Json, user: Any) -> None:
    assert not is_by_person(_event(**kind, user=user) if user != "" else {"event": kind})


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["user", "text", "ts", "channel", "team", "user_team", "bot_id"]), JUNK))
def test_whatever_a_message_holds_it_is_a_request_or_nothing(event: Json) -> None:
    body = _event(**event)
    if is_by_person(body):
        assert payload_parsing.parse_message(body).user


@pytest.mark.parametrize("kind", list(_kinds_of_message()))
def test_what_a_person_has_just_written_is_a_command(kind: Json) -> None:
    assert is_by_person(_event(**kind))


async def test_who_is_refused_hears_whom_to_ask(socket_world: World) -> None:
    world = socket_world
    await world.connect(GRACE)
    await world.say("/circle subscribe gh/acme/web", channel=WEB, as_=GRACE)
    await world.reply("You own rule", channel=WEB, as_=GRACE)
    await world.say("/circle cancel", as_=GUS, channel=WEB)
    told = get_text(await world.reply("you are a guest in it", as_=GUS, channel=WEB))
    assert "Ask <@U0GRACE> or <@U0ADA>." in told
    assert "The operator of circlebot can allow guests." in told
    nobody_is_in_both = [only("start", ADA, channel=WEB), only("rerun", EVE)]
    await write_policy(world.app.core.store, *nobody_is_in_both, workspace=HOME)
    await world.say("/circle rerun gh/acme/web", as_=GRACE, channel=WEB)
    assert "Ask <@U0ADA>." in get_text(await world.reply("policy does not let you use", as_=GRACE, channel=WEB))


async def test_another_apps_post_and_a_stranger_silence_nothing(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    await world.say("/circle subscribe gh/acme/web", channel=WEB)
    await world.reply("You own rule", channel=WEB)
    for more in ({}, {"user": ADA}, {"user": ADA, "subtype": "bot_message"}, {"user": "U0CIRCLEBOT"}):
        await world.control("slack/feed", channel=WEB, text="<@U0CIRCLEBOT> unsubscribe 1", **more)
    await world.control("slack/feed", channel="D0ADA", text="unsubscribe 1", user=ADA)
    await world.control("slack/share", channel=WEB, user=EVE, team=AWAY)
    await world.say("<@U0CIRCLEBOT> unsubscribe 1", as_=EVE, channel=WEB)
    await world.reply("you are of another one", as_=EVE, channel=WEB)
    await world.say("/circle trigger gh/acme/web --branch slow", channel=WEB)
    card = await world.card("*running*", channel=WEB)
    await world.press(card, "Cancel Workflow", as_=EVE)
    await world.reply("you are of another one", as_=EVE, channel=WEB)
    await world.press(card, "Cancel Workflow", as_=GUS)
    await world.reply("you are a guest in it", as_=GUS, channel=WEB)
    await world._post_action("home", GUS, tab="home")
    await world.home("you are a guest in it", as_=GUS)
    async with world.app.core.store.begin_read() as tx:
        assert [rule.id for rule in await tx.subscriptions.list_for_workspace(HOME)] == [1]


async def test_an_outsider_who_is_allowed_acts_with_an_account_of_their_own(tmp_path: Path) -> None:
    async with run_world(tmp_path, socket_mode=True, allow_external=frozenset({AWAY}), allow_guests=True) as world:
        await world.control("slack/share", channel=WEB, user=EVE, team=AWAY)
        await world.say("<@U0CIRCLEBOT> status gh/acme/web", as_=EVE, channel=WEB)
        asked = await world.reply("Connect your CircleCI account first", as_=EVE, channel=WEB)
        await world.press(asked, "Connect CircleCI", as_=EVE)
        await world.submit(await world.form("Personal API token", as_=EVE), as_=EVE, token="CCIPAT_eve")
        await world.reply("acme/web", as_=EVE, channel=WEB)
        async with world.app.core.store.begin_read() as tx:
            assert await tx.accounts.find(HOME, EVE) is None
            assert await tx.accounts.find(AWAY, EVE) is not None
        await world.say("/circle status gh/acme/web", as_=GUS, channel=WEB)
        await world.reply("Connect your CircleCI account first", as_=GUS, channel=WEB)


async def test_slack_is_asked_who_somebody_is_once_in_a_while(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        people = SlackMemberDirectory(harness.clients, clock=harness.clock)
        found = [(await people.fetch_member(HOME, user)).membership for user in (ADA, GUS, GUS, "U0NOBODY")]
        assert found == [Membership.MEMBER, Membership.GUEST, Membership.GUEST, Membership.MEMBER]
        await harness.control("slack/share", channel=DEPLOYS, user=GUS, team=AWAY)
        assert (await people.fetch_member(HOME, GUS)).membership is Membership.GUEST
        assert len(await harness.list_calls("users.info")) == 3
        harness.clock.advance(700)
        assert (await people.fetch_member(HOME, GUS)).membership is Membership.STRANGER


async def test_where_slack_does_not_tell_somebody_is_a_member(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path), declined=("users:read",)) as harness:
        assert await SlackMemberDirectory(harness.clients, clock=harness.clock).fetch_member(HOME, GUS) == Member()
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        await harness.inject_fault("users.info", status=500, count=0)
        assert await SlackMemberDirectory(harness.clients, clock=harness.clock).fetch_member(HOME, GUS) == Member()
