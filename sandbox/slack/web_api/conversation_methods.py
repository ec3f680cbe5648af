"""conversations.* and users.conversations (slack docs: conversations methods)."""

from __future__ import annotations

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import Channel, Kind
from sandbox.slack.fake_slack_errors import Refused
from sandbox.slack.ids import BOT_USER
from sandbox.slack.web_api.web_api_call import HISTORY_SCOPES, READ_SCOPES, Answer, Call

_KINDS: dict[str, Kind] = {
    "public_channel": "public_channel",
    "private_channel": "private_channel",
    "im": "im",
    "mpim": "mpim",
}


async def listed(call: Call) -> Answer:
    """conversations.list: all that the bot may know of."""
    found = [each for each in _of_types(call) if not each.is_hidden]
    channels, cursor = call.page(found)
    return {"channels": [each.as_conversation() for each in channels], **cursor}


async def of_user(call: Call) -> Answer:
    """users.conversations: those that the bot, or another user, is in."""
    user = call.text("user") or BOT_USER
    if user not in call.slack.people:
        raise Refused("user_not_found")
    found = [each for each in _of_types(call) if user in each.members and not each.is_hidden]
    channels, cursor = call.page(found)
    return {"channels": [each.as_conversation() for each in channels], **cursor}


async def info(call: Call) -> Answer:
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    described = channel.as_conversation()
    if not call.flag("include_num_members"):
        described.pop("num_members", None)
    return {"channel": described}


async def join(call: Call) -> Answer:
    channel = call.channel()
    if channel.kind != "public_channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.has_bot:
        warning = "already_in_channel"
        advice = {"warning": warning, "response_metadata": {"warnings": [warning]}}
        return {"channel": channel.as_conversation(), **advice}
    message_changes.join(call.slack, channel, BOT_USER)
    return {"channel": channel.as_conversation()}


async def open_conversation(call: Call) -> Answer:
    """A direct message with one person; they all exist from the start."""
    users = call.words("users")
    if not users and not call.text("channel"):
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("invalid_user_combination")
    channel = _direct_message(call, users[0]) if users else call.channel()
    if not channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    opened = channel.as_conversation() if call.flag("return_im") else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": opened}


async def members(call: Call) -> Answer:
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    listed_members, cursor = call.page(channel.members)
    return {"members": listed_members, **cursor}


async def history(call: Call) -> Answer:
    """The newest first; replies only where they were broadcast."""
    channel = _readable(call)
    whole = [each for each in call.slack.messages.in_channel(channel.id) if not each.is_reply or each.reply_broadcast]
    wanted = [each for each in whole if _in_range(call, each.ts)][::-1]
    messages, cursor = call.page(wanted)
    with_metadata = call.flag("include_all_metadata")
    shown = [call.slack.messages.as_api(each, with_metadata=with_metadata) for each in messages]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), "pin_count": 0, **cursor}


async def replies(call: Call) -> Answer:
    """A thread: its parent, then the replies, the oldest first."""
    channel = _readable(call)
    parent = call.slack.messages.find(channel.id, call.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    thread = [each for each in call.slack.messages.replies(parent) if _in_range(call, each.ts)]
    messages, cursor = call.page([parent, *thread])
    with_metadata = call.flag("include_all_metadata")
    shown = [call.slack.messages.as_api(each, with_metadata=with_metadata) for each in messages]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), **cursor}


def _of_types(call: Call) -> list[Channel]:
    """Channels of the kinds asked for; each kind needs its own scope."""
    types = call.words("types") or ["public_channel"]
    if any(each not in _KINDS for each in types):
        raise Refused("invalid_types")
    kinds = [_KINDS[each] for each in types]
    for kind in kinds:
        call.need_scope(READ_SCOPES[kind])
    alive = not call.flag("exclude_archived")
    return [each for each in call.slack.channels.values() if each.kind in kinds and (alive or not each.is_archived)]


def _direct_message(call: Call, user: str) -> Channel:
    person = call.slack.people.get(user)
    if person is None or not person.dm:
        raise Refused("user_not_found")
    if person.is_deleted:
        raise Refused("user_disabled")
    return call.slack.channels[person.dm]


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_scope(HISTORY_SCOPES[channel.kind])
    if not channel.has_bot:
        raise Refused("not_in_channel")
    return channel


def _in_range(call: Call, ts: str) -> bool:
    """Between `oldest` and `latest`, without these themselves unless `inclusive`."""
    oldest, latest = call.text("oldest"), call.text("latest")
    if call.flag("inclusive") and ts in (oldest, latest):
        return True
    return (not oldest or oldest == "0" or ts > oldest) and (not latest or ts < latest)
