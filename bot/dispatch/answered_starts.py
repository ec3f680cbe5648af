"""What became of a start that others approved: said where it waited, whatever it was."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import waiting_starts
from bot.clock import Clock
from bot.command import Request
from bot.errors import BotError
from bot.language import _
from bot.language.said import keep
from bot.rules.asked_demands import APPROVED
from bot.rules.start_request import StartRequest, StartState
from bot.store.idempotency_keys import IdempotencyRecord, IdempotencyState
from bot.store.store import Store


async def settle(store: Store, request: Request, refusal: BotError | None, clock: Clock) -> None:
    """Nothing for any other request."""
    if not request.chosen.get(APPROVED):
        return
    async with store.begin() as tx:
        start = await tx.start_requests.find(request.workspace, request.key.partition(":")[2])
        began = await tx.idempotency_keys.find(f"{request.workspace}:{request.key}")
        if start:
            await waiting_starts.end(tx, _end(start, began, refusal), clock.now())


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
