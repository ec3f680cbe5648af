"""chat.*: posting, changing and deleting messages (slack docs: chat methods)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack_errors import Refused
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import Content, read_content
from sandbox.slack.web_api.web_api_call import Answer, Call

LATEST_POST_DAYS = 120


async def post_message(call: Call) -> Answer:
    channel = writable(call)
    message = _composed(call, channel)
    call.slack.pace.post(channel.id)
    message_changes.post(call.slack, message)
    shown = call.slack.messages.as_api(message)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **_advice(call)}


async def post_ephemeral(call: Call) -> Answer:
    channel = writable(call, joined=True)
    user = call.text("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = _composed(call, channel)
    message.seen_only_by = user
    message_changes.post(call.slack, message)
    return {"message_ts": message.ts}


async def update(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    if not message.by_app:
        raise Refused("cant_update_message")
    if message.stream is not None:
        raise Refused("streaming_state_conflict")
    message.content = _updated(call, message.content)
    if call.flag("reply_broadcast"):
        _broadcast(message)
    message_changes.changed(call.slack, message)
    shown = call.slack.messages.as_api(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.content.text, "message": shown}


async def delete(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    if not message.by_app:
        raise Refused("cant_delete_message")
    message_changes.delete(call.slack, message)
    return {"channel": channel.id, "ts": message.ts}


async def get_permalink(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"{call.slack.public_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": link + thread}


async def schedule_message(call: Call) -> Answer:
    channel = writable(call)
    post_at = call.number("post_at", 0, "invalid_time")
    wait_s = post_at - call.slack.ids.now_s()
    if wait_s < 0:
        raise Refused("time_in_past")
    if wait_s > LATEST_POST_DAYS * 86400:
        raise Refused("time_too_far")
    message = _composed(call, channel)
    call.slack.in_background(_post_later(call, message, wait_s))
    shown = call.slack.messages.as_api(message)
    scheduled = {"scheduled_message_id": call.slack.ids.new("Q"), "post_at": post_at}
    return {"channel": channel.id, "message": shown, **scheduled}


async def _post_later(call: Call, message: Message, wait_s: float) -> None:
    await call.slack.clock.sleep_s(wait_s)
    message.ts = call.slack.ids.ts()
    message_changes.post(call.slack, message)


def writable(call: Call, name: str = "channel", *, joined: bool = False) -> Channel:
    """The channel to write to. Raises Refused: channel_not_found, is_archived, not_in_channel and so on."""
    channel = call.channel(name)
    if channel.is_im and not call.slack.manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    if channel.is_archived:
        raise Refused("is_archived")
    if not channel.has_bot and (joined or not call.has_scope("chat:write.public")):
        raise Refused("not_in_channel")
    return channel


def _composed(call: Call, channel: Channel) -> Message:
    return begun(call, channel, read_content(call.args, call.slack.ids))


def begun(call: Call, channel: Channel, content: Content) -> Message:
    """A message to post, of this content and what the arguments say of its author and thread. Raises Refused."""
    if any(call.text(name) for name in ("username", "icon_url", "icon_emoji")):
        call.need_scope("chat:write.customize")
    return Message(
        ts=call.slack.ids.ts(),
        channel=channel.id,
        user=BOT_USER,
        content=content,
        username=call.text("username") or None,
        thread_ts=_thread(call, channel),
        reply_broadcast=call.flag("reply_broadcast"),
    )


def _thread(call: Call, channel: Channel) -> str | None:
    """The parent's ts; that of a reply leads to its parent."""
    wanted = call.text("thread_ts")
    if not wanted:
        return None
    parent = call.slack.messages.find(channel.id, wanted)
    if parent is None:
        raise Refused("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _updated(call: Call, before: Content) -> Content:
    """Blocks, attachments and metadata that are not given stay, empty ones go (slack docs: chat.update)."""
    args: dict[str, Any] = dict(call.args)
    has_body = any(args.get(name) for name in ("text", "blocks", "attachments", "markdown_text"))
    if not has_body:
        raise Refused("no_text")
    for name in ("blocks", "attachments"):
        if args.get(name) is None and not args.get("markdown_text"):
            args[name] = getattr(before, name)
    content = read_content(args, call.slack.ids, updating=True)
    if args.get("metadata") is None:
        content.metadata = before.metadata
    return content


def _broadcast(message: Message) -> None:
    if not message.is_reply:
        raise Refused("cant_broadcast_message")
    message.reply_broadcast = True


def _advice(call: Call) -> Answer:
    """Slack warns of blocks without the text that notifications and screen readers need."""
    if call.text("text") or call.text("markdown_text"):
        return {}
    warning = "missing_text_in_message"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}
