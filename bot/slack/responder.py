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
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks import kit, table
from bot.command import Reply, Request, View
from bot.conversation import is_direct, is_dm
from bot.messages import Message
from bot.mrkdwn import code, cut
from bot.slack import file_uploads, slack_errors
from bot.slack.clients import Clients
from bot.slack.fallbacks import send_some_version
from bot.slack.payload_parsing import REPLY_FORM
from bot.slack.progress import Lines, replaces
from bot.slack.value_shortener import Shorten
from bot.store.long_values import Place

log = structlog.get_logger(__name__)

_REFUSED = (SlackApiError, aiohttp.ClientError, TimeoutError)

_TEXT = 3000
"""Characters of fallback text; Slack advises to stay below 4,000."""


class Screen:
    def __init__(self, clients: Clients, shorten: Shorten) -> None:
        self._clients = clients
        self._shorten = shorten
        self._lines = Lines()

    async def open(self, request: Request, view: View) -> str | None:
        """Open a modal with the request's trigger_id (3 seconds, once). None when Slack no longer lets us.

        What is asked from within a form opens on top of it, and leaves it as it is.
        """
        client = await self._clients.of(request.workspace)
        if client is None or request.trigger_id is None:
            return None
        request, shown = await self._asked(request), await self._shorten.view(view, _alone(request))
        try:
            begin = client.views_push if request.over_form else client.views_open
            opened = await begin(trigger_id=request.trigger_id, view=modal(shown, request))
        except SlackApiError as error:
            log.warning("modal.not_opened", error=slack_errors.word(error))
            return None
        return str(opened["view"]["id"])

    async def progress(self, request: Request, line: str) -> None:
        """Say how far we are, where and as often as Slack lets us. Never raises."""
        client = await self._clients.of(request.workspace)
        if client is None or not self._lines.due(request):
            return
        try:
            await self._say(client, request, Message(line))
        except _REFUSED as error:
            log.info("progress.not_said", error=type(error).__name__)

    async def zone(self, request: Request) -> str | None:
        """The time zone that this person has set in Slack; None where we may not know it. Never raises."""
        client = await self._clients.of(request.workspace)
        if client is None:
            return None
        try:
            found = await client.users_info(user=request.user)
        except _REFUSED as error:
            log.info("zone.not_known", error=type(error).__name__)
            return None
        return found["user"].get("tz") or None

    async def show(self, request: Request, reply: Reply) -> None:
        """Send the files; then fill the modal, or tell the person alone (response_url, else ephemeral, else DM)."""
        client = await self._clients.of(request.workspace)
        if client is None:
            log.warning("reply.no_installation", workspace=request.workspace)
            return
        try:
            await self._answer(client, request, reply)
        finally:
            self._lines.forget(request)

    async def _asked(self, request: Request) -> Request:
        """With a line that a form may hold."""
        return replace(request, line=await self._shorten.line(request.line, _alone(request)))

    async def _fitting(self, request: Request, reply: Reply) -> Reply:
        """Where a caption is shared, whoever reads it may press."""
        alone, place = _alone(request), Place(request.workspace, request.channel, None)
        return replace(
            reply,
            message=reply.message and await self._shorten.message(reply.message, alone),
            view=reply.view and await self._shorten.view(reply.view, alone),
            caption=reply.caption and await self._shorten.message(reply.caption, place if reply.shared else alone),
        )

    async def _answer(self, client: AsyncWebClient, request: Request, reply: Reply) -> None:
        request, reply = await self._asked(request), await self._fitting(request, reply)
        if reply.files and (told := await self._send_files(request, reply)):
            reply = replace(reply, message=told)
        if request.view_id and (view := reply.view or (reply.message and _as_view(reply.message))):
            await self._fill(client, request, view)
        elif reply.message:
            await self._tell(client, request, reply.message)

    async def _send_files(self, request: Request, reply: Reply) -> Message | None:
        client = await self._clients.patient(request.workspace)
        return await file_uploads.send(client, request, reply) if client else None

    async def _fill(self, client: AsyncWebClient, request: Request, view: View) -> None:
        try:
            await client.views_update(view_id=request.view_id, view=modal(view, request))
        except SlackApiError as error:
            log.warning("modal.not_updated", error=slack_errors.word(error))
            if not (await self._say_why(client, request, view, error) and view.submit):
                blocks = view.blocks if view.kept or not view.submit else ()
                await self._tell(client, request, Message(view.title, blocks))

    async def _say_why(self, client: AsyncWebClient, request: Request, view: View, error: SlackApiError) -> bool:
        """In the modal, whose waiting would never end; False where there is none any more."""
        try:
            await client.views_update(view_id=request.view_id, view=modal(_instead(view, error), request))
        except SlackApiError:
            return False
        return True

    async def _tell(self, client: AsyncWebClient, request: Request, message: Message) -> None:
        say = partial(self._say, client, replace(request, view_id=None))
        try:
            await send_some_version(say, list(table.versions(message)))
        except SlackApiError as error:
            log.info("reply.not_in_channel", error=slack_errors.word(error))
            await client.chat_postMessage(channel=request.user, text=cut(message.text, _TEXT))

    async def _say(self, client: AsyncWebClient, request: Request, message: Message) -> None:
        """Where the person looks, in place of the line that said how far we are where that can be. May be refused."""
        if request.view_id:
            await client.views_update(view_id=request.view_id, view=modal(_as_view(message), request))
        elif request.reply_to and await self._respond(client, request, message):
            return
        elif ts := self._lines.where(request):
            text, blocks = cut(message.text, _TEXT), _dicts(message)
            await client.chat_update(channel=str(request.channel), ts=ts, text=text, blocks=blocks)
        else:
            self._lines.stands_in(request, await _post(client, request, message))

    async def _respond(self, client: AsyncWebClient, request: Request, message: Message) -> bool:
        """By response_url, which works where the bot is no member; five times within half an hour.

        Slack answers in the channel, unless the thread is named.
        """
        hook = AsyncWebhookClient(str(request.reply_to), session=client.session, ssl=client.ssl)
        said = {
            "text": cut(message.text, _TEXT),
            "blocks": _dicts(message) or None,
            "response_type": "ephemeral",
            "replace_original": replaces(request),
            "thread_ts": None if replaces(request) else request.thread_ts,
        }
        try:
            answer = await hook.send_dict(said)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("reply.url_failed", error=type(error).__name__)
            return False
        return answer.status_code == 200


async def _post(client: AsyncWebClient, request: Request, message: Message) -> str | None:
    """The ts of a message that can be changed later: one in a direct message."""
    place = request.channel or request.user
    text, blocks = cut(message.text, _TEXT), _dicts(message)
    if is_direct(place):
        posted = await client.chat_postMessage(channel=place, text=text, blocks=blocks, thread_ts=request.thread_ts)
        return str(posted["ts"]) if is_dm(place) else None
    await client.chat_postEphemeral(
        channel=place, user=request.user, text=text, blocks=blocks, thread_ts=request.thread_ts
    )
    return None


def _alone(request: Request) -> Place:
    return Place(request.workspace, request.channel, request.user)


def modal(view: View, request: Request) -> dict[str, Any]:
    """A View as Slack's JSON. The line and the place travel in private_metadata: ids only, nothing secret."""
    known = {"channel": request.channel, "place": request.place_name, "thread": request.thread_ts}
    place = {name: value for name, value in known.items() if value or name == "channel"}
    metadata = {"line": view.line or (request.line if request.written else ""), **place}
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": kit.plain(view.title, 24),
        "close": kit.plain("Cancel" if view.submit else "Close", 24),
        **({"submit": kit.plain(view.submit, 24)} if view.submit else {}),
        "private_metadata": json.dumps(metadata),
        "blocks": [*view.blocks, *view.kept][:100],
    }


def working_view(submitted: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a form between its submission and our answer; the title stays, so nothing jumps."""
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "title": submitted["title"],
        "private_metadata": submitted.get("private_metadata", ""),
        "blocks": [kit.section(":hourglass_flowing_sand: One moment…")],
    }


def _instead(view: View, error: SlackApiError) -> View:
    """What stands in the place of a view that Slack refuses. What a form would have said can be typed."""
    why = f":warning: Slack does not show this: it says {code(slack_errors.word(error))}."
    command, _, _ = str(view.line or "").partition(" ")
    typed = (
        f" Type it instead, like {code('/circle ' + str(view.line), 1500)}: {code(f'/circle help {command}')} tells"
        " what can follow."
        if command
        else " The answer comes as a message."
    )
    return View(view.title, [kit.section(why + typed)])


def _as_view(message: Message) -> View:
    """Tables may not stand in a modal."""
    return View(title="circlebot", blocks=table.plainer(message).blocks or [kit.section(message.text)])


def _dicts(message: Message) -> list[dict[str, Any]]:
    """Fifty blocks at most (Slack's limit for a message)."""
    return [dict(block) for block in message.blocks][:50]
