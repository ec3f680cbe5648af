"""A button acts at most once: the act is written down before CircleCI is asked, and again when it has answered.

A crash in between leaves it `started`: the next press is answered that the result is unknown, and repeats nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.actions import audit_trail, waiting_starts
from bot.blocks import error_blocks, kit, left_out, protected_blocks
from bot.command import Command, Context, Reply, Request, RequestSource
from bot.dispatch import request_log
from bot.dispatch.answered_starts import check_asker, check_begun
from bot.domain.audit_records import AuditResult
from bot.errors import BotError, Unavailable, Unconfirmed
from bot.language import _, say_kept
from bot.language.said import keep
from bot.messages import Message
from bot.permissions import Unapproved
from bot.rules.asked_demands import WHY
from bot.store.idempotency_keys import IdempotencyRecord, IdempotencyState

log = structlog.get_logger(__name__)

_RESULTS = {IdempotencyState.DONE: AuditResult.DONE, IdempotencyState.UNKNOWN: AuditResult.UNKNOWN}

Run = Callable[[], Awaitable[Reply]]


async def run_command(command: Command[Any], context: Context, args: Any) -> Reply:
    """Run it: at most once if it writes and is not merely drawing its form. A note says what could not be read."""
    request = context.request
    drawing = request.view_id is not None and request.source is not RequestSource.FORM
    try:
        if drawing:
            context.circleci.stop_changes()
        elif command.is_write(request, args):
            return await run_at_most_once(command, context, args, lambda: command.run(context, args))
        reply = await command.run(context, args)
    except Unconfirmed as asked:
        return _ask(asked, request)
    except Unapproved as waits:
        return await waiting_starts.hold(context, waits)
    return left_out.add_note(reply, context.circleci.left_out)


def _ask(asked: Unconfirmed, request: Request) -> Reply:
    """In the form that was handed in, or by a button."""
    if request.form and request.source is RequestSource.FORM:
        return Reply(view=protected_blocks.add_to_form(request.form, asked, request.fields.get(WHY, "")))
    return Reply(protected_blocks.render_question(asked, request))


async def run_at_most_once(command: Command[Any], context: Context, args: Any, run: Run) -> Reply:
    """Run the command unless it was begun before for this key.

    A refusal by CircleCI or by us frees the key. A bug or the end of the process does not: it may have happened.
    """
    await check_asker(context)
    each = f":{context.request.user}" if command.once_each else ""
    key = f"{context.request.workspace}:{context.request.key}{each}"
    if earlier := await _begin(key, command, context):
        return Reply(Message(_format_earlier(earlier)))
    try:
        reply = await run()
    except Unavailable as lost:
        if not lost.unknown:
            await _forget(key, context, lost)
            raise
        return await _end_unknown(key, command, context, args, lost)
    except (Unconfirmed, Unapproved):
        await _free(key, context)
        raise
    except BotError as error:
        await _forget(key, context, error)
        raise
    await _end(key, context, IdempotencyState.DONE, keep(reply.message.text) if reply.message else "")
    if reply.repeatable:
        await _free(key, context)
    return reply


async def _free(key: str, context: Context) -> None:
    async with context.store.begin() as tx:
        await tx.idempotency_keys.delete(key)


async def _begin(key: str, command: Command[Any], context: Context) -> IdempotencyRecord | None:
    request = context.request
    async with context.store.begin() as tx:
        now = context.clock.now()
        await check_begun(tx, context)
        return await tx.idempotency_keys.begin(key, request.workspace, request.user, act=command.name, now=now)


async def _end(key: str, context: Context, state: IdempotencyState, result: str) -> None:
    async with context.store.begin() as tx:
        await tx.idempotency_keys.end(key, state, result, now=context.clock.now())
        audit_trail.record_asked(context, tx, _RESULTS[state])


async def _forget(key: str, context: Context, error: BotError) -> None:
    async with context.store.begin() as tx:
        await tx.idempotency_keys.delete(key)
        audit_trail.record_asked(context, tx, AuditResult.FAILED, type(error).__name__)


async def _end_unknown(key: str, command: Command[Any], context: Context, args: Any, lost: Unavailable) -> Reply:
    found = _("Look at CircleCI before you repeat it.")
    if command.resolve_lost_answer:
        async with context.store.begin_read() as tx:
            begun = await tx.idempotency_keys.find(key)
        found = await command.resolve_lost_answer(context, args, begun.began_at if begun else context.clock.now())
    text = f":grey_question: {lost.message}\n{found}"
    await _end(key, context, IdempotencyState.UNKNOWN, keep(found))
    log.warning("act.unknown", **lost.list_log_fields())
    reference = error_blocks.format_reference(request_log.add_reference(lost))
    return Reply(Message(text, [kit.section(text), *kit.build_notes(reference)]))


def _format_earlier(act: IdempotencyRecord) -> str:
    if act.state is IdempotencyState.DONE:
        return _(
            ":white_check_mark: <@{user}> has done this already. {result}", user=act.user, result=say_kept(act.result)
        )
    if act.state is IdempotencyState.UNKNOWN:
        return _("<@{user}> did this before. {result}", user=act.user, result=say_kept(act.result))
    return _(
        ":hourglass_flowing_sand: <@{user}> has begun this already. If no answer comes, it is "
        "unknown whether it happened: look at CircleCI before you repeat it.",
        user=act.user,
    )
