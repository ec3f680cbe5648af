"""POST /_page/…: what a person does in the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack import app_events, message_changes
from sandbox.slack.block_kit.state_values import OptionNotOffered
from sandbox.slack.fake_channels import FakeChannel
from sandbox.slack.fake_slack import FakeSlack
from sandbox.slack.fake_views import FakeView
from sandbox.slack.ids import BOT_USER
from sandbox.slack.interactions import block_actions, modal_submissions, shortcuts
from sandbox.slack.interactions.failures import CONNECTION_PROBLEM
from sandbox.slack.interactions.suggestions import suggest_options
from sandbox.slack.interactions.surfaces import ElementGone, get_surface
from sandbox.slack.page_api import compose
from sandbox.slack.page_api.page_requests import PageError, get_channel, get_person, parse_body
from sandbox.slack.workspace_users import FakeSlackUser


class PageActions:
    """The POST half of the Page API: what a person does."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    async def say(self, request: Request) -> Response:
        person, body = await self._parse_request(request)
        return JSONResponse(compose.say(self._slack, person, body))

    async def press(self, request: Request) -> Response:
        """A button, a choice, a date: any element of a message, a modal or the home tab."""
        person, body = await self._parse_request(request)
        if not self._slack.manifest.interactive:
            raise PageError("This app is not configured to handle interactive responses.")
        try:
            block_actions.press_element(self._slack, person, get_surface(self._slack, person, body), body)
        except ElementGone as gone:
            raise PageError("message_changed", 409) from gone
        except OptionNotOffered as unknown:
            raise PageError("that is not one of the options") from unknown
        return JSONResponse({})

    async def submit(self, request: Request) -> Response:
        person, body = await self._parse_request(request)
        view = self._modal(person, body)
        try:
            errors = await modal_submissions.submit_modal(self._slack, person, view, body.get("values") or {})
        except modal_submissions.SubmissionFailed as trouble:
            raise PageError(CONNECTION_PROBLEM, 424) from trouble
        except OptionNotOffered as unknown:
            raise PageError("that is not one of the options") from unknown
        return JSONResponse({"errors": errors} if errors else {})

    async def close(self, request: Request) -> Response:
        person, body = await self._parse_request(request)
        modal_submissions.close_modal(self._slack, person, self._modal(person, body))
        return JSONResponse({})

    async def suggest(self, request: Request) -> Response:
        """What the app offers for the letters typed so far."""
        person, body = await self._parse_request(request)
        try:
            answer = await suggest_options(self._slack, person, get_surface(self._slack, person, body), body)
        except ElementGone as gone:
            raise PageError("message_changed", 409) from gone
        return JSONResponse(answer)

    async def open_home(self, request: Request) -> Response:
        """The app's tabs: each opening is an event."""
        person, body = await self._parse_request(request)
        if body.get("tab") not in {"home", "messages"}:
            raise PageError("the tabs are home and messages")
        app_events.emit_home_opened(self._slack, person.id, body["tab"])
        view = self._slack.views.homes.get(person.id)
        return JSONResponse({"view": view.as_page() if view else None})

    async def run_shortcut(self, request: Request) -> Response:
        """A global one, or with `channel` and `ts` one on a message."""
        person, body = await self._parse_request(request)
        callback_id = str(body.get("callback_id"))
        known = self._slack.manifest.find_shortcut(callback_id)
        if known is None and not self._slack.manifest.any_command:
            raise PageError(f"no shortcut {callback_id}", 404)
        if not body.get("ts"):
            shortcuts.run_global_shortcut(self._slack, person, callback_id)
            return JSONResponse({})
        channel = get_channel(self._slack, person, body.get("channel"))
        message = self._slack.messages.find(channel.id, str(body["ts"]))
        if message is None:
            raise PageError("message_changed", 409)
        shortcuts.run_message_shortcut(self._slack, person, callback_id, message)
        return JSONResponse({})

    async def change_channel(self, request: Request) -> Response:
        """Create, archive (and back) or rename a channel; bring the bot in or send it away."""
        person, body = await self._parse_request(request)
        do = str(body.get("do"))
        if do == "create":
            return JSONResponse({"channel": self._create(person, body).as_page()})
        if do not in _CHANGES:
            raise PageError(f"do is one of create, {', '.join(_CHANGES)}")
        channel = get_channel(self._slack, person, body.get("channel"))
        if channel.is_im:
            raise PageError("this is a direct message")
        _CHANGES[do](self._slack, channel, person, body)
        return JSONResponse({"channel": channel.as_page()})

    def _create(self, person: FakeSlackUser, body: dict[str, Any]) -> FakeChannel:
        name = _new_name(self._slack, body)
        private = bool(body.get("private"))
        channel = FakeChannel(self._slack.ids.generate_id("C"), name, [person.id], is_private=private)
        self._slack.channels.add(channel)
        self._slack.send_channels()
        return channel

    async def _parse_request(self, request: Request) -> tuple[FakeSlackUser, dict[str, Any]]:
        body = await parse_body(request)
        return get_person(self._slack, body.get("as")), body

    def _modal(self, person: FakeSlackUser, body: dict[str, Any]) -> FakeView:
        view = self._slack.views.find(str(body.get("view_id")))
        if view is None or view.person != person.id or view.type != "modal":
            raise PageError("this modal is closed", 409)
        return view


def _new_name(slack: FakeSlack, body: dict[str, Any]) -> str:
    name = str(body.get("name") or "").strip().lstrip("#").lower().replace(" ", "-")
    if not name or slack.channels.find_by_name(name):
        raise PageError("the name is taken" if name else "a channel needs a name")
    return name


_CHANGES: dict[str, Callable[[FakeSlack, FakeChannel, FakeSlackUser, dict[str, Any]], None]] = {
    "archive": lambda slack, channel, person, _: message_changes.archive_channel(slack, channel, person.id),
    "unarchive": lambda slack, channel, person, _: message_changes.unarchive_channel(slack, channel, person.id),
    "rename": lambda slack, channel, _, body: message_changes.rename_channel(slack, channel, _new_name(slack, body)),
    "invite_bot": lambda slack, channel, person, _: message_changes.join_channel(slack, channel, BOT_USER, person.id),
    "kick_bot": lambda slack, channel, _person, _body: message_changes.leave_channel(slack, channel),
}
