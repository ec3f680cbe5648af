"""To change a notice that was posted: whatever Slack shows of it, show what it says now.

Doing so twice does no harm, so a lost answer is simply asked for again. A notice that somebody deleted stays away.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.messages import Notice
from bot.notify.deliver.sending import Means
from bot.notify.send_results import Gone, Lost, Result, RetryAfter, Sent
from bot.notify.withholding import Later
from bot.store.rate_limiter import UPDATE
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class RevisionSender:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, notice: Notice, lease: Lease) -> None:
        """One attempt. Nothing happens where the notice is no longer ours."""
        if withheld := await self._withheld(notice):
            await self._put_off(notice, withheld)
        elif notice.sent_ts and await lease.is_ours():
            self._means.reach("delivery.before_send")
            result = await self._means.poster.update(notice.workspace, notice.channel, notice.sent_ts, notice.message)
            self._means.reach("delivery.after_send")
            await self._settle(notice, result)

    async def _withheld(self, notice: Notice) -> Later | Gone | None:
        place, since = (notice.workspace, notice.channel), notice.published_at
        return await self._means.discretion.withholds(place, notice.project, since, anew=False)

    async def _put_off(self, notice: Notice, withheld: Later | Gone) -> None:
        if isinstance(withheld, Gone):
            await self._settle(notice, withheld)
            return
        async with self._means.store.begin() as tx:
            await tx.revisions.settle_retry(notice, withheld.until)

    async def _settle(self, notice: Notice, result: Result) -> None:
        self._means.counted(result)
        now = self._means.clock.now()
        async with self._means.store.begin() as tx:
            match result:
                case Sent():
                    await tx.revisions.settle_shown(notice)
                case RetryAfter(seconds):
                    until = now + timedelta(seconds=seconds)
                    await tx.revisions.settle_retry(notice, until)
                    await tx.turns.hold(UPDATE, (notice.workspace, ""), self._means.tempo.pace.updates, until)
                case Lost(seconds):
                    await tx.revisions.settle_lost(notice, now + timedelta(seconds=seconds))
                case Gone(reason):
                    log.info("revision.gone", notice=notice.id, reason=reason)
                    await tx.revisions.settle_gone(notice, reason)
        self._means.reach("delivery.after_settle")
