"""Files on their way to Slack: into the place where somebody asked, or into their direct messages with us.

Three calls a file, wrapped by the SDK (slack docs: working with files). What Slack does not take is told, never lost
in silence.
"""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import kit, table
from bot.command import File, Reply, Request
from bot.domain import Message
from bot.mrkdwn import code, cut
from bot.slack.versions import send_some_version

log = structlog.get_logger(__name__)

_NOT_THERE = frozenset({"not_in_channel", "channel_not_found"})
"""The bot is no member, so that it can share nothing there."""

_WHY = {
    "file_uploads_disabled": "Your workspace allows no uploads.",
    "storage_limit_reached": "Your workspace has no storage left.",
    "posting_to_channel_denied": "Slack lets me share nothing there.",
    "missing_scope": "I was installed without the scope `files:write`: whoever runs me installs me again.",
}


async def send(client: AsyncWebClient, request: Request, reply: Reply) -> Message | None:
    """Upload all files of a reply as one message. What to tell the person instead, when that did not go as planned."""
    try:
        return await _send(client, request, reply)
    except SlackApiError as error:
        word = str(error.response.get("error"))
    except (SlackRequestError, aiohttp.ClientError, TimeoutError) as error:
        word = type(error).__name__
    log.info("files.not_sent", error=word)
    return _not_sent(reply, f":warning: I could not upload the file. {_WHY.get(word, f'Slack said {code(word)}.')}")


def _not_sent(reply: Reply, why: str) -> Message:
    """What was to stand with the files is told all the same."""
    return Message(why, [*reply.caption.blocks, kit.section(why)] if reply.caption else ())


async def _send(client: AsyncWebClient, request: Request, reply: Reply) -> Message | None:
    if reply.shared and request.channel:
        try:
            await _upload(client, request.channel, request.thread_ts, reply)
        except SlackApiError as error:
            if error.response.get("error") not in _NOT_THERE:
                raise
        else:
            return None
    opened = await client.conversations_open(users=request.user)
    await _upload(client, opened["channel"]["id"], None, reply)
    return _sent_elsewhere(reply) if reply.shared else None


def _sent_elsewhere(reply: Reply) -> Message:
    """What the reply says stays: it may tell of files that did not come along."""
    what = "the file" if len(reply.files) == 1 else "the files"
    text = f"I am not in this channel (`/invite @circlebot`), so I sent you {what} in a direct message."
    return Message(text, [kit.section(text), *(reply.message.blocks if reply.message else ())])


async def _upload(client: AsyncWebClient, channel: str, thread_ts: str | None, reply: Reply) -> None:
    """All files in one message, with the caption above them (slack docs: files.completeUploadExternal, `blocks`)."""

    async def upload(caption: Message) -> None:
        await client.files_upload_v2(
            channel=channel,
            thread_ts=thread_ts,
            file_uploads=[_as_upload(file) for file in reply.files],
            **_above(caption),
        )

    await send_some_version(upload, _captions(reply.caption))


def _captions(caption: Message | None) -> list[Message]:
    if caption is None:
        return [Message("")]
    return [*table.versions(caption), Message(caption.text)]


def _above(caption: Message) -> dict[str, Any]:
    """Slack takes blocks, or a text."""
    if caption.blocks:
        return {"blocks": json.dumps([dict(block) for block in caption.blocks][:50])}
    return {"initial_comment": caption.text} if caption.text else {}


def _as_upload(file: File) -> dict[str, Any]:
    alt = {"alt_txt": cut(file.alt, 1000)} if file.alt else {}
    return {"file": file.content, "filename": file.name, "title": file.title, **alt}
