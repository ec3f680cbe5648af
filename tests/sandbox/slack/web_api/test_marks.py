from __future__ import annotations

from tests.sandbox.slack.workspace import DEPLOYS, Workspace


async def test_a_reaction_is_added_once(workspace: Workspace) -> None:
    ts = (await workspace.say("nice"))["ts"]
    await workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="tada")
    [seen] = await workspace.messages()
    assert seen["reactions"] == {"tada": ["U0CIRCLEBOT"]}
    again = workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="tada")
    assert (await workspace.refusal(again))["error"] == "already_reacted"


async def test_a_reaction_is_an_emoji_on_a_message(workspace: Workspace) -> None:
    ts = (await workspace.say("nice"))["ts"]
    odd = workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="Not an emoji")
    assert (await workspace.refusal(odd))["error"] == "invalid_name"
    nowhere = workspace.web.reactions_add(channel=DEPLOYS, timestamp="1.000001", name="tada")
    assert (await workspace.refusal(nowhere))["error"] == "message_not_found"


async def test_a_bookmark_is_a_link_in_a_channel(workspace: Workspace) -> None:
    link = {"title": "Pipelines", "type": "link", "link": "https://app.circleci.com"}
    added = await workspace.web.bookmarks_add(channel_id=DEPLOYS, **link)
    assert (await workspace.state())["bookmarks"] == [added["bookmark"]]
    wrong = workspace.web.bookmarks_add(channel_id=DEPLOYS, title="?", type="link", link="ftp://x")
    assert (await workspace.refusal(wrong))["error"] == "invalid_link"
