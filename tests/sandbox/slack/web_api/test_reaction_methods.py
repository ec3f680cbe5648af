from __future__ import annotations

from tests.sandbox.slack.workspace import DEPLOYS, PageClient


async def test_a_reaction_is_added_once(workspace: PageClient) -> None:
    ts = (await workspace.say("nice"))["ts"]
    await workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="tada")
    [seen] = await workspace.messages()
    assert seen["reactions"] == {"tada": ["U0CIRCLEBOT"]}
    again = workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="tada")
    assert (await workspace.refusal(again))["error"] == "already_reacted"


async def test_a_reaction_is_an_emoji_on_a_message(workspace: PageClient) -> None:
    ts = (await workspace.say("nice"))["ts"]
    odd = workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="Not an emoji")
    assert (await workspace.refusal(odd))["error"] == "invalid_name"
    nowhere = workspace.web.reactions_add(channel=DEPLOYS, timestamp="1.000001", name="tada")
    assert (await workspace.refusal(nowhere))["error"] == "message_not_found"


async def test_a_bookmark_is_a_link_in_a_channel(workspace: PageClient) -> None:
    link = {"title": "Pipelines", "type": "link", "link": "https://app.circleci.com"}
    added = await workspace.web.bookmarks_add(channel_id=DEPLOYS, **link)
    assert (await workspace.state())["bookmarks"] == [added["bookmark"]]
    wrong = workspace.web.bookmarks_add(channel_id=DEPLOYS, title="?", type="link", link="ftp://x")
    assert (await workspace.refusal(wrong))["error"] == "invalid_link"


async def test_a_reaction_is_taken_back_by_whoever_gave_it(workspace: PageClient) -> None:
    allow(workspace)
    ts = (await workspace.say("nice"))["ts"]
    await workspace.web.reactions_add(channel=DEPLOYS, timestamp=ts, name="tada")
    seen = await workspace.web.reactions_get(channel=DEPLOYS, timestamp=ts, full=True)
    assert (seen["type"], seen["message"]["reactions"]) == (
        "message",
        [{"name": "tada", "users": ["U0CIRCLEBOT"], "count": 1}],
    )
    await workspace.web.reactions_remove(channel=DEPLOYS, timestamp=ts, name=":tada:")
    assert "reactions" not in (await workspace.web.reactions_get(channel=DEPLOYS, timestamp=ts))["message"]
    for arguments, error in (
        ({"channel": DEPLOYS, "timestamp": ts}, "no_reaction"),
        ({"channel": DEPLOYS}, "no_item_specified"),
        ({"channel": DEPLOYS, "timestamp": "soon"}, "bad_timestamp"),
        ({"channel": DEPLOYS, "timestamp": "1.000001"}, "message_not_found"),
        ({"file": "F0NONE"}, "file_not_found"),
        ({"file_comment": "Fc0NONE"}, "file_comment_not_found"),
    ):
        refused = await workspace.refusal(workspace.web.reactions_remove(name="tada", **arguments))
        assert refused["error"] == error


async def test_what_reads_and_writes_marks_wants_scopes_of_its_own(workspace: PageClient) -> None:
    workspace.with_scopes("chat:write")
    for call, needed in (
        (workspace.web.reactions_get(channel=DEPLOYS, timestamp="1.000001"), "reactions:read"),
        (workspace.web.reactions_remove(channel=DEPLOYS, timestamp="1.000001", name="tada"), "reactions:write"),
        (workspace.web.pins_add(channel=DEPLOYS, timestamp="1.000001"), "pins:write"),
        (workspace.web.pins_remove(channel=DEPLOYS, timestamp="1.000001"), "pins:write"),
        (workspace.web.pins_list(channel=DEPLOYS), "pins:read"),
        (workspace.web.emoji_list(), "emoji:read"),
        (workspace.web.users_profile_get(), "users.profile:read"),
        (workspace.web.files_list(), "files:read"),
    ):
        refused = await workspace.refusal(call)
        assert (refused["error"], refused["needed"]) == ("missing_scope", needed)


async def test_a_workspace_without_emoji_of_its_own_lists_none(workspace: PageClient) -> None:
    allow(workspace)
    listed = await workspace.web.emoji_list(include_categories=True)
    assert (listed["emoji"], listed["categories"]) == ({}, [])
    assert "categories" not in (await workspace.web.emoji_list()).data


def allow(workspace: PageClient) -> None:
    """As an app without a manifest: every scope."""
    workspace.set_up(None)
