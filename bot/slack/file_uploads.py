"""Files on their way to Slack: into the place where somebody asked, or into their direct messages with us.

Two calls a file and one to share them all (slack docs: working with files). What Slack does not take is reported,
never lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.actions import reachability
from bot.blocks import kit, table
from bot.command import File, Reply, Request
from bot.conversation import PlaceKind
from bot.language import N_, _, ngettext
from bot.language.spoken import speaking
from bot.messages import Message
from bot.mrkdwn import as_code, cut
from bot.slack import slack_errors

log = structlog.get_logger(__name__)

_UPLOAD = aiohttp.ClientTimeout(total=180)

_NOT_THERE = frozenset({"not_in_channel", "channel_not_found"})
"""The bot is no member, so that it can share nothing there."""

_WHY = {
    "file_uploads_disabled": N_("Your workspace allows no uploads."),
    "storage_limit_reached": N_("Your workspace has no storage left."),
    "posting_to_channel_denied": N_("Slack lets me share nothing there."),
    "file_uploads_except_images_disabled": N_("Your workspace allows uploads of pictures only."),
    "file_type_not_allowed": N_("Your workspace does not allow files of this kind."),
    "file_upload_size_restricted": N_("Slack takes no files of this size."),
    "NotTaken": N_("Slack did not take its bytes: try again."),
    "missing_scope": N_(
        "I was installed without the scope `files:write`: ask the person who runs me to install me again."
    ),
}


class _ShareAnswerLost(Exception):
    """Nobody knows whether Slack shared the files: its answer to the last step was lost."""


class _NotTaken(Exception):
    """Slack's upload address did not take the bytes."""


async def send(client: AsyncWebClient, request: Request, reply: Reply) -> Message | None:
    """Upload all files of a reply as one message. What to tell the person instead, when that did not go as planned.

    `client` must not repeat a call whose connection broke: files that are shared twice are twice there.
    """
    try:
        return await _upload_and_share(client, request, reply)
    except _ShareAnswerLost:
        log.warning("files.lost")
        return _render_failure(
            reply, _(":warning: Slack did not say whether it took the file. Look before you ask again.")
        )
    except SlackApiError as error:
        word = slack_errors.get_code_or_status(error)
    except (_NotTaken, aiohttp.ClientError, TimeoutError) as error:
        word = type(error).__name__.strip("_")
    log.info("files.not_sent", error=word)
    failed = _(":warning: I could not upload the file.")
    return _render_failure(reply, f"{failed} {_format_reason(word)}")


def _format_reason(word: str) -> str:
    return _(_WHY[word]) if word in _WHY else _("Slack said {error}.", error=as_code(word))


def _render_failure(reply: Reply, why: str) -> Message:
    """The caption of the files is sent in any case."""
    return Message(why, [*reply.caption.blocks, kit.section(why)] if reply.caption else ())


async def _upload_and_share(client: AsyncWebClient, request: Request, reply: Reply) -> Message | None:
    uploaded = [await _upload(client, file) for file in reply.files]
    if reply.shared and request.channel:
        try:
            await _share(
                client, uploaded, request.channel, thread_ts=request.thread_ts, caption=_build_caption(request, reply)
            )
        except SlackApiError as error:
            if slack_errors.get_code_or_status(error) not in _NOT_THERE:
                raise
        else:
            return None
    opened = await client.conversations_open(users=request.user)
    await _share(client, uploaded, opened["channel"]["id"], thread_ts=None, caption=reply.caption or Message(""))
    return _render_sent_elsewhere(request, reply) if reply.shared else None


def _build_caption(request: Request, reply: Reply) -> Message:
    """The caption; or where others read along, what the files are and who wanted them here."""
    if reply.caption or reply.message is None or reachability.get_place_kind(request) is PlaceKind.OWN_DM:
        return reply.caption or Message("")
    with speaking(None):
        asked = _("<@{who}> asked for it", who=request.user)
    return Message(f"{cut(reply.message.text, 1000)} — {asked}")


def _render_sent_elsewhere(request: Request, reply: Reply) -> Message:
    """What the reply says stays: it may tell of files that did not come along."""
    if reachability.get_place_kind(request) is PlaceKind.OTHERS_DM:
        text = ngettext(
            "I take no part in this conversation, so I sent you the file in a direct message.",
            "I take no part in this conversation, so I sent you the files in a direct message.",
            len(reply.files),
        )
    else:
        text = ngettext(
            "I am not in this channel (`/invite @circlebot`), so I sent you the file in a direct message.",
            "I am not in this channel (`/invite @circlebot`), so I sent you the files in a direct message.",
            len(reply.files),
        )
    return Message(text, [kit.section(text), *(reply.message.blocks if reply.message else ())])


async def _upload(client: AsyncWebClient, file: File) -> dict[str, str]:
    """The file as completeUploadExternal names it. Slack wants to know the number of bytes before they come."""
    begun = await client.files_getUploadURLExternal(
        filename=file.name, length=len(file.content), alt_txt=cut(file.alt, 1000) or None
    )
    session = client.session
    if session is None:
        raise _NotTaken
    sending = session.post(str(begun["upload_url"]), data=file.content, ssl=client.ssl or True, timeout=_UPLOAD)
    async with sending as answer:
        if answer.status != 200:
            log.info("files.not_taken", status=answer.status)
            raise _NotTaken
    return {"id": str(begun["file_id"]), "title": file.title}


async def _share(
    client: AsyncWebClient, files: Sequence[Mapping[str, str]], channel: str, *, thread_ts: str | None, caption: Message
) -> None:
    """All files in one message, with the caption above them (slack docs: files.completeUploadExternal, `blocks`)."""

    async def share(version: Message) -> None:
        try:
            await client.files_completeUploadExternal(
                files=[dict(file) for file in files],
                channel_id=channel,
                thread_ts=thread_ts,
                **_build_caption_args(version),
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _ShareAnswerLost from error

    await slack_errors.send_with_fallbacks(share, [*table.build_fallbacks(caption), Message(caption.text)])


def _build_caption_args(caption: Message) -> dict[str, Any]:
    """Slack takes blocks, or a text."""
    if caption.blocks:
        return {"blocks": json.dumps([dict(block) for block in caption.blocks][:50])}
    return {"initial_comment": caption.text} if caption.text else {}
