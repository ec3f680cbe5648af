"""One catch-all listener per kind of payload: read it, hand it to our own tasks, acknowledge, return.

`process_before_response` makes Bolt's answer wait for the listener instead of polling for it, so a listener does
nothing slow. Bolt's argument injection stops here: a misspelt name would arrive as None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.command import Choice, Request
from bot.dispatch.dispatcher import Dispatcher
from bot.slack import request as requests
from bot.slack.events import Events
from bot.slack.screen import working_view
from bot.tasks import Tasks

log = structlog.get_logger(__name__)

_ANY = re.compile("")

Body = Mapping[str, Any]


def register(app: AsyncApp, *, dispatcher: Dispatcher, events: Events, tasks: Tasks) -> None:
    """Route everything that Slack sends to dispatch, and answer Slack at once."""

    def start(request: Request | None) -> None:
        if request:
            tasks.start(dispatcher.dispatch(request))

    @app.command(_ANY)
    async def command(ack: AsyncAck, body: Body) -> None:
        start(requests.typed(body))
        await ack()

    @app.action(_ANY)
    async def action(ack: AsyncAck, body: Body) -> None:
        tasks.start(_press(dispatcher, events, body))
        await ack()

    @app.shortcut(_ANY)
    async def shortcut(ack: AsyncAck, body: Body) -> None:
        start(requests.shortcut(body))
        await ack()

    @app.view(_ANY)
    async def view(ack: AsyncAck, body: Body) -> None:
        await ack(response_action="update", view=working_view(body["view"]))
        start(requests.submitted(body))

    @app.view_closed(_ANY)
    async def view_closed(ack: AsyncAck) -> None:
        await ack()

    @app.options(_ANY)
    async def options(ack: AsyncAck, body: Body) -> None:
        found = await dispatcher.suggest(requests.suggestion(body), body["action_id"], body.get("value", ""))
        await ack(options=[_option(choice) for choice in found[:100]])

    @app.event(_ANY)
    async def event(body: Body) -> None:
        tasks.start(events.take(body))


async def _press(dispatcher: Dispatcher, events: Events, body: Body) -> None:
    """What is pressed in a Home may change what it shows: it is drawn again."""
    request = requests.pressed(body)
    if request is None:
        return
    await dispatcher.dispatch(request)
    if (body.get("view") or {}).get("type") == "home":
        await events.redraw_home(request.workspace, request.user)


def _option(choice: Choice) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": choice.text[:75]}, "value": choice.value[:150]}
