"""One catch-all listener per kind of payload: read it, hand it to our own tasks, acknowledge, return.

`process_before_response` makes Bolt's answer wait for the listener instead of polling for it, so a listener does
nothing slow. Two wait a moment for what comes of it: a form that is handed in (form_acks.py), and a command that is
answered at once (command_acks.py). That one and a press never reach Bolt (bolt_app.py). Bolt's argument injection stops
here: a misspelt name would arrive as None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from bot.command import Choice, Request
from bot.dispatch.dispatcher import Dispatcher
from bot.slack import payload_parsing
from bot.slack.bolt_app import Body, SlackApp
from bot.slack.command_acks import Acks, Answer, CommandAcks
from bot.slack.events import EventHandler
from bot.slack.form_acks import FormAcks, WaitingForm
from bot.slack.intake import RequestIntake
from bot.slack.payload_workspace import parse_workspaces
from bot.slack.responder import render_working_modal
from bot.slack.value_shortener import ValueShortener
from bot.store.long_values import ValueAudience
from bot.untrusted.invisible_marks import to_one_line
from bot.workers.loop import BackgroundTasks

log = structlog.get_logger(__name__)

_ANY = re.compile("")


def register(
    app: SlackApp,
    *,
    dispatcher: Dispatcher,
    events: EventHandler,
    tasks: BackgroundTasks,
    shorten: ValueShortener,
    acks: Acks,
) -> None:
    """Route everything that Slack sends to dispatch, and answer Slack at once."""
    intake = RequestIntake(tasks=tasks, busy=dispatcher.refuse_for_now)
    _register_requests(app, dispatcher, events, intake=intake, acks=acks.commands)
    _register_views(app, dispatcher, events, intake=intake, acks=acks.forms)

    @app.options(_ANY)
    async def options(ack: AsyncAck, body: Body) -> None:
        request = payload_parsing.parse_suggestion(body)
        found = await dispatcher.suggest(request, body["action_id"], body.get("value", ""))
        place = ValueAudience(request.workspace, request.channel, request.user)
        await ack(options=[_build_option(choice) for choice in await shorten.shorten_choices(found[:100], place)])

    @app.event(_ANY)
    async def event(body: Body) -> None:
        _submit_event(events, intake, tasks, body=body)


def _register_requests(
    app: SlackApp,
    dispatcher: Dispatcher,
    events: EventHandler,
    *,
    intake: RequestIntake,
    acks: CommandAcks,
) -> None:
    def start(request: Request) -> None:
        intake.submit(request.workspace, request.user, partial(_handle, dispatcher, events, request), request)

    app.answer_at_once = partial(_answer_at_once, start, acks)

    @app.command(_ANY)
    async def command(ack: AsyncAck, body: Body) -> None:
        start(payload_parsing.parse_slash_command(body))
        await ack()

    @app.action(_ANY)
    async def action(ack: AsyncAck, body: Body) -> None:
        if request := payload_parsing.parse_action(body):
            start(request)
        await ack()

    @app.shortcut(_ANY)
    async def shortcut(ack: AsyncAck, body: Body) -> None:
        start(payload_parsing.parse_shortcut(body))
        await ack()


async def _answer_at_once(start: Callable[[Request], None], acks: CommandAcks, body: Body) -> Answer | str | None:
    """A press, or a command whose answer is its acknowledgement. Who is not installed is told so by Bolt."""
    is_press = body.get("type") == "block_actions"
    if not (is_press or (body.get("response_url") and "command" in body and acks.is_at_once(body.get("text", "")))):
        return None
    request = payload_parsing.parse_action(body) if is_press else payload_parsing.parse_slash_command(body)
    if request is None:
        return ""
    if not await acks.is_installed(request.workspace):
        return None
    if not is_press:
        return await acks.wait_for_answer(partial(start, request)) or ""
    start(request)
    return ""


def _register_views(
    app: SlackApp, dispatcher: Dispatcher, events: EventHandler, *, intake: RequestIntake, acks: FormAcks
) -> None:
    @app.view(_ANY)
    async def view(ack: AsyncAck, body: Body) -> None:
        request = payload_parsing.parse_submission(body)
        if wrong := dispatcher.find_form_errors(request):
            await ack(response_action="errors", errors=_build_errors(wrong))
            return
        with acks.hold_open(body["view"]["id"]) as form:
            work = partial(_handle_form, dispatcher, events, request, form)
            intake.submit(request.workspace, request.user, work, request)
            errors = await form.wait()
            if errors is None:
                await ack(response_action="update", view=render_working_modal(body["view"]))
            elif errors:
                await ack(response_action="errors", errors=_build_errors(errors))
            elif form.clears:
                await ack(response_action="clear")
            else:
                await ack()

    @app.view_closed(_ANY)
    async def view_closed(ack: AsyncAck) -> None:
        await ack()


def _submit_event(events: EventHandler, intake: RequestIntake, tasks: BackgroundTasks, *, body: Body) -> None:
    """What nobody did (an uninstall) waits for nobody."""
    person = body["event"].get("user")
    if isinstance(person, str):
        said = payload_parsing.parse_message(body) if events.is_request(body) else None
        intake.submit(parse_workspaces(body)["workspace"], person, partial(events.handle, body), said)
    else:
        tasks.start(events.handle(body))


async def _handle(dispatcher: Dispatcher, events: EventHandler, request: Request) -> None:
    """What is pressed or handed in may change what the person's Home shows, and one from there is answered there."""
    await dispatcher.dispatch(request)
    if request.in_home:
        await events.redraw_home(request.workspace, request.user)
    else:
        events.mark_home_due(request.workspace, request.user)


async def _handle_form(dispatcher: Dispatcher, events: EventHandler, request: Request, form: WaitingForm) -> None:
    """What is answered elsewhere needs no form any more."""
    await _handle(dispatcher, events, request)
    form.decide({})


def _build_errors(errors: Mapping[str, str]) -> dict[str, str]:
    """Slack shows them as plain text."""
    return {block_id: to_one_line(said).replace("`", "") for block_id, said in errors.items()}


def _build_option(choice: Choice) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": to_one_line(choice.text)[:75]}, "value": choice.value}
