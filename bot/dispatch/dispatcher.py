"""Parse, authorise, run, answer: every command goes this way, whether typed, pressed or submitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from bot.actions import resumption
from bot.actions.project_names import replace_project_ids
from bot.blocks import error_blocks, kit
from bot.circleci.links import Links
from bot.clock import Clock
from bot.command import Choice, Command, Context, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.dispatch import request_log, token_use
from bot.dispatch.access import RightsBuilder, authorise
from bot.dispatch.admission import Admission
from bot.dispatch.answered_starts import settle
from bot.dispatch.asking import Asking
from bot.dispatch.first_modal import build_first_modal, build_reading_modal, is_read_in_modal
from bot.dispatch.form_beneath import build_redraw
from bot.dispatch.form_errors import find_form_errors
from bot.dispatch.idempotency import run_command
from bot.dispatch.near_projects import add_near_projects
from bot.dispatch.near_words import add_meant_step, build_example
from bot.dispatch.next_steps import add_next_step
from bot.dispatch.parsed_call import ParsedCommand, add_branch_of_link, parse_request
from bot.dispatch.pasted_secrets import refuse_secrets, warn_of_old_token
from bot.dispatch.ports import PlaceDirectory, Responder
from bot.dispatch.reader_languages import ReaderLanguages
from bot.dispatch.refusals import record_refusal
from bot.dispatch.registry import Registry
from bot.dispatch.sharing import begin_sharing, check_shared_output, share
from bot.dispatch.stored_values import expand_long_values
from bot.dispatch.surroundings import Surroundings, read_surroundings
from bot.domain.audit_records import AuditTrail
from bot.domain.symptoms import Examine, find_nothing
from bot.errors import BotError, NotConnected, NotFound, OutdatedForm, Unauthorized
from bot.fair_queue import FairLimits, FairQueue
from bot.language.spoken import set_language, speaking
from bot.messages import Message
from bot.naming import NOBODY, naming
from bot.rules.hold_readers import ANYBODY, begin_reading
from bot.store.store import Store

log = structlog.get_logger(__name__)

MOST_FILE_REPLIES = FairLimits(all=3, workspace=2, person=1)
"""How many answers with files exist at once: each may take tens of megabytes."""


class Dispatcher:
    """Runs Requests."""

    def __init__(
        self,
        *,
        registry: Registry,
        store: Store,
        rights: RightsBuilder,
        responder: Responder,
        place_directory: PlaceDirectory,
        admission: Admission,
        clock: Clock,
        links: Links,
        wake: Callable[[], None],
        count: Callable[[str, str], None],
        public_url: str | None = None,
        examine: Examine = find_nothing,
    ) -> None:
        self._registry = registry
        self._store = store
        self._rights = rights
        self._responder = responder
        self._place_directory = place_directory
        self._admission = admission
        self._clock = clock
        self._links = links
        self._wake = wake
        self._count = count
        self._public_url = public_url
        self._examine = examine
        self._languages = ReaderLanguages(store=store, people=admission.people, clock=clock)
        self._file_replies = FairQueue(held=MOST_FILE_REPLIES)

    async def dispatch(self, request: Request) -> None:
        """Run one request to its end and show what came of it. Never raises."""
        with (
            request_log.begin_request(request),
            speaking(self._languages.find(request.workspace, request.user)),
            naming(NOBODY),
            begin_reading(ANYBODY),
        ):
            following: list[Request | None] = []
            try:
                async with AsyncExitStack() as held:
                    request, reply = await self._answer(request, held)
                    following.append(reply.resume)
                    await self._responder.show(request, reply)
                following.append(build_redraw(request, reply, self._registry))
            except Exception:
                log.exception("dispatch.failed")
        for one in filter(None, following):
            await self.dispatch(one)

    async def load_language(self, workspace: str, user: str) -> None:
        """Of somebody who may read a Home or a greeting before they ever asked for anything."""
        await self._languages.load(workspace, user)

    async def refuse_for_now(self, request: Request) -> None:
        """Tell somebody that they have asked for more than is done at once. Never raises."""
        try:
            with speaking(self._languages.find(request.workspace, request.user)):
                await self._responder.show(request, error_blocks.render_reply(error_blocks.build_busy_error(), request))
        except Exception:
            log.exception("busy.not_shown")

    def find_form_errors(self, request: Request) -> Mapping[str, str]:
        with speaking(self._languages.find(request.workspace, request.user)):
            return find_form_errors(request, self._registry)

    async def suggest(self, request: Request, action: str, typed: str) -> Sequence[Choice]:
        """Options for a typeahead; none when there is nothing to offer, or something is wrong. Never raises."""
        try:
            request = await expand_long_values(self._store, request, self._clock.now())
            call = self._parse(request)
            context = await self._build_context(call.command, request, changes=True, asking=Asking())
            with speaking(self._languages.find(request.workspace, request.user)):
                return await call.command.suggest(context, call.line, action, typed) if call.command.suggest else ()
        except BotError as error:
            log.info("suggest.failed", **error.list_log_fields())
        except Exception:
            log.exception("suggest.crashed")
        return ()

    async def _answer(self, request: Request, held: AsyncExitStack) -> tuple[Request, Reply]:
        """The reply, whatever happens, and the request, which may have a modal now; `held` until the reply is sent."""
        call: ParsedCommand | None = None
        outcome, refusal, asking = "done", None, Asking(trail=AuditTrail(request=request_log.get_reference()))
        try:
            try:
                async with self._store.begin_read() as tx:
                    asking.asker = await tx.askers.find(request.workspace, request.user, team=request.team)
                set_language(await self._languages.choose(request.workspace, request.user, asking.asker.wishes))
                request = await expand_long_values(self._store, request, self._clock.now())
                call = self._parse(request)
                asking.trail.add(what=call.about)
                if call.answer:
                    return request, Reply(Message(call.answer))
                request = await self._open_modal(call, call.replace_line(request))
                set_language(await self._languages.fetch(request.workspace, request.user))
                if (kind := await self._place_directory.find(request)) is not request.place_kind:
                    request = replace(request, place_kind=kind)
                reply = await self._run(call, request, held, asking=asking)
            except BotError as error:
                await record_refusal(self._store, request, call, error=error, trail=asking.trail, at=self._clock.now())
                if isinstance(error, NotConnected) and request.source is RequestSource.BUTTON:
                    request = await self._open_modal(self._build_call("connect"), request)
                outcome, refusal, reply = "refused", error, await self._render_error(error, call, request)
            await settle(self._store, request, refusal, self._clock)
        except Exception:
            log.exception("command.crashed")
            crash = error_blocks.build_crash_error(request_log.get_reference())
            outcome, reply = "crashed", error_blocks.render_reply(crash, request)
        name = call.command.name if call else "?"
        request_log.record_end(request, name, outcome, refusal)
        self._count(name, outcome)
        return request, reply

    def _parse(self, request: Request) -> ParsedCommand:
        refuse_secrets(request, self._links)
        return parse_request(request, self._registry)

    async def _open_modal(self, call: ParsedCommand, request: Request) -> Request:
        """With a modal open, where the line needs one. A resumed command was given one that it may not need."""
        view = await build_first_modal(call, request, self._store)
        if view is None and request.source is RequestSource.TYPED:
            return replace(request, view_id=None) if request.view_id else request
        if view is None and is_read_in_modal(call, request):
            view = build_reading_modal(call.command)
        if view is None or request.view_id or not request.trigger_id:
            return request
        opened = await self._responder.open_modal(request, view)
        return replace(request, view_id=opened, view_title=view.title)

    async def _run(
        self,
        call: ParsedCommand,
        request: Request,
        held: AsyncExitStack | None = None,
        *,
        asking: Asking | None = None,
    ) -> Reply:
        args = call.command.parse(add_branch_of_link(call, self._links.base_url))
        changes = call.command.is_change(args)
        context = await self._build_context(call.command, request, changes=changes, asking=asking or Asking())
        context.notes.extend(filter(None, [call.note]))
        if held and call.command.sends_file(args):
            await held.enter_async_context(self._file_replies.reserve(request.workspace, request.user))
        try:
            with begin_sharing(call):
                reply = share(await run_command(call.command, context, args), call, request)
                check_shared_output(reply, context)
        except Unauthorized:
            raise await token_use.expire(context) from None
        except BotError as error:
            told = await _explain(error, call, context)
            told.next_steps = (*dict.fromkeys(context.notes), *told.next_steps)
            raise told from None
        await token_use.record_use(context)
        return await replace_project_ids(context, _add_notes(reply, context.notes))

    async def _build_context(
        self, command: Command[Any], request: Request, *, changes: bool, asking: Asking
    ) -> Context:
        trail = asking.trail
        trail.act, trail.changes = command.name, changes
        await self._admission.admit(request)
        around = await self._read_around(command, request, asking)
        circleci, rights = await self._rights.build(
            command, request, around.account, around.rules, changes=changes, trail=trail
        )
        await authorise(command, rights)
        return Context(
            request=request,
            circleci=circleci,
            store=self._store,
            clock=self._clock,
            links=self._links,
            wake=self._wake,
            progress=partial(self._responder.show_progress, request),
            profile=partial(self._responder.find_profile, request),
            is_external=partial(self._place_directory.is_external, request.workspace),
            account=around.account,
            admin=rights.is_admin,
            rights=rights,
            acts=command.writes is True,
            commands=self._registry.rows,
            public_url=self._public_url,
            told=around.told,
            linked=around.linked,
            trail=trail,
            examine=self._examine,
        )

    async def _read_around(self, command: Command[Any], request: Request, asking: Asking) -> Surroundings:
        """Who asks was read as the request began: what is not answered at once has waited since, and reads it again."""
        if command.at_once and asking.asker:
            return Surroundings(asking.asker.account)
        async with self._store.begin_read() as tx:
            return await read_surroundings(tx, request, self._rights, self._links)

    async def _render_error(self, error: BotError, call: ParsedCommand | None, request: Request) -> Reply:
        error = request_log.add_reference(warn_of_old_token(error, request, self._links))
        if request.form:
            anew = await self._render_again(call, request) if call and isinstance(error, OutdatedForm) else None
            return error_blocks.render_reply(error, replace(request, form=anew or request.form))
        if call:
            example = build_example(error, call)
            error = add_next_step(add_meant_step(error, call), call.command, call.written, example=example)
        if isinstance(error, NotConnected):
            async with self._store.begin() as tx:
                await resumption.keep(tx, request, request.line, self._clock)
            if request.view_id:
                return await self._render_command("connect", request)
        return error_blocks.render_reply(error, request)

    async def _render_command(self, name: str, request: Request) -> Reply:
        drawn = replace(
            request, line=format_line(name), written=True, source=RequestSource.REDRAW, fields={}, chosen={}
        )
        return await self._run(self._build_call(name), drawn)

    def _build_call(self, name: str) -> ParsedCommand:
        return ParsedCommand(self._registry.get(name), ParsedLine())

    async def _render_again(self, call: ParsedCommand, request: Request) -> Modal | None:
        try:
            return (await self._run(call, replace(request, source=RequestSource.REDRAW))).view
        except BotError:
            return None


async def _explain(error: BotError, call: ParsedCommand, context: Context) -> BotError:
    if not isinstance(error, NotFound):
        return error
    return token_use.add_scope_hint(await add_near_projects(error, call, context), context)


def _add_notes(reply: Reply, notes: Sequence[str]) -> Reply:
    """At the end of the message, or of a picture's caption where there is no message."""
    if not notes:
        return reply
    if reply.message or reply.caption is None:
        return replace(reply, message=reply.message and kit.add_notes(reply.message, notes), seen=False)
    return replace(reply, caption=kit.add_notes(reply.caption, notes))
