"""conversations.* and users.conversations (slack docs: conversations methods)."""

from __future__ import annotations

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import ChannelKind, FakeChannel
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import BOT_USER
from sandbox.slack.web_api.web_api_call import HISTORY_SCOPES, READ_SCOPES, Answer, WebApiCall

_KINDS: dict[str, ChannelKind] = {
    "public_channel": "public_channel",
    "private_channel": "private_channel",
    "im": "im",
    "mpim": "mpim",
}


async def list_channels(call: WebApiCall) -> Answer:
    """conversations.list: all that the bot may know of."""
    matching = [each for each in _of_types(call) if not each.is_hidden]
    channels, cursor = call.paginate(matching)
    return {"channels": [each.as_conversation() for each in channels], **cursor}


async def list_for_user(call: WebApiCall) -> Answer:
    """users.conversations: those that the bot, or another user, is in."""
    user = call.get_text("user") or BOT_USER
    if user not in call.slack.people:
        raise FakeSlackError("user_not_found")
    matching = [each for each in _of_types(call) if user in each.members and not each.is_hidden]
    channels, cursor = call.paginate(matching)
    return {"channels": [each.as_conversation() for each in channels], **cursor}


async def get_info(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    call.check_scope(READ_SCOPES[channel.kind])
    described = channel.as_conversation()
    if not call.get_flag("include_num_members"):
        described.pop("num_members", None)
    return {"channel": described}


async def join(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    if channel.kind != "public_channel":
        raise FakeSlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise FakeSlackError("is_archived")
    if channel.has_bot:
        warning = "already_in_channel"
        advice = {"warning": warning, "response_metadata": {"warnings": [warning]}}
        return {"channel": channel.as_conversation(), **advice}
    message_changes.join_channel(call.slack, channel, BOT_USER)
    return {"channel": channel.as_conversation()}


async def open_conversation(call: WebApiCall) -> Answer:
    """A direct message with one person; they all exist from the start."""
    users = call.get_words("users")
    if not users and not call.get_text("channel"):
        raise FakeSlackError("users_list_not_supplied")
    if len(users) > 1:
        raise FakeSlackError("invalid_user_combination")
    channel = _direct_message(call, users[0]) if users else call.get_channel()
    if not channel.is_im:
        raise FakeSlackError("method_not_supported_for_channel_type")
    opened = channel.as_conversation() if call.get_flag("return_im") else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": opened}


async def list_members(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    call.check_scope(READ_SCOPES[channel.kind])
    listed_members, cursor = call.paginate(channel.members)
    return {"members": listed_members, **cursor}


async def list_history(call: WebApiCall) -> Answer:
    """The newest first; replies only where they were broadcast."""
    channel = _readable(call)
    whole = [
        each for each in call.slack.messages.list_in_channel(channel.id) if not each.is_reply or each.reply_broadcast
    ]
    matching = [each for each in whole if _in_range(call, each.ts)][::-1]
    messages, cursor = call.paginate(matching)
    with_metadata = call.get_flag("include_all_metadata")
    shown = [call.slack.messages.as_api(each, with_metadata=with_metadata) for each in messages]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), "pin_count": 0, **cursor}


async def list_replies(call: WebApiCall) -> Answer:
    """A thread: its parent, then the replies, the oldest first."""
    channel = _readable(call)
    parent = call.slack.messages.find(channel.id, call.get_text("ts"))
    if parent is None:
        raise FakeSlackError("thread_not_found")
    thread = [each for each in call.slack.messages.list_replies(parent) if _in_range(call, each.ts)]
    messages, cursor = call.paginate([parent, *thread])
    with_metadata = call.get_flag("include_all_metadata")
    shown = [call.slack.messages.as_api(each, with_metadata=with_metadata) for each in messages]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), **cursor}


def _of_types(call: WebApiCall) -> list[FakeChannel]:
    """Channels of the kinds asked for; each kind needs its own scope."""
    types = call.get_words("types") or ["public_channel"]
    if any(each not in _KINDS for each in types):
        raise FakeSlackError("invalid_types")
    kinds = [_KINDS[each] for each in types]
    for kind in kinds:
        call.check_scope(READ_SCOPES[kind])
    alive = not call.get_flag("exclude_archived")
    return [each for each in call.slack.channels.values() if each.kind in kinds and (alive or not each.is_archived)]


def _direct_message(call: WebApiCall, user: str) -> FakeChannel:
    person = call.slack.people.get(user)
    if person is None or not person.dm:
        raise FakeSlackError("user_not_found")
    if person.is_deleted:
        raise FakeSlackError("user_disabled")
    return call.slack.channels[person.dm]


def _readable(call: WebApiCall) -> FakeChannel:
    channel = call.get_channel()
    call.check_scope(HISTORY_SCOPES[channel.kind])
    if not channel.has_bot:
        raise FakeSlackError("not_in_channel")
    return channel


def _in_range(call: WebApiCall, ts: str) -> bool:
    """Between `oldest` and `latest`, without these themselves unless `inclusive`."""
    oldest, latest = call.get_text("oldest"), call.get_text("latest")
    if call.get_flag("inclusive") and ts in (oldest, latest):
        return True
    return (not oldest or oldest == "0" or ts > oldest) and (not latest or ts < latest)
