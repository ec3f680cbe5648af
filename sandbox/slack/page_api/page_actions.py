"""POST /_page/…: what a person does in the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack import app_events, message_changes
from sandbox.slack.block_kit.state_values import NotOffered
from sandbox.slack.fake_channels import Channel
from sandbox.slack.fake_slack import Slack
from sandbox.slack.fake_views import View
from sandbox.slack.ids import BOT_USER
from sandbox.slack.interactions import block_actions, modal_submissions, shortcuts
from sandbox.slack.interactions.failures import TROUBLE
from sandbox.slack.interactions.suggestions import suggest
from sandbox.slack.interactions.surfaces import Gone, surface_of
from sandbox.slack.page_api import compose
from sandbox.slack.page_api.page_requests import No, body_of, channel_of, person_of
from sandbox.slack.workspace_users import Person


class Act:
    """The doing half of the Page API."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def say(self, request: Request) -> Response:
        person, body = await self._asked(request)
        return JSONResponse(compose.say(self._slack, person, body))

    async def press(self, request: Request) -> Response:
        """A button, a choice, a date: any element of a message, a modal or the home tab."""
        person, body = await self._asked(request)
        if not self._slack.manifest.interactive:
            raise No("This app is not configured to handle interactive responses.")
        try:
            block_actions.press(self._slack, person, surface_of(self._slack, person, body), body)
        except Gone as gone:
            raise No("message_changed", 409) from gone
        except NotOffered as unknown:
            raise No("that is not one of the options") from unknown
        return JSONResponse({})

    async def submit(self, request: Request) -> Response:
        person, body = await self._asked(request)
        view = self._modal(person, body)
        try:
            errors = await modal_submissions.submit(self._slack, person, view, body.get("values") or {})
        except modal_submissions.Trouble as trouble:
            raise No(TROUBLE, 424) from trouble
        except NotOffered as unknown:
            raise No("that is not one of the options") from unknown
        return JSONResponse({"errors": errors} if errors else {})

    async def close(self, request: Request) -> Response:
        person, body = await self._asked(request)
        modal_submissions.close(self._slack, person, self._modal(person, body))
        return JSONResponse({})

    async def suggest(self, request: Request) -> Response:
        """What the app offers for the letters typed so far."""
        person, body = await self._asked(request)
        try:
            answer = await suggest(self._slack, person, surface_of(self._slack, person, body), body)
        except Gone as gone:
            raise No("message_changed", 409) from gone
        return JSONResponse(answer)

    async def home(self, request: Request) -> Response:
        """The app's tabs: each opening is an event."""
        person, body = await self._asked(request)
        if body.get("tab") not in {"home", "messages"}:
            raise No("the tabs are home and messages")
        app_events.home_opened(self._slack, person.id, body["tab"])
        view = self._slack.views.homes.get(person.id)
        return JSONResponse({"view": view.as_page() if view else None})

    async def shortcut(self, request: Request) -> Response:
        """A global one, or with `channel` and `ts` one on a message."""
        person, body = await self._asked(request)
        callback_id = str(body.get("callback_id"))
        known = self._slack.manifest.shortcut(callback_id)
        if known is None and not self._slack.manifest.any_command:
            raise No(f"no shortcut {callback_id}", 404)
        if not body.get("ts"):
            shortcuts.run_global(self._slack, person, callback_id)
            return JSONResponse({})
        channel = channel_of(self._slack, person, body.get("channel"))
        message = self._slack.messages.find(channel.id, str(body["ts"]))
        if message is None:
            raise No("message_changed", 409)
        shortcuts.run_on_message(self._slack, person, callback_id, message)
        return JSONResponse({})

    async def channel(self, request: Request) -> Response:
        """Create, archive or rename a channel; bring the bot in or send it away."""
        person, body = await self._asked(request)
        do = str(body.get("do"))
        if do == "create":
            return JSONResponse({"channel": self._create(person, body).as_page()})
        if do not in _CHANGES:
            raise No(f"do is one of create, {', '.join(_CHANGES)}")
        channel = channel_of(self._slack, person, body.get("channel"))
        if channel.is_im:
            raise No("this is a direct message")
        _CHANGES[do](self._slack, channel, person, body)
        return JSONResponse({"channel": channel.as_page()})

    def _create(self, person: Person, body: dict[str, Any]) -> Channel:
        name = _new_name(self._slack, body)
        private = bool(body.get("private"))
        channel = Channel(self._slack.ids.new("C"), name, [person.id], is_private=private)
        self._slack.channels.add(channel)
        self._slack.tell_channels()
        return channel

    async def _asked(self, request: Request) -> tuple[Person, dict[str, Any]]:
        body = await body_of(request)
        return person_of(self._slack, body.get("as")), body

    def _modal(self, person: Person, body: dict[str, Any]) -> View:
        view = self._slack.views.find(str(body.get("view_id")))
        if view is None or view.person != person.id or view.type != "modal":
            raise No("this modal is closed", 409)
        return view


def _new_name(slack: Slack, body: dict[str, Any]) -> str:
    name = str(body.get("name") or "").strip().lstrip("#").lower().replace(" ", "-")
    if not name or slack.channels.named(name):
        raise No("the name is taken" if name else "a channel needs a name")
    return name


_CHANGES: dict[str, Callable[[Slack, Channel, Person, dict[str, Any]], None]] = {
    "archive": lambda slack, channel, person, _: message_changes.archive(slack, channel, person.id),
    "rename": lambda slack, channel, _, body: message_changes.rename(slack, channel, _new_name(slack, body)),
    "invite_bot": lambda slack, channel, person, _: message_changes.join(slack, channel, BOT_USER, person.id),
    "kick_bot": lambda slack, channel, _person, _body: message_changes.leave(slack, channel),
}
