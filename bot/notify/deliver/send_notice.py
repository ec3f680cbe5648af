"""To send a notice: as it was rendered, or, when it is too old for that, as one summary of all that waits with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.blocks.undelivered_blocks import Missed, summary
from bot.messages import Notice
from bot.notify.deliver import undeliverable
from bot.notify.deliver.idempotent_post import Post
from bot.notify.deliver.sending import Means
from bot.notify.send_results import MESSAGE_GONE, Gone, Lost, Result, RetryAfter, Sent
from bot.notify.withholding import Later
from bot.store.outbox import Folded
from bot.store.rate_limiter import POST
from bot.store.reminders import Reminder
from bot.store.store import Tx
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class NoticeSender:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, notice: Notice, lease: Lease) -> None:
        """One attempt. Nothing happens where the notice is no longer ours."""
        earlier = await self._means.attempts.earlier(_post(notice))
        if earlier:
            await self._settle(replace(notice, revision=0), earlier)
            return
        if notice.good_until and notice.good_until <= self._means.clock.now():
            await self._ask_anew(notice)
            return
        if withheld := await self._withheld(notice):
            await self._put_off(notice, withheld)
            return
        said = await self._summarised(notice)
        async with self._means.attempts.one_by_one(notice.workspace):
            if await lease.is_ours():
                self._means.reach("delivery.before_send")
                result = await self._means.attempts.post(_post(said))
                self._means.reach("delivery.after_send")
                await self._settle(said, result)

    async def _withheld(self, notice: Notice) -> Later | Gone | None:
        place, since = (notice.workspace, notice.channel), notice.published_at
        return await self._means.discretion.withholds(place, notice.project, since, anew=True)

    async def _put_off(self, notice: Notice, withheld: Later | Gone) -> None:
        if isinstance(withheld, Gone):
            await self._settle(notice, withheld)
            return
        async with self._means.store.begin() as tx:
            await tx.outbox.put_off(notice, withheld.until)

    async def _ask_anew(self, notice: Notice) -> None:
        """It was true when it was written, and may be so no more: the pipeline is read again before it is said."""
        now = self._means.clock.now()
        async with self._means.store.begin() as tx:
            followed = await tx.pipelines.get(notice.about.pipeline_id) if notice.about else None
            if await tx.outbox.settle_gone(notice, undeliverable.STALE, now) and followed and notice.about:
                for hold in notice.about.holds:
                    await tx.reminders.add(Reminder(hold, followed.id, notice.workspace, notice.channel, now))
                await tx.pipelines.look_by(followed.id, now)
                await tx.watches.hurry(followed.project, now)

    async def _summarised(self, notice: Notice) -> Notice:
        """Itself while it is young, or has nobody to speak for."""
        now = self._means.clock.now()
        if now - notice.published_at < self._means.summarise_after:
            return notice
        async with self._means.store.begin() as tx:
            folded = await tx.outbox.fold(notice, now - self._means.summarise_after, now)
            await tx.cards.lose_unposted(notice.id, undeliverable.SUMMARISED, now)
        return _speaking_for(notice, folded) if folded else notice

    async def _settle(self, notice: Notice, result: Result) -> None:
        self._means.counted(result)
        now = self._means.clock.now()
        async with self._means.store.begin() as tx:
            match result:
                case Sent(ts):
                    await tx.outbox.settle_sent(notice, ts, now)
                case RetryAfter(seconds):
                    until = now + timedelta(seconds=seconds)
                    await tx.outbox.settle_retry(notice, until)
                    place = (notice.workspace, notice.channel)
                    await tx.turns.hold(POST, place, self._means.tempo.pace.posts, until)
                case Lost(seconds):
                    await tx.outbox.settle_lost(notice, now + timedelta(seconds=seconds))
                case Gone(reason):
                    await self._settle_gone(tx, notice, reason, now)
        self._means.reach("delivery.after_settle")

    async def _settle_gone(self, tx: Tx, notice: Notice, reason: str, now: datetime) -> None:
        """Where only the card is gone that it replies to, it stands by itself the next time."""
        log.info("notice.gone", notice=notice.id, reason=reason)
        card = await tx.cards.get(notice.card_id) if notice.card_id else None
        if card and notice.thread_ts and reason in MESSAGE_GONE:
            await tx.cards.lose(card.id, reason, now)
            await tx.outbox.settle_retry(notice, now)
        elif await tx.outbox.settle_gone(notice, reason, now):
            asked_by = card.asked_by if card else None
            await undeliverable.tell(tx, notice.workspace, notice.channel, reason, asked_by=asked_by, now=now)


def _post(notice: Notice) -> Post:
    return Post(
        workspace=notice.workspace,
        channel=notice.channel,
        message=notice.message,
        key=notice.key,
        attempt=notice.attempt or "",
        unfinished_since=notice.unfinished_since,
        thread_ts=notice.thread_ts,
        broadcast=notice.broadcast and notice.thread_ts is not None,
    )


def _speaking_for(notice: Notice, folded: Folded) -> Notice:
    newest = [text.partition("\n")[0] for text in folded.newest]
    message = summary(Missed(folded.count, folded.since, folded.until, newest))
    return replace(notice, message=message, card_id=None, thread_ts=None, broadcast=False)
