"""Where a person reads our answers: a modal that is open, or a message that only they see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import kit, table
from bot.command import Modal, Reply, Request, RequestSource
from bot.conversation import is_direct, is_dm
from bot.domain.people import SlackProfile
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, cut
from bot.slack import file_uploads, form_state, response_url, slack_errors
from bot.slack.clients import SlackClients
from bot.slack.command_acks import Acks
from bot.slack.home_notes import HomeNotes
from bot.slack.payload_parsing import REPLY_FORM
from bot.slack.progress import ProgressLines, can_replace_original, has_waited
from bot.slack.value_shortener import ValueShortener
from bot.store.long_values import ValueAudience

log = structlog.get_logger(__name__)

_REFUSED = (SlackApiError, aiohttp.ClientError, TimeoutError)

_TEXT = 3000
"""Characters of fallback text; Slack advises to stay below 4,000."""


class SlackResponder:
    def __init__(self, clients: SlackClients, shorten: ValueShortener, *, notes: HomeNotes, acks: Acks) -> None:
        self._clients = clients
        self._shorten = shorten
        self._notes = notes
        self._acks = acks
        self._lines = ProgressLines()

    async def open_modal(self, request: Request, view: Modal) -> str | None:
        """Open a modal with the request's trigger_id (3 seconds, once). None when Slack no longer lets us.

        What is asked from within a form opens on top of it, and leaves it as it is.
        """
        client = await self._clients.find(request.workspace)
        if client is None or request.trigger_id is None:
            return None
        request, shown = (
            await self._shorten_request(request),
            await self._shorten.shorten_modal(view, _build_private_place(request)),
        )
        try:
            begin = client.views_push if request.over_form else client.views_open
            opened = await begin(trigger_id=request.trigger_id, view=render_modal(shown, request))
        except SlackApiError as error:
            log.warning("modal.not_opened", error=slack_errors.get_code_or_status(error))
            return None
        return str(opened["view"]["id"])

    async def show_progress(self, request: Request, line: str) -> None:
        """Say how far we are, where and as often as Slack lets us. Never raises."""
        client = await self._clients.find(request.workspace)
        request = _take_modal(request)
        nowhere = (request.in_home and not request.view_id) or self._acks.forms.is_waiting(request.view_id)
        if client is None or nowhere or not self._lines.allow(request):
            return
        try:
            await self._show(client, request, Message(line))
        except _REFUSED as error:
            log.info("progress.not_said", error=type(error).__name__)

    async def find_profile(self, request: Request) -> SlackProfile:
        """Of whoever asks, as Slack tells it now; empty where we may not know it. Never raises."""
        client = await self._clients.find(request.workspace)
        if client is None:
            return SlackProfile()
        try:
            found = (await client.users_info(user=request.user))["user"]
        except _REFUSED as error:
            log.info("profile.not_known", error=type(error).__name__)
            return SlackProfile()
        return SlackProfile(found.get("tz") or None, bool(found.get("deleted")))

    async def show(self, request: Request, reply: Reply) -> None:
        """Send the files; then fill the modal, or tell the person alone (response_url, else ephemeral, else DM)."""
        client = await self._clients.find(request.workspace)
        if client is None:
            log.warning("reply.no_installation", workspace=request.workspace)
            return
        try:
            await self._deliver(client, _take_modal(request), reply)
            if has_waited(request) and (request.view_id or not reply.message):
                await response_url.send(client, str(request.reply_to), {"delete_original": True})
        finally:
            self._lines.forget(request)

    async def _shorten_request(self, request: Request) -> Request:
        """With a line that a form may hold."""
        line = await self._shorten.shorten_line(request.line, _build_private_place(request))
        return request if line == request.line else replace(request, line=line)

    async def _shorten_reply(self, request: Request, reply: Reply) -> Reply:
        """The buttons of what is shared may be pressed by all its readers."""
        if reply.view is None and reply.caption is None and (reply.message is None or reply.message.fixed):
            return reply
        alone, place = _build_private_place(request), ValueAudience(request.workspace, request.channel, None)
        return replace(
            reply,
            message=reply.message
            and await self._shorten.shorten_message(reply.message, place if _is_aloud(reply) else alone),
            view=reply.view and await self._shorten.shorten_modal(reply.view, alone),
            caption=reply.caption
            and await self._shorten.shorten_message(reply.caption, place if reply.shared else alone),
        )

    async def _deliver(self, client: AsyncWebClient, request: Request, reply: Reply) -> None:
        request, reply = await self._shorten_request(request), await self._shorten_reply(request, reply)
        if reply.files and (told := await self._send_files(request, reply)):
            reply = replace(reply, message=told)
        goes_on = reply.resume and not (reply.message or reply.view)
        said = reply.errors or (None if reply.view else {})
        if not goes_on and await self._acks.forms.settle(request.view_id, said, clears=reply.clears):
            request, reply = replace(request, view_id=None), replace(reply, view=None)
        if request.view_id and (view := reply.view or (reply.message and _as_modal(reply.message, request))):
            await self._update_modal(client, request, view)
        elif reply.message and request.in_home:
            self._notes.set(request, reply.message, whole=reply.whole)
        elif reply.message and (not reply.seen or can_replace_original(request)):
            await self._send_message(client, request, reply.message, aloud=_is_aloud(reply))

    async def _send_files(self, request: Request, reply: Reply) -> Message | None:
        client = await self._clients.find_rate_limit_retry(request.workspace)
        return await file_uploads.send(client, request, reply) if client else None

    async def _update_modal(self, client: AsyncWebClient, request: Request, view: Modal) -> None:
        try:
            await client.views_update(view_id=request.view_id, view=render_modal(view, request))
        except SlackApiError as error:
            log.warning("modal.not_updated", error=slack_errors.get_code_or_status(error))
            if request.source is RequestSource.REDRAW and slack_errors.get_code_or_status(error) == "not_found":
                return  # it was closed meanwhile
            if not (await self._show_error(client, request, view, error=error) and view.submit):
                blocks = view.blocks if view.original_blocks or not view.submit else ()
                await self._send_message(client, request, Message(view.title, blocks))

    async def _show_error(self, client: AsyncWebClient, request: Request, view: Modal, *, error: SlackApiError) -> bool:
        """In the modal, which would wait for ever; False where it is closed."""
        try:
            await client.views_update(
                view_id=request.view_id, view=render_modal(_build_error_modal(view, error), request)
            )
        except SlackApiError:
            return False
        return True

    async def _send_message(
        self, client: AsyncWebClient, request: Request, message: Message, *, aloud: bool = False
    ) -> None:
        beside = replace(request, view_id=None) if request.view_id else request
        say = partial(_post, client, request) if aloud else partial(self._show, client, beside)
        try:
            await slack_errors.send_with_fallbacks(say, list(table.build_fallbacks(message)))
        except SlackApiError as error:
            log.info("reply.not_in_channel", error=slack_errors.get_code_or_status(error))
            direct = replace(request, view_id=None, reply_to=None, channel=None, thread_ts=None)
            await slack_errors.send_with_fallbacks(
                partial(self._show, client, direct), list(table.build_fallbacks(message))
            )

    async def _show(self, client: AsyncWebClient, request: Request, message: Message) -> None:
        """Where the person looks, in place of the line that said how far we are where that can be. May be refused."""
        if request.view_id:
            await client.views_update(view_id=request.view_id, view=render_modal(_as_modal(message, request), request))
        elif request.reply_to and await self._respond(client, request, message):
            return
        elif ts := self._lines.find_message_ts(request):
            text, blocks = cut(message.text, _TEXT), _to_dicts(message)
            await client.chat_update(channel=str(request.channel), ts=ts, text=text, blocks=blocks)
        else:
            self._lines.set_message_ts(request, await _post_privately(client, request, message))

    async def _respond(self, client: AsyncWebClient, request: Request, message: Message) -> bool:
        """With the acknowledgement or by response_url: Slack answers in the channel, unless the thread is named.

        What Slack may refuse goes where we hear of it, since nobody hears what becomes of an acknowledgement.
        """
        said: dict[str, Any] = {"text": cut(message.text, _TEXT), "response_type": "ephemeral"}
        if blocks := _to_dicts(message):
            said["blocks"] = blocks
        if self._acks.commands.send(None if table.may_be_refused(message) else said):
            return True
        replaces = can_replace_original(request)
        place = {"replace_original": replaces, "thread_ts": None if replaces else request.thread_ts}
        return await response_url.send(client, str(request.reply_to), said | place)


async def _post(client: AsyncWebClient, request: Request, message: Message) -> None:
    """For all who read there."""
    await client.chat_postMessage(
        channel=request.channel or request.user,
        text=cut(message.text, _TEXT),
        blocks=_to_dicts(message),
        thread_ts=request.thread_ts,
    )


async def _post_privately(client: AsyncWebClient, request: Request, message: Message) -> str | None:
    """The ts of a message that can be changed later: one in a direct message."""
    place = request.channel or request.user
    text, blocks = cut(message.text, _TEXT), _to_dicts(message)
    if is_direct(place):
        posted = await client.chat_postMessage(channel=place, text=text, blocks=blocks, thread_ts=request.thread_ts)
        return str(posted["ts"]) if is_dm(place) else None
    await client.chat_postEphemeral(
        channel=place, user=request.user, text=text, blocks=blocks, thread_ts=request.thread_ts
    )
    return None


def _is_aloud(reply: Reply) -> bool:
    """Whether the message itself is for all who read there."""
    return reply.shared and not reply.files


def _build_private_place(request: Request) -> ValueAudience:
    return ValueAudience(request.workspace, request.channel, request.user)


def render_modal(view: Modal, request: Request) -> dict[str, Any]:
    """A View as Slack's JSON. The line and the place travel in private_metadata: ids only, nothing secret."""
    known = {"channel": request.channel, "place": request.place_name, "thread": request.thread_ts}
    known["beneath"] = request.beneath[1] if request.beneath else None
    known["home"] = "yes" if request.in_home else None
    place = {name: value for name, value in known.items() if value or name == "channel"}
    metadata = {"line": view.line or (request.line if request.written else ""), **place}
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": kit.plain_text(view.title, 24),
        "close": kit.plain_text(_("Cancel") if view.submit else _("Done"), 24),
        **({"submit": kit.plain_text(view.submit, 24)} if view.submit else {}),
        "private_metadata": json.dumps(metadata),
        "blocks": form_state.set_focus([*view.blocks, *view.original_blocks][:100]),
    }


def render_working_modal(submitted: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows between its submission and our answer. The title stays, so that nothing jumps."""
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": submitted["title"],
        "private_metadata": submitted.get("private_metadata", ""),
        "blocks": kit.build_loading(_("Working on it")),
    }


def _build_error_modal(view: Modal, error: SlackApiError) -> Modal:
    """What is shown in place of a view that Slack refuses. What the form would have sent can be typed."""
    why = _(
        ":warning: Slack does not show this: it says {error}.",
        error=as_code(slack_errors.get_code_or_status(error)),
    )
    command, *_rest = str(view.line or "").partition(" ")
    typed = (
        _(
            "Type it instead, like {line}: {help} says what can follow.",
            line=as_code("/circle " + str(view.line), 1500),
            help=as_code(f"/circle help {command}"),
        )
        if command
        else _("The answer comes as a message.")
    )
    return Modal(view.title, [kit.section(f"{why} {typed}")])


def _take_modal(request: Request) -> Request:
    """The modal that waits for the answer, else the one in which the button was pressed."""
    return replace(request, view_id=request.from_view) if request.from_view and not request.view_id else request


def _as_modal(message: Message, request: Request) -> Modal:
    """Slack allows no table in a modal."""
    blocks = table.replace_tables(message).blocks or [kit.section(message.text)]
    return Modal(title=request.view_title or "CircleCI", blocks=blocks)


def _to_dicts(message: Message) -> list[dict[str, Any]]:
    """Fifty blocks at most (Slack's limit for a message)."""
    return [dict(block) for block in message.blocks][:50]
