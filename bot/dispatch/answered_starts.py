"""What became of a start that others approved: said where it waited, whatever it was, also by whom a crash left it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions import waiting_starts
from bot.blocks import start_request_blocks
from bot.clock import Clock
from bot.command import Context, Request
from bot.errors import BotError, TargetError
from bot.language import _
from bot.language.said import keep
from bot.rules.asked_demands import APPROVED
from bot.rules.start_request import StartRequest, StartState
from bot.rules.voting import ApprovalState
from bot.store.idempotency_keys import IdempotencyRecord, IdempotencyState
from bot.store.store import Store, Tx

Dispatch = Callable[[Request], Awaitable[None]]

_TAKEN_UP_FOR = timedelta(minutes=5)
_LOST_AFTER = timedelta(minutes=10)
"""No start that still runs takes that long."""


async def settle(store: Store, request: Request, refusal: BotError | None, clock: Clock) -> None:
    """Nothing for any other request."""
    if not request.chosen.get(APPROVED):
        return
    async with store.begin() as tx:
        start, began = await _find(tx, request), await _find_began(tx, request)
        if start and not _is_under_way(began):
            await waiting_starts.end(tx, _end(start, began, refusal), clock.now(), begun=True)


async def take_up(store: Store, dispatch: Dispatch, clock: Clock, start: StartRequest) -> None:
    """What was approved and said nothing since: asked again where CircleCI was not asked, else it ends as it is known.

    After a while it waits once more instead: its branch may have another commit by then.
    """
    async with store.begin() as tx:
        run = await _take_up(tx, start, clock.now())
    if run:
        await dispatch(run)


async def _take_up(tx: Tx, start: StartRequest, now: datetime) -> Request | None:
    approval = await tx.approvals.find(start.workspace, start.subject)
    if approval is None or approval.is_taken(now):
        return None
    run = waiting_starts.build_run(start, approval)
    if began := await _find_began(tx, run):
        if not _is_under_way(began) or now - began.began_at > _LOST_AFTER:
            await waiting_starts.end(tx, _end(start, began, None), now, begun=True)
        return None
    if approval.called_at is None or now - approval.called_at > _TAKEN_UP_FOR:
        await waiting_starts.release(tx, start, approval)
        return None
    await tx.approvals.set_state(approval, ApprovalState.CALLING, approval.caller, now=now)
    return run


async def check_asker(context: Context) -> None:
    """Raises TargetError for a start that others approved where whoever asked has left: no event need have told us."""
    if context.request.chosen.get(APPROVED) and (await context.profile()).has_left:
        raise TargetError(_("Whoever asked for it has left Slack: ask for it again."))


async def check_begun(tx: Tx, context: Context) -> None:
    """Raises TargetError for a start that others approved where it has ended meanwhile, or runs as somebody else."""
    request = context.request
    if not request.chosen.get(APPROVED):
        return
    start = await _find(tx, request)
    if start is None or start.state is not StartState.STARTING:
        raise TargetError(start_request_blocks.format_end(start) if start else _("I know no such request any more."))
    if start.circleci_id and context.account and context.account.circleci_id != start.circleci_id:
        raise TargetError(_("Whoever asked for it is somebody else at CircleCI by now: ask for it again."))


async def _find(tx: Tx, run: Request) -> StartRequest | None:
    return await tx.start_requests.find(run.workspace, run.key.partition(":")[2])


async def _find_began(tx: Tx, run: Request) -> IdempotencyRecord | None:
    return await tx.idempotency_keys.find(f"{run.workspace}:{run.key}")


def _is_under_way(began: IdempotencyRecord | None) -> bool:
    """By another press, or by a process that ended: it says itself what comes of it, or take_up() does."""
    return began is not None and began.state is IdempotencyState.STARTED


def _end(start: StartRequest, began: IdempotencyRecord | None, refusal: BotError | None) -> StartRequest:
    if refusal:
        return replace(start, state=StartState.REFUSED, why=keep(refusal.message))
    if began is None:
        more = _("The policy asks for more by now: ask for it again.")
        return replace(start, state=StartState.REFUSED, why=keep(more))
    if began.state is IdempotencyState.DONE:
        return replace(start, state=StartState.STARTED)
    lost = _("CircleCI's answer was lost: look there whether it started.")
    return replace(start, state=StartState.REFUSED, why=keep(lost))
