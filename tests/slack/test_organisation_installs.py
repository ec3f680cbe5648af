"""An organisation installs circlebot once for several workspaces; beside it is one that installs it for itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation as SlackInstallation

from bot.slack.installation_store import InstallNotAllowed, InstallPolicy
from bot.slack.payload_workspace import find_installation, parse_workspaces
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.side_by_side import (
    ACME,
    AWAY_TEAM,
    HOME_TEAM,
    LAB_TEAM,
    LIN,
    ORG,
    TRIALS,
    Workspaces,
    run_workspaces,
)
from tests.plugins.slack_users import ADA, DEPLOYS, TOKENS, SlackUsers

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Workspaces]:
    async with run_workspaces(tmp_path) as workspaces:
        yield workspaces


async def connect(people: SlackUsers, as_: str, channel: str, token: str) -> None:
    await people.say("/circle connect", as_=as_, channel=channel)
    await people.submit(await people.form("Personal API token", as_=as_), as_=as_, token=token)
    await people.done("Connected as", as_=as_)


async def test_one_installation_serves_every_workspace_of_an_organisation(around: Workspaces) -> None:
    done = await around.install(ORG)
    assert done.status_code == 200
    assert "every workspace that Sandbox Inc lets it into" in done.text
    found = await around.find(ORG)
    assert found is not None
    assert found.is_org_wide
    for team in (HOME_TEAM, LAB_TEAM):
        assert await around.find(team) == found
    assert await around.find(AWAY_TEAM) is None
    async with around.app.core.store.begin_read() as tx:
        assert await tx.installations.list_workspaces() == [LAB_TEAM, HOME_TEAM]


async def test_the_workspaces_of_an_organisation_are_two_to_us(around: Workspaces) -> None:
    await around.install(ORG)
    await connect(around.lab, ADA, TRIALS, TOKENS[ADA])
    async with around.app.core.store.begin_read() as tx:
        assert await tx.accounts.find(LAB_TEAM, ADA) is not None
        assert await tx.accounts.find(HOME_TEAM, ADA) is None
    await around.lab.say("/circle subscribe gh/acme/web", channel=TRIALS)
    await around.lab.message("subscribed this channel", channel=TRIALS)
    await around.home.say("/circle subscriptions", channel=DEPLOYS)
    assert "gets no messages" in get_text(await around.home.reply())


async def test_an_admin_sees_the_organisations_workspaces_that_they_look_after_and_no_other(around: Workspaces) -> None:
    await around.install(ORG)
    await around.install(AWAY_TEAM, as_=LIN)
    await connect(around.lab, ADA, TRIALS, TOKENS[ADA])
    await around.home.say("/circle admin", channel=DEPLOYS)
    shown = await around.home.reply("Administration")
    assert "You look after 2 workspaces." in get_text(shown)
    await around.home.press(shown, "Show Workspaces")
    listed = get_text(await around.home.message("Workspaces that you look after", channel=DEPLOYS))
    assert "*Lab* · 1 person is connected." in listed
    assert "*Sandbox*" in listed
    assert "Agency" not in listed
    await around.agency.say("/circle admin workspaces", as_=LIN, channel=ACME)
    assert "Sandbox" not in get_text(await around.agency.reply("There is none.", as_=LIN, channel=ACME))


async def test_a_workspace_beside_it_has_a_token_of_its_own(around: Workspaces) -> None:
    await around.install(ORG)
    await around.install(AWAY_TEAM, as_=LIN)
    whole, own = await around.find(LAB_TEAM), await around.find(AWAY_TEAM)
    assert whole
    assert own
    assert whole.token != own.token
    await connect(around.agency, LIN, ACME, TOKENS[ADA])
    async with around.app.core.store.begin_read() as tx:
        assert await tx.accounts.find(AWAY_TEAM, LIN) is not None
        assert [one[0] for one in await tx.accounts.list_all_active_people()] == [AWAY_TEAM]


async def test_a_workspace_that_the_organisation_lets_us_into_later_is_served_at_once(around: Workspaces) -> None:
    await around.install(ORG)
    await around.home.control("slack/access", team=LAB_TEAM, granted=False)
    await around.home.wait_until(lambda: _is_gone(around, LAB_TEAM), "the lab to be gone")
    assert await around.find(HOME_TEAM) is not None
    await around.home.control("slack/access", team=LAB_TEAM, granted=True)
    await around.lab.say("/circle help", channel=TRIALS)
    await around.lab.reply("/circle", channel=TRIALS)
    assert await around.find(LAB_TEAM) is not None


async def test_a_workspace_that_is_taken_out_loses_its_secrets_and_no_other_does(around: Workspaces) -> None:
    await around.install(ORG)
    await connect(around.lab, ADA, TRIALS, TOKENS[ADA])
    await connect(around.home, ADA, DEPLOYS, TOKENS[ADA])
    await around.home.control("slack/access", team=LAB_TEAM, granted=False)
    await around.home.wait_until(lambda: _is_gone(around, LAB_TEAM), "the lab to be gone")
    async with around.app.core.store.begin_read() as tx:
        assert await tx.accounts.list_all_active_people() == [(HOME_TEAM, ADA)]
        assert list(await tx.uninstalls.list_all()) == [LAB_TEAM]


async def test_an_organisation_that_removes_the_app_leaves_with_all_its_workspaces(around: Workspaces) -> None:
    await around.install(ORG)
    await around.install(AWAY_TEAM, as_=LIN)
    await connect(around.lab, ADA, TRIALS, TOKENS[ADA])
    await connect(around.agency, LIN, ACME, TOKENS[ADA])
    await around.home.control("slack/uninstall")
    await around.home.wait_until(lambda: _is_gone(around, HOME_TEAM), "the organisation to be gone")
    async with around.app.core.store.begin_read() as tx:
        assert await tx.accounts.list_all_active_people() == [(AWAY_TEAM, LIN)]
        assert sorted(await tx.uninstalls.list_all()) == [LAB_TEAM, HOME_TEAM]
        assert await tx.installations.list_workspaces() == [AWAY_TEAM]
    await around.install(ORG)
    async with around.app.core.store.begin_read() as tx:
        assert await tx.uninstalls.list_all() == {}


async def test_who_is_deactivated_is_disconnected_in_every_workspace_of_the_organisation(around: Workspaces) -> None:
    await around.install(ORG)
    await around.install(AWAY_TEAM, as_=LIN)
    for people, who, channel in ((around.lab, ADA, TRIALS), (around.home, ADA, DEPLOYS), (around.agency, LIN, ACME)):
        await connect(people, who, channel, TOKENS[ADA])
    await around.home.control("slack/deactivate", user=ADA)

    async def left() -> bool | None:
        async with around.app.core.store.begin_read() as tx:
            return await tx.accounts.list_all_active_people() == [(AWAY_TEAM, LIN)] or None

    await around.home.wait_until(left, "Ada to be disconnected")


async def _is_gone(around: Workspaces, team: str) -> bool | None:
    async with around.app.core.store.begin_read() as tx:
        return team in await tx.uninstalls.list_all() or None


OF_THE_ORGANISATION = {"enterprise_id": ORG, "team_id": None, "is_bot": True, "is_enterprise_install": True}


@each_case(
    "payload",
    [
        {"team_id": LAB_TEAM, "enterprise_id": ORG, "is_enterprise_install": "true"},
        {"team": {"id": LAB_TEAM, "enterprise_id": ORG}, "user": {"id": ADA, "team_id": LAB_TEAM}},
        {"team": None, "enterprise": {"id": ORG}, "user": {"id": ADA, "team_id": LAB_TEAM}},
        {
            "team": None,
            "view": {"team_id": LAB_TEAM, "app_installed_team_id": ORG},
            "user": {"id": ADA, "team_id": ORG},
        },
        {"team_id": LAB_TEAM, "event": {"user": ADA}, "authorizations": [OF_THE_ORGANISATION]},
        {
            "team_id": AWAY_TEAM,
            "context_team_id": LAB_TEAM,
            "event": {"user": ADA},
            "authorizations": [OF_THE_ORGANISATION],
        },
    ],
)
def test_a_payload_of_an_organisation_is_of_one_of_its_workspaces(payload: dict[str, Any]) -> None:
    assert parse_workspaces(payload)["workspace"] == LAB_TEAM


def test_an_event_names_the_installation_that_it_is_about() -> None:
    assert find_installation({"team_id": LAB_TEAM, "authorizations": [OF_THE_ORGANISATION]}) == ORG
    own = {**OF_THE_ORGANISATION, "team_id": LAB_TEAM, "is_enterprise_install": False}
    assert find_installation({"team_id": LAB_TEAM, "authorizations": [own]}) == LAB_TEAM
    assert find_installation({"team_id": LAB_TEAM, "event": {}}) == LAB_TEAM


@pytest.mark.parametrize(
    ("allowed", "is_allowed"), [(ORG, True), (f"{ORG}, {AWAY_TEAM}", True), (HOME_TEAM, False), (AWAY_TEAM, False)]
)
def test_an_organisation_installs_where_it_is_named_itself(allowed: str, is_allowed: bool) -> None:
    """That one of its workspaces may is not enough: it would bring all others along."""
    given = SlackInstallation(user_id=ADA, enterprise_id=ORG, is_enterprise_install=True, bot_token="xoxb-1")
    policy = InstallPolicy(allowed=frozenset(allowed.split(", ")))
    with nullcontext() if is_allowed else pytest.raises(InstallNotAllowed, match=ORG):
        policy.check(given)
