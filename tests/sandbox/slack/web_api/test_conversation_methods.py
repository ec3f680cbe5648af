from __future__ import annotations

import pytest

from tests.sandbox.slack.workspace import ADA, ARCHIVED, DEPLOYS, GENERAL, GRACE, PRIVATE, PageClient, SocketModeApp


async def names(workspace: PageClient, **asked: str | bool) -> list[str]:
    answer = await workspace.web.conversations_list(**asked)  # type: ignore[arg-type] # passed on as they come
    return [channel.get("name") or channel["user"] for channel in answer["channels"]]


async def test_public_channels_are_listed_and_private_ones_only_with_the_bot(workspace: PageClient) -> None:
    assert await names(workspace) == ["deploys", "web", "general", "old-news"]
    assert await names(workspace, exclude_archived=True) == ["deploys", "web", "general"]
    assert await names(workspace, types="private_channel") == []
    await workspace.say("/invite @circlebot", channel=PRIVATE)
    assert await names(workspace, types="private_channel") == ["private-ops"]
    assert ADA in await names(workspace, types="im")


async def test_unknown_types_are_refused(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.conversations_list(types="secret_channel"))
    assert refused["error"] == "invalid_types"


async def test_each_kind_of_channel_needs_its_own_scope(workspace: PageClient) -> None:
    workspace.with_scopes("channels:read")
    assert "deploys" in await names(workspace)
    refused = await workspace.refusal(workspace.web.conversations_list(types="public_channel,private_channel"))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:read")


async def test_lists_come_in_pages(workspace: PageClient) -> None:
    first = await workspace.web.conversations_list(limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await workspace.web.conversations_list(limit=3, cursor=cursor)
    found = [each["name"] for each in (*first["channels"], *second["channels"])]
    assert found == ["deploys", "web", "general", "old-news"]
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(("asked", "error"), [({"cursor": "?"}, "invalid_cursor"), ({"limit": 5000}, "invalid_limit")])
async def test_a_wrong_page_is_refused(workspace: PageClient, asked: dict[str, str], error: str) -> None:
    refused = await workspace.refusal(workspace.web.api_call("conversations.list", params=asked))
    assert refused["error"] == error


async def test_the_bots_own_conversations_are_those_it_is_in(workspace: PageClient) -> None:
    answer = await workspace.web.users_conversations(exclude_archived=True)
    assert [each["name"] for each in answer["channels"]] == ["deploys", "web"]


async def test_a_channel_tells_whether_the_bot_is_in_it(workspace: PageClient) -> None:
    known = (await workspace.web.conversations_info(channel=DEPLOYS, include_num_members=True))["channel"]
    assert (known["name"], known["is_member"], known["num_members"]) == ("deploys", True, 4)
    assert (await workspace.web.conversations_info(channel=GENERAL))["channel"]["is_member"] is False
    refused = await workspace.refusal(workspace.web.conversations_info(channel=PRIVATE))
    assert refused["error"] == "channel_not_found"


async def test_the_bot_joins_public_channels_alone(workspace: PageClient) -> None:
    await workspace.web.conversations_join(channel=GENERAL)
    assert (await workspace.web.conversations_info(channel=GENERAL))["channel"]["is_member"] is True
    again = await workspace.web.conversations_join(channel=GENERAL)
    assert again["warning"] == "already_in_channel"
    for channel, error in ((PRIVATE, "channel_not_found"), (ARCHIVED, "is_archived")):
        assert (await workspace.refusal(workspace.web.conversations_join(channel=channel)))["error"] == error


async def test_joining_is_an_event(workspace: PageClient, the_app: SocketModeApp) -> None:
    await workspace.web.conversations_join(channel=GENERAL)
    [event] = await workspace.until(lambda: the_app.payloads("member_joined_channel"))
    assert (event["event"]["user"], event["event"]["channel"]) == ("U0CIRCLEBOT", GENERAL)


async def test_a_direct_message_opens_with_one_person(workspace: PageClient) -> None:
    opened = await workspace.web.conversations_open(users=GRACE)
    assert opened["channel"] == {"id": "D0GRACE"}
    full = await workspace.web.conversations_open(users=[GRACE], return_im=True)
    assert full["channel"]["user"] == GRACE
    for users, error in (("U0NOBODY", "user_not_found"), (f"{ADA},{GRACE}", "invalid_user_combination")):
        assert (await workspace.refusal(workspace.web.conversations_open(users=users)))["error"] == error


async def test_members_are_listed_in_pages(workspace: PageClient) -> None:
    answer = await workspace.web.conversations_members(channel=DEPLOYS, limit=2)
    assert answer["members"] == [ADA, GRACE]
    rest = await workspace.web.conversations_members(
        channel=DEPLOYS,
        cursor=answer["response_metadata"]["next_cursor"],
    )
    assert rest["members"] == ["U0EVE", "U0CIRCLEBOT"]


async def test_history_needs_its_scope_and_the_bot_in_the_channel(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.conversations_history(channel=GENERAL))
    assert refused["error"] == "not_in_channel"
    workspace.with_scopes("chat:write")
    refused = await workspace.refusal(workspace.web.conversations_history(channel=DEPLOYS))
    assert (refused["error"], refused["needed"].split(",")[0]) == ("missing_scope", "channels:history")


async def test_history_comes_newest_first_without_replies(workspace: PageClient) -> None:
    first = (await workspace.say("one"))["ts"]
    await workspace.say("a reply", thread_ts=first)
    await workspace.say("two")
    answer = await workspace.web.conversations_history(channel=DEPLOYS)
    assert [each["text"] for each in answer["messages"]] == ["two", "one"]
    since = await workspace.web.conversations_history(channel=DEPLOYS, oldest=first)
    assert [each["text"] for each in since["messages"]] == ["two"]
    including = await workspace.web.conversations_history(channel=DEPLOYS, oldest=first, inclusive=True)
    assert [each["text"] for each in including["messages"]] == ["two", "one"]


async def test_metadata_comes_with_history_when_asked_for(workspace: PageClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "1"}}
    await workspace.web.chat_postMessage(channel=DEPLOYS, text="card", metadata=metadata)
    plain = await workspace.web.conversations_history(channel=DEPLOYS)
    assert "metadata" not in plain["messages"][0]
    full = await workspace.web.conversations_history(channel=DEPLOYS, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


async def test_a_thread_is_its_parent_and_its_replies(workspace: PageClient) -> None:
    parent = (await workspace.say("one"))["ts"]
    await workspace.say("a reply", thread_ts=parent)
    answer = await workspace.web.conversations_replies(channel=DEPLOYS, ts=parent)
    assert [each["text"] for each in answer["messages"]] == ["one", "a reply"]
    refused = await workspace.refusal(workspace.web.conversations_replies(channel=DEPLOYS, ts="1.000001"))
    assert refused["error"] == "thread_not_found"
