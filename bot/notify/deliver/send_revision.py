"""To change a notice that was posted: whatever Slack shows of it, show what it says now.

Doing so twice does no harm, so a lost answer is simply asked for again. A notice that somebody deleted stays away.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog

from bot.messages import Notice
from bot.notify.deliver.sending import SendContext
from bot.notify.send_results import AnswerLost, RetryAfter, SendResult, Sent, Undeliverable
from bot.notify.withholding import WithheldUntil
from bot.store.rate_limiter import UPDATE, Bucket
from bot.store.store import Tx
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class RevisionSender:
    def __init__(self, context: SendContext) -> None:
        self._context = context

    async def send(self, notice: Notice, lease: Lease) -> None:
        """One attempt. Nothing happens where the notice is no longer ours."""
        if withheld := await self._decide_withholding(notice):
            await self._postpone(notice, withheld)
        elif notice.sent_ts:
            place, shown = notice.place, notice.message
            update = partial(self._context.poster.update, *place, notice.sent_ts, shown)
            if result := await self._context.send_within(notice, lease, update):
                await self._settle(notice, result)

    async def _decide_withholding(self, notice: Notice) -> WithheldUntil | Undeliverable | None:
        place, since = notice.place, notice.published_at
        return await self._context.withholding.decide(place, notice.project, since, anew=False)

    async def _postpone(self, notice: Notice, withheld: WithheldUntil | Undeliverable) -> None:
        if isinstance(withheld, Undeliverable):
            await self._settle(notice, withheld)
            return
        until = withheld.until
        await self._context.settle(notice, "later", lambda tx: tx.revisions.settle_retry(notice, until))

    async def _settle(self, notice: Notice, result: SendResult) -> None:
        word = self._context.count_result(result)
        await self._context.settle(notice, word, partial(self._write, notice, result))

    async def _write(self, notice: Notice, result: SendResult, tx: Tx) -> None:
        """As for a card: what another attempt showed meanwhile is shown once more."""
        now = self._context.clock.now()
        ours, later = True, now
        match result:
            case Sent():
                ours = await tx.revisions.settle_shown(notice)
            case RetryAfter(seconds):
                until, rates = now + timedelta(seconds=seconds), self._context.limits.rates
                await tx.revisions.settle_retry(notice, until)
                await tx.rate_limiter.block(UPDATE, Bucket(notice.workspace), rates.updates, until=until)
            case AnswerLost(seconds):
                later = now + timedelta(seconds=seconds)
                ours = await tx.revisions.settle_lost_answer(notice, later)
            case Undeliverable(reason):
                log.info("revision.gone", notice=notice.id, reason=reason)
                await tx.revisions.settle_undeliverable(notice, reason)
        if not ours:
            await tx.revisions.mark_dirty(notice.id, later)
