"""chat.*: posting, changing and deleting messages (slack docs: chat methods)."""

from __future__ import annotations

from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError
from sandbox.slack.ids import BOT_USER
from sandbox.slack.message_content import MessageContent, parse_content
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall

LATEST_POST_DAYS = 120


async def post_message(call: WebApiCall) -> Answer:
    channel = get_writable_channel(call)
    message = _compose_message(call, channel)
    call.slack.rate_limits.count_post(channel.id)
    message_changes.post_message(call.slack, message)
    shown = call.slack.messages.as_api(message)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **_advice(call)}


async def post_ephemeral(call: WebApiCall) -> Answer:
    channel = get_writable_channel(call, joined=True)
    user = call.get_text("user")
    if user not in channel.members:
        raise FakeSlackError("user_not_in_channel")
    message = _compose_message(call, channel)
    message.seen_only_by = user
    message_changes.post_message(call.slack, message)
    return {"message_ts": message.ts}


async def update(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    message = call.get_message(channel)
    if not message.is_by_app:
        raise FakeSlackError("cant_update_message")
    if message.stream is not None:
        raise FakeSlackError("streaming_state_conflict")
    message.content = _merge_content(call, message.content)
    if call.get_flag("reply_broadcast"):
        _broadcast(message)
    message_changes.publish_change(call.slack, message)
    shown = call.slack.messages.as_api(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.content.text, "message": shown}


async def delete(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    message = call.get_message(channel)
    if not message.is_by_app:
        raise FakeSlackError("cant_delete_message")
    message_changes.delete_message(call.slack, message)
    return {"channel": channel.id, "ts": message.ts}


async def get_permalink(call: WebApiCall) -> Answer:
    channel = call.get_channel()
    message = call.get_message(channel, "message_ts")
    link = f"{call.slack.public_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": link + thread}


async def schedule_message(call: WebApiCall) -> Answer:
    channel = get_writable_channel(call)
    post_at = call.get_number("post_at", 0, "invalid_time")
    wait_s = post_at - call.slack.ids.now_s()
    if wait_s < 0:
        raise FakeSlackError("time_in_past")
    if wait_s > LATEST_POST_DAYS * 86400:
        raise FakeSlackError("time_too_far")
    message = _compose_message(call, channel)
    call.slack.run_in_background(_post_later(call, message, wait_s))
    shown = call.slack.messages.as_api(message)
    scheduled = {"scheduled_message_id": call.slack.ids.generate_id("Q"), "post_at": post_at}
    return {"channel": channel.id, "message": shown, **scheduled}


async def _post_later(call: WebApiCall, message: FakeMessage, wait_s: float) -> None:
    await call.slack.clock.sleep_s(wait_s)
    message.ts = call.slack.ids.generate_ts()
    message_changes.post_message(call.slack, message)


def get_writable_channel(call: WebApiCall, name: str = "channel", *, joined: bool = False) -> FakeChannel:
    """The channel to write to. Raises FakeSlackError: channel_not_found, is_archived, not_in_channel and so on."""
    channel = call.get_channel(name)
    if channel.is_im and not call.slack.manifest.messages_tab:
        raise FakeSlackError("messages_tab_disabled")
    if channel.is_archived:
        raise FakeSlackError("is_archived")
    if not channel.has_bot and (joined or not call.has_scope("chat:write.public")):
        raise FakeSlackError("not_in_channel")
    return channel


def _compose_message(call: WebApiCall, channel: FakeChannel) -> FakeMessage:
    return build_message(
        call, channel, parse_content(call.args, call.slack.ids, hides_buttons=call.slack.hides_buttons)
    )


def build_message(call: WebApiCall, channel: FakeChannel, content: MessageContent) -> FakeMessage:
    """A message to post, of this content and what the arguments say of its author and thread. Raises FakeSlackError."""
    if any(call.get_text(name) for name in ("username", "icon_url", "icon_emoji")):
        call.check_scope("chat:write.customize")
    return FakeMessage(
        ts=call.slack.ids.generate_ts(),
        channel=channel.id,
        user=BOT_USER,
        content=content,
        username=call.get_text("username") or None,
        thread_ts=_thread(call, channel),
        reply_broadcast=call.get_flag("reply_broadcast"),
    )


def _thread(call: WebApiCall, channel: FakeChannel) -> str | None:
    """The parent's ts; that of a reply leads to its parent."""
    wanted = call.get_text("thread_ts")
    if not wanted:
        return None
    parent = call.slack.messages.find(channel.id, wanted)
    if parent is None:
        raise FakeSlackError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _merge_content(call: WebApiCall, before: MessageContent) -> MessageContent:
    """Blocks, attachments and metadata that are not given stay, empty ones go (slack docs: chat.update)."""
    args: dict[str, Any] = dict(call.args)
    has_body = any(args.get(name) for name in ("text", "blocks", "attachments", "markdown_text"))
    if not has_body:
        raise FakeSlackError("no_text")
    for name in ("blocks", "attachments"):
        if args.get(name) is None and not args.get("markdown_text"):
            args[name] = getattr(before, name)
    content = parse_content(args, call.slack.ids, updating=True, hides_buttons=call.slack.hides_buttons)
    if args.get("metadata") is None:
        content.metadata = before.metadata
    return content


def _broadcast(message: FakeMessage) -> None:
    if not message.is_reply:
        raise FakeSlackError("cant_broadcast_message")
    message.reply_broadcast = True


def _advice(call: WebApiCall) -> Answer:
    """Slack warns of blocks without the text that notifications and screen readers need."""
    if call.get_text("text") or call.get_text("markdown_text"):
        return {}
    warning = "missing_text_in_message"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}
