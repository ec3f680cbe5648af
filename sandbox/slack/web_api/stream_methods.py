"""chat.startStream, appendStream, stopStream: a message that people see being written (slack docs: text streaming)."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.block_kit.block_tree import assign_ids
from sandbox.slack.block_kit.check import list_message_problems
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_messages import FakeMessage
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_arguments, invalid_blocks
from sandbox.slack.message_content import parse_metadata
from sandbox.slack.message_streams import MODES, MessageStream
from sandbox.slack.web_api.chat_methods import build_message, get_writable_channel
from sandbox.slack.web_api.web_api_call import Answer, WebApiCall


async def start(call: WebApiCall) -> Answer:
    channel = get_writable_channel(call)
    _check_reader(call, channel)
    stream = MessageStream(_mode(call))
    _take(call, stream)
    message = build_message(call, channel, stream.build_content())
    message.stream = stream
    call.slack.rate_limits.count_post(channel.id)
    message_changes.post_message(call.slack, message)
    return {"channel": channel.id, "ts": message.ts}


async def append(call: WebApiCall) -> Answer:
    message, stream = _streaming(call)
    if not _take(call, stream):
        raise FakeSlackError("no_text")
    _show_stream(call, message, stream)
    return {"channel": message.channel, "ts": message.ts}


async def stop(call: WebApiCall) -> Answer:
    message, stream = _streaming(call)
    stream.append_chunks([*_chunks(call), *_last_blocks(call)])
    metadata = parse_metadata(call.args.get("metadata"))
    message.stream = None
    _show_stream(call, message, stream)
    message.content.metadata = metadata
    return {"channel": message.channel, "ts": message.ts, "message": call.slack.messages.as_api(message)}


def _check_reader(call: WebApiCall, channel: FakeChannel) -> None:
    """In a channel Slack wants to know for whom it is written; in a direct message it knows."""
    if channel.is_im:
        return
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.get_text(name):
            raise FakeSlackError(f"missing_{name}")
    if call.get_text("recipient_user_id") not in call.slack.people:
        raise FakeSlackError("user_not_found")
    if call.get_text("recipient_team_id") != call.slack.team.id:
        raise FakeSlackError("team_not_found")


def _mode(call: WebApiCall) -> str:
    mode = call.get_text("task_display_mode") or MODES[0]
    if mode not in MODES:
        raise invalid_arguments(f"must be one of: {', '.join(MODES)} [json-pointer:/task_display_mode]")
    return mode


def _streaming(call: WebApiCall) -> tuple[FakeMessage, MessageStream]:
    """Raises FakeSlackError for a message that is not there, is somebody else's, or is written already."""
    message = call.get_message(call.get_channel())
    if not message.is_by_app:
        raise FakeSlackError("message_not_owned_by_app")
    if message.stream is None:
        raise FakeSlackError("message_not_in_streaming_state")
    # What is refused half-way leaves nothing behind.
    return message, copy.deepcopy(message.stream)


def _take(call: WebApiCall, stream: MessageStream) -> bool:
    """Whether there was anything."""
    chunks = _chunks(call)
    stream.append_chunks(chunks)
    return bool(chunks)


def _chunks(call: WebApiCall) -> list[Any]:
    """`markdown_text` counts as a chunk of text before the others."""
    chunks = call.parse_json("chunks") or []
    if not isinstance(chunks, list):
        raise FakeSlackError("invalid_chunks")
    text = call.get_text("markdown_text")
    return [*([{"type": "markdown_text", "text": text}] if text else []), *chunks]


def _last_blocks(call: WebApiCall) -> list[dict[str, Any]]:
    blocks = call.parse_json("blocks")
    problems = list_message_problems(blocks) if blocks else []
    if problems:
        raise invalid_blocks(problems)
    return [{"type": "blocks", "blocks": blocks}] if blocks else []


def _show_stream(call: WebApiCall, message: FakeMessage, stream: MessageStream) -> None:
    if message.stream is not None:
        message.stream = stream
    message.content = stream.build_content()
    assign_ids(message.content.blocks, lambda: call.slack.ids.generate_secret()[:5])
    message_changes.publish_change(call.slack, message, edited=False)
