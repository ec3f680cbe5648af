"""chat.startStream, appendStream, stopStream: a message that people see being written (slack docs: text streaming)."""

from __future__ import annotations

import copy
from typing import Any

from sandbox.slack import message_changes
from sandbox.slack.block_kit.block_tree import name_all
from sandbox.slack.block_kit.check import message_problems
from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_messages import Message
from sandbox.slack.fake_slack_errors import Refused, invalid_arguments, invalid_blocks
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.message_content import read_metadata
from sandbox.slack.message_streams import MODES, Stream
from sandbox.slack.web_api.chat_methods import begun, writable
from sandbox.slack.web_api.web_api_call import Answer, Call


async def start(call: Call) -> Answer:
    channel = writable(call)
    _check_reader(call, channel)
    stream = Stream(_mode(call))
    _take(call, stream)
    message = begun(call, channel, stream.content())
    message.stream = stream
    call.slack.pace.post(channel.id)
    message_changes.post(call.slack, message)
    return {"channel": channel.id, "ts": message.ts}


async def append(call: Call) -> Answer:
    message, stream = _streaming(call)
    if not _take(call, stream):
        raise Refused("no_text")
    _shown(call, message, stream)
    return {"channel": message.channel, "ts": message.ts}


async def stop(call: Call) -> Answer:
    message, stream = _streaming(call)
    stream.take([*_chunks(call), *_last_blocks(call)])
    metadata = read_metadata(call.args.get("metadata"))
    message.stream = None
    _shown(call, message, stream)
    message.content.metadata = metadata
    return {"channel": message.channel, "ts": message.ts, "message": call.slack.messages.as_api(message)}


def _check_reader(call: Call, channel: Channel) -> None:
    """In a channel Slack wants to know for whom it is written; in a direct message it knows."""
    if channel.is_im:
        return
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.text(name):
            raise Refused(f"missing_{name}")
    if call.text("recipient_user_id") not in call.slack.people:
        raise Refused("user_not_found")
    if call.text("recipient_team_id") != TEAM_ID:
        raise Refused("team_not_found")


def _mode(call: Call) -> str:
    mode = call.text("task_display_mode") or MODES[0]
    if mode not in MODES:
        raise invalid_arguments(f"must be one of: {', '.join(MODES)} [json-pointer:/task_display_mode]")
    return mode


def _streaming(call: Call) -> tuple[Message, Stream]:
    """Raises Refused for a message that is not there, is somebody else's, or is written already."""
    message = call.message(call.channel())
    if not message.by_app:
        raise Refused("message_not_owned_by_app")
    if message.stream is None:
        raise Refused("message_not_in_streaming_state")
    # What is refused half-way leaves nothing behind.
    return message, copy.deepcopy(message.stream)


def _take(call: Call, stream: Stream) -> bool:
    """Whether there was anything."""
    chunks = _chunks(call)
    stream.take(chunks)
    return bool(chunks)


def _chunks(call: Call) -> list[Any]:
    """`markdown_text` stands for a chunk of text, in front of the others."""
    chunks = call.parsed("chunks") or []
    if not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    text = call.text("markdown_text")
    return [*([{"type": "markdown_text", "text": text}] if text else []), *chunks]


def _last_blocks(call: Call) -> list[dict[str, Any]]:
    blocks = call.parsed("blocks")
    problems = message_problems(blocks) if blocks else []
    if problems:
        raise invalid_blocks(problems)
    return [{"type": "blocks", "blocks": blocks}] if blocks else []


def _shown(call: Call, message: Message, stream: Stream) -> None:
    if message.stream is not None:
        message.stream = stream
    message.content = stream.content()
    name_all(message.content.blocks, lambda: call.slack.ids.secret()[:5])
    message_changes.changed(call.slack, message, edited=False)
