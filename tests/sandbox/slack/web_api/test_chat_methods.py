from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.slack.workspace import ADA, ARCHIVED, DEPLOYS, EVE, GENERAL, GUS, PRIVATE, WEB, PageClient

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}


async def test_a_message_is_posted_and_seen(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", blocks=[SECTION])
    [seen] = await workspace.messages()
    assert (seen["ts"], seen["text"], seen["bot_id"]) == (posted["ts"], "hi", "B0CIRCLEBOT")
    assert posted["message"]["blocks"][0]["block_id"]


async def test_mrkdwn_is_kept_as_it_is(workspace: PageClient) -> None:
    text = "*bold* &lt;!channel&gt; <https://example.com|here>"
    posted = await workspace.web.chat_postMessage(channel=DEPLOYS, text=text)
    assert posted["message"]["text"] == text


async def test_timestamps_are_unique_and_grow(workspace: PageClient) -> None:
    stamps = [(await workspace.web.chat_postMessage(channel=DEPLOYS, text=str(n)))["ts"] for n in range(5)]
    assert stamps == sorted(set(stamps))
    assert all(len(stamp.split(".")[1]) == 6 for stamp in stamps)


async def test_a_message_without_anything_has_no_text(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.api_call("chat.postMessage", json={"channel": DEPLOYS}))
    assert refused["error"] == "no_text"


async def test_blocks_without_text_are_taken_with_a_warning(workspace: PageClient) -> None:
    body = {"channel": DEPLOYS, "blocks": [SECTION]}
    posted = await workspace.web.api_call("chat.postMessage", json=body)
    assert posted["warning"] == "missing_text_in_message"
    assert posted["message"]["text"] == "This content can't be displayed."


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), (PRIVATE, "channel_not_found"), (ARCHIVED, "is_archived")],
)
async def test_where_the_bot_cannot_write_it_is_told_why(workspace: PageClient, channel: str, error: str) -> None:
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=channel, text="hi"))
    assert refused["error"] == error


async def test_a_public_channel_without_the_bot_takes_posts_with_the_scope_for_it(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postMessage(channel=GENERAL, text="hi")
    assert posted["channel"] == GENERAL
    workspace.with_scopes("chat:write")
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=GENERAL, text="hi"))
    assert refused["error"] == "not_in_channel"


async def test_a_private_channel_takes_posts_once_the_bot_was_invited(workspace: PageClient) -> None:
    await workspace.say("/invite @circlebot", channel=PRIVATE)
    assert (await workspace.web.chat_postMessage(channel=PRIVATE, text="hi"))["ok"]


async def test_a_channel_may_be_called_by_its_name(workspace: PageClient) -> None:
    assert (await workspace.web.chat_postMessage(channel="#deploys", text="hi"))["channel"] == DEPLOYS


async def test_a_message_to_a_person_lands_in_their_direct_messages(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postMessage(channel=EVE, text="psst")
    assert posted["channel"] == "D0EVE"
    assert [each["text"] for each in await workspace.messages("D0EVE", as_=EVE)] == ["psst"]


async def test_without_a_messages_tab_there_are_no_direct_messages(workspace: PageClient) -> None:
    workspace.set_up({"features": {"app_home": {"messages_tab_enabled": False}}, **_chat_scope()})
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=ADA, text="hi"))
    assert refused["error"] == "messages_tab_disabled"


async def test_bad_blocks_are_refused_with_their_pointer(workspace: PageClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", blocks=[long]))
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {each}" for each in refused["errors"]]


async def test_blocks_that_are_no_json_are_another_error(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", blocks="[{"))
    assert refused["error"] == "invalid_blocks_format"


async def test_all_blocks_together_may_be_too_long(workspace: PageClient) -> None:
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2640}}] * 5
    assert (await workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", blocks=sections))["ok"]
    more = [*sections, SECTION]
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", blocks=more))
    assert refused["error"] == "msg_blocks_too_long"


async def test_a_long_text_is_cut_when_posted_and_refused_when_updated(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postMessage(channel=DEPLOYS, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    update = workspace.web.chat_update(channel=DEPLOYS, ts=posted["ts"], text="x" * 4_001)
    assert (await workspace.refusal(update))["error"] == "msg_too_long"


async def test_markdown_text_suffers_no_text_beside_it(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postMessage(channel=DEPLOYS, markdown_text="# Hi")
    assert posted["message"]["blocks"][0]["type"] == "markdown"
    both = workspace.web.chat_postMessage(channel=DEPLOYS, markdown_text="# Hi", text="hi")
    assert (await workspace.refusal(both))["error"] == "markdown_text_conflict"


async def test_more_attachments_than_a_hundred_are_too_many(workspace: PageClient) -> None:
    many = [{"text": str(n)} for n in range(101)]
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", attachments=many))
    assert refused["error"] == "too_many_attachments"


async def test_metadata_is_kept_and_checked(workspace: PageClient) -> None:
    metadata: dict[str, Any] = {"event_type": "card", "event_payload": {"pipeline": "1", "jobs": ["a"]}}
    posted = await workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", metadata=metadata)
    assert posted["message"]["metadata"] == metadata
    nested = {"event_type": "card", "event_payload": {"a": {"b": {"c": 1}}}}
    for wrong, error in (
        ({"event_type": "card"}, "invalid_metadata_format"),
        (nested, "invalid_metadata_schema"),
        ({"event_type": "card", "event_payload": {"a": "x" * 9000}}, "metadata_too_large"),
    ):
        refused = await workspace.refusal(
            workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", metadata=json.dumps(wrong)),
        )
        assert refused["error"] == error


async def test_a_reply_belongs_to_its_thread(workspace: PageClient) -> None:
    parent = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="card"))["ts"]
    reply = await workspace.web.chat_postMessage(channel=DEPLOYS, text="news", thread_ts=parent, reply_broadcast=True)
    seen_parent, seen_reply = await workspace.messages()
    assert seen_parent["reply_count"] == 1
    assert (seen_reply["thread_ts"], seen_reply["reply_broadcast"]) == (parent, True)
    further = await workspace.web.chat_postMessage(channel=DEPLOYS, text="more", thread_ts=reply["ts"])
    assert further["message"]["thread_ts"] == parent


async def test_there_is_no_reply_to_what_is_not_there(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="?", thread_ts="1.000001"))
    assert refused["error"] == "cannot_reply_to_message"


async def test_another_name_needs_its_own_scope(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.chat_postMessage(channel=DEPLOYS, text="hi", username="Robo"))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write.customize")


async def test_an_update_changes_the_message_for_everybody(workspace: PageClient) -> None:
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="pending", blocks=[SECTION]))["ts"]
    updated = await workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="success")
    assert (updated["text"], updated["message"]["edited"]["user"]) == ("success", "U0CIRCLEBOT")
    [seen] = await workspace.messages()
    assert (seen["text"], seen["blocks"][0]["text"]["text"]) == ("success", "*hi*")


async def test_an_update_with_empty_blocks_takes_them_away(workspace: PageClient) -> None:
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="pending", blocks=[SECTION]))["ts"]
    await workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="plain now", blocks=[])
    [seen] = await workspace.messages()
    assert "blocks" not in seen


async def test_only_own_messages_are_updated_or_deleted(workspace: PageClient) -> None:
    ts = (await workspace.say("mine"))["ts"]
    update = workspace.web.chat_update(channel=DEPLOYS, ts=ts, text="yours")
    assert (await workspace.refusal(update))["error"] == "cant_update_message"
    delete = workspace.web.chat_delete(channel=DEPLOYS, ts=ts)
    assert (await workspace.refusal(delete))["error"] == "cant_delete_message"


async def test_what_is_not_there_is_not_updated(workspace: PageClient) -> None:
    refused = await workspace.refusal(workspace.web.chat_update(channel=DEPLOYS, ts="1.000001", text="?"))
    assert refused["error"] == "message_not_found"


async def test_a_deleted_message_is_gone(workspace: PageClient) -> None:
    ts = (await workspace.web.chat_postMessage(channel=DEPLOYS, text="oops"))["ts"]
    await workspace.web.chat_delete(channel=DEPLOYS, ts=ts)
    assert await workspace.messages() == []


async def test_an_ephemeral_message_is_seen_by_one_person_alone(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postEphemeral(channel=DEPLOYS, user=ADA, text="for you")
    [seen] = await workspace.messages()
    assert (seen["text"], seen["ephemeral"], seen["ephemeral_id"]) == ("for you", True, posted["message_ts"])
    assert await workspace.messages(as_=EVE) == []


async def test_an_ephemeral_message_needs_its_reader_and_the_bot_in_the_channel(workspace: PageClient) -> None:
    absent = workspace.web.chat_postEphemeral(channel=DEPLOYS, user=GUS, text="hi")
    assert (await workspace.refusal(absent))["error"] == "user_not_in_channel"
    outside = workspace.web.chat_postEphemeral(channel=GENERAL, user=ADA, text="hi")
    assert (await workspace.refusal(outside))["error"] == "not_in_channel"


async def test_an_ephemeral_message_cannot_be_updated(workspace: PageClient) -> None:
    posted = await workspace.web.chat_postEphemeral(channel=DEPLOYS, user=ADA, text="for you")
    refused = await workspace.refusal(workspace.web.chat_update(channel=DEPLOYS, ts=posted["message_ts"], text="?"))
    assert refused["error"] == "message_not_found"


async def test_a_permalink_leads_to_the_message_in_the_page(workspace: PageClient) -> None:
    ts = (await workspace.web.chat_postMessage(channel=WEB, text="here"))["ts"]
    link = (await workspace.web.chat_getPermalink(channel=WEB, message_ts=ts))["permalink"]
    assert link == f"{workspace.url}/archives/{WEB}/p{ts.replace('.', '')}"
    assert (await workspace.http.get(link)).headers["location"] == f"/?channel={WEB}&ts={ts}"


async def test_a_scheduled_message_comes_when_its_time_has_come(workspace: PageClient) -> None:
    soon = workspace.sandbox.slack.ids.now_s() + 60
    await workspace.web.chat_scheduleMessage(channel=DEPLOYS, text="later", post_at=soon)
    assert await workspace.messages() == []
    workspace.clock.advance(61)
    await workspace.until(lambda: workspace.sandbox.slack.messages.list_in_channel(DEPLOYS))
    refused = await workspace.refusal(workspace.web.chat_scheduleMessage(channel=DEPLOYS, text="?", post_at=soon - 60))
    assert refused["error"] == "time_in_past"


def _chat_scope() -> dict[str, Any]:
    return {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}


@pytest.mark.parametrize("place", ["D0PAIR", "C0TRIO"])
async def test_a_direct_message_between_others_does_not_exist_for_the_app(place: str, workspace: PageClient) -> None:
    for call in (
        workspace.web.chat_postMessage(channel=place, text="hello"),
        workspace.web.chat_getPermalink(channel=place, message_ts="1.0"),
    ):
        assert (await workspace.refusal(call))["error"] == "channel_not_found"


async def test_a_permalink_of_nothing_tells_whether_the_app_knows_the_channel(workspace: PageClient) -> None:
    answer = await workspace.refusal(workspace.web.chat_getPermalink(channel=WEB, message_ts="1.0"))
    assert answer["error"] == "message_not_found"
