from __future__ import annotations

from typing import Any

from bot.slack.manifest import build_manifest
from tests.plugins.setup_folder import SetupFolder

APP = "A0CIRCLEBOT"


def make_older(**display: str) -> dict[str, Any]:
    """As an earlier release had it: two scopes, an event and a shortcut fewer, one scope and a domain more."""
    older = build_manifest(url=None)
    older["display_information"] |= display
    scopes = older["oauth_config"]["scopes"]
    scopes["bot"] = [one for one in scopes["bot"] if one not in {"files:write", "users:read"}] + ["links:read"]
    older["settings"]["event_subscriptions"]["bot_events"].remove("member_joined_channel")
    older["features"]["shortcuts"] = [one for one in older["features"]["shortcuts"] if one["callback_id"] != "why"]
    older["features"]["unfurl_domains"] = ["circleci.com"]
    return older


def put(setup: SetupFolder, manifest: dict[str, Any]) -> None:
    setup.sandbox.slack.apps[APP].manifest = manifest


async def test_it_says_which_scopes_are_new_and_why_and_asks_before_it_changes(setup: SetupFolder) -> None:
    put(setup, make_older())
    asked = await setup.update(SLACK_APP_ID=APP)
    assert asked.code == 2, asked.out
    assert asked.out.splitlines()[0] == (
        "new      scope files:write: with it, circlebot sends logs, artifacts and pictures as files"
    )
    assert "new      scope users:read: with it, circlebot knows who is a guest" in asked.out
    assert " (optional)\n" in asked.out
    assert "new      event member_joined_channel" in asked.out
    assert "removed  scope links:read" in asked.out
    assert "next agree — run the same command with --yes; nothing was changed" in asked.out
    assert not setup.get_calls("apps.manifest.update")


async def test_agreed_it_changes_the_app_and_says_where_to_install_it_again(setup: SetupFolder) -> None:
    put(setup, make_older(name="ci"))
    done = await setup.update("--app", APP, "--yes")
    assert done.code == 0, done.out
    assert f"open https://api.slack.com/apps/{APP}/install-on-team (until then" in done.out
    wanted = build_manifest(url=None, name="ci")
    wanted["features"] |= {"bot_user": {"display_name": "circlebot", "always_online": True}}
    wanted["features"] |= {"unfurl_domains": ["circleci.com"]}
    assert setup.sandbox.slack.apps[APP].manifest == wanted
    again = await setup.update("--app", APP, "--yes")
    assert again.out == f"ok   app — {APP} has this release's manifest\n"
    assert len(setup.get_calls("apps.manifest.update")) == 1


async def test_an_app_over_http_stays_at_its_address(setup: SetupFolder) -> None:
    put(setup, build_manifest(url="https://ci.example.com"))
    assert "has this release's manifest\n" in (await setup.update("--app", APP)).out
    moved = await setup.update("--app", APP, "--url", "https://b.example.com/", "--dry-run")
    assert moved.code == 0, moved.out
    assert 'settings.event_subscriptions.request_url: "https://ci.example.com/slack/events" becomes' in moved.out
    assert "scope" not in moved.out
    assert not setup.get_calls("apps.manifest.update")


async def test_without_an_app_it_asks_which(setup: SetupFolder) -> None:
    done = await setup.update()
    assert done.code == 1
    assert "which app? --app A…; its id stands at https://api.slack.com/apps." in done.out


async def test_somebody_elses_app_is_told(setup: SetupFolder) -> None:
    done = await setup.update("--app", "A0THEIRS")
    assert done.code == 1
    assert "Slack knows no such app of yours (Slack says app_not_found): look up its id" in done.out
