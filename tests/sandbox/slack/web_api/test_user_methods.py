from __future__ import annotations

from tests.sandbox.slack.workspace import ADA, GUS, PageClient


async def test_a_person_is_described(workspace: PageClient) -> None:
    user = (await workspace.web.users_info(user=GUS))["user"]
    assert (user["name"], user["is_restricted"], user["is_bot"]) == ("gus", True, False)
    assert user["profile"]["email"] == "gus@agency.example"


async def test_a_person_has_a_time_zone_with_the_offset_that_holds_there_now(workspace: PageClient) -> None:
    found = [(await workspace.web.users_info(user=user))["user"] for user in (ADA, GUS)]
    assert [user["tz"] for user in found] == ["Europe/Berlin", "Asia/Kolkata"]
    assert (found[0]["tz_offset"], found[0]["tz_label"]) in {
        (3600, "Central European Time"),
        (7200, "Central European Summer Time"),
    }
    assert (found[1]["tz_offset"], found[1]["tz_label"]) == (19800, "India Standard Time")


async def test_addresses_need_their_own_scope(workspace: PageClient) -> None:
    workspace.with_scopes("users:read")
    assert "email" not in (await workspace.web.users_info(user=ADA))["user"]["profile"]
    refused = await workspace.refusal(workspace.web.users_lookupByEmail(email="ada@acme.example"))
    assert refused["needed"] == "users:read.email"


async def test_a_person_is_found_by_address(workspace: PageClient) -> None:
    assert (await workspace.web.users_lookupByEmail(email="Ada@acme.example"))["user"]["id"] == ADA
    refused = await workspace.refusal(workspace.web.users_lookupByEmail(email="nobody@acme.example"))
    assert refused["error"] == "users_not_found"


async def test_a_profile_is_that_of_whoever_is_named_or_asks(workspace: PageClient) -> None:
    workspace.set_up(None)
    theirs = (await workspace.web.users_profile_get(user=GUS, include_labels=True))["profile"]
    assert (theirs["display_name"], theirs["email"], theirs["fields"]) == ("gus", "gus@agency.example", {})
    assert (await workspace.web.users_profile_get())["profile"]["bot_id"] == "B0CIRCLEBOT"
    assert (await workspace.refusal(workspace.web.users_profile_get(user="U0NOBODY")))["error"] == "user_not_found"


async def test_everybody_is_listed(workspace: PageClient) -> None:
    members = (await workspace.web.users_list())["members"]
    assert [each["name"] for each in members] == ["ada", "grace", "eve", "gus", "wim", "circlebot"]


async def test_team_and_bot_are_described(workspace: PageClient) -> None:
    assert (await workspace.web.team_info())["team"]["id"] == "T0SANDBOX"
    assert (await workspace.web.bots_info(bot="B0CIRCLEBOT"))["bot"]["user_id"] == "U0CIRCLEBOT"
    assert (await workspace.refusal(workspace.web.bots_info(bot="B0OTHER")))["error"] == "bot_not_found"
