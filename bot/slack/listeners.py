"""One catch-all listener per kind of payload: read it, hand it to our own tasks, acknowledge, return.

`process_before_response` makes Bolt's answer wait for the listener instead of polling for it, so a listener does
nothing slow. Bolt's argument injection stops here: a misspelt name would arrive as None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.command import Choice, Request
from bot.dispatch.dispatcher import Dispatcher
from bot.slack import payload_parsing
from bot.slack.events import Events
from bot.slack.intake import Intake
from bot.slack.payload_workspace import whose
from bot.slack.responder import working_view
from bot.slack.value_shortener import Shorten
from bot.store.long_values import Place
from bot.untrusted.invisible_marks import one_line
from bot.workers.loop import Tasks

log = structlog.get_logger(__name__)

_ANY = re.compile("")

Body = Mapping[str, Any]


def register(app: AsyncApp, *, dispatcher: Dispatcher, events: Events, tasks: Tasks, shorten: Shorten) -> None:
    """Route everything that Slack sends to dispatch, and answer Slack at once."""
    intake = Intake(tasks=tasks, busy=dispatcher.refuse_for_now)

    def start(request: Request) -> None:
        intake.take(request.workspace, request.user, partial(dispatcher.dispatch, request), request)

    @app.command(_ANY)
    async def command(ack: AsyncAck, body: Body) -> None:
        start(payload_parsing.typed(body))
        await ack()

    @app.action(_ANY)
    async def action(ack: AsyncAck, body: Body) -> None:
        if request := payload_parsing.pressed(body):
            work = partial(_press, dispatcher, events, body, request)
            intake.take(request.workspace, request.user, work, request)
        await ack()

    @app.shortcut(_ANY)
    async def shortcut(ack: AsyncAck, body: Body) -> None:
        start(payload_parsing.shortcut(body))
        await ack()

    @app.view(_ANY)
    async def view(ack: AsyncAck, body: Body) -> None:
        await ack(response_action="update", view=working_view(body["view"]))
        start(payload_parsing.submitted(body))

    @app.view_closed(_ANY)
    async def view_closed(ack: AsyncAck) -> None:
        await ack()

    @app.options(_ANY)
    async def options(ack: AsyncAck, body: Body) -> None:
        request = payload_parsing.suggestion(body)
        found = await dispatcher.suggest(request, body["action_id"], body.get("value", ""))
        place = Place(request.workspace, request.channel, request.user)
        await ack(options=[_option(choice) for choice in await shorten.choices(found[:100], place)])

    @app.event(_ANY)
    async def event(body: Body) -> None:
        _take_event(events, intake, tasks, body)


def _take_event(events: Events, intake: Intake, tasks: Tasks, body: Body) -> None:
    """What nobody did (an uninstall) waits for nobody."""
    person = body["event"].get("user")
    if isinstance(person, str):
        said = payload_parsing.said(body) if events.asks(body) else None
        intake.take(whose(body)["workspace"], person, partial(events.take, body), said)
    else:
        tasks.start(events.take(body))


async def _press(dispatcher: Dispatcher, events: Events, body: Body, request: Request) -> None:
    """What is pressed in a Home may change what it shows: it is drawn again."""
    await dispatcher.dispatch(request)
    if (body.get("view") or {}).get("type") == "home":
        await events.redraw_home(request.workspace, request.user)


def _option(choice: Choice) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": one_line(choice.text)[:75]}, "value": choice.value}
