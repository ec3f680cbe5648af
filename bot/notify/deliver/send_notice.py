"""To send a notice: as it was rendered, or, when it is too old for that, as one summary of all that waits with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.blocks.undelivered_blocks import MissedMessages, render_missed
from bot.messages import Message, Notice
from bot.notify.deliver.sending import STALE, SUMMARISED, SendContext, notify_owners
from bot.notify.send_results import MESSAGE_GONE, AnswerLost, PostRequest, RetryAfter, SendResult, Sent, Undeliverable
from bot.notify.withholding import WithheldUntil
from bot.store.outbox import LOOKED_UP_WITHIN, FoldedNotices
from bot.store.rate_limiter import POST, Bucket
from bot.store.reminders import Reminder
from bot.store.store import Tx
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class NoticeSender:
    def __init__(self, context: SendContext) -> None:
        self._context = context

    async def send(self, notice: Notice, lease: Lease) -> None:
        """One attempt. Nothing happens where the notice is no longer ours."""
        earlier = await self._context.find_earlier_result(notice, _build_post(notice))
        if earlier:
            await self._settle(replace(notice, revision=0), earlier)
            return
        if notice.good_until and notice.good_until <= self._context.clock.now():
            await self._context.settle(notice, "gone", partial(self._requeue_reminders, notice))
            return
        if withheld := await self._decide_withholding(notice):
            await self._postpone(notice, withheld)
            return
        summary = await self._summarise(notice)
        if summary is None:
            return
        async with self._context.duplicates.serialize_posts(notice.workspace):
            post = partial(self._context.poster.post, _build_post(summary))
            if result := await self._context.send_within(summary, lease, post):
                await self._settle(summary, result)

    async def _decide_withholding(self, notice: Notice) -> WithheldUntil | Undeliverable | None:
        place, since = notice.place, notice.published_at
        return await self._context.withholding.decide(place, notice.project, since, anew=True)

    async def _postpone(self, notice: Notice, withheld: WithheldUntil | Undeliverable) -> None:
        if isinstance(withheld, Undeliverable):
            await self._settle(notice, withheld)
            return
        until = withheld.until
        await self._context.settle(notice, "later", lambda tx: tx.outbox.postpone(notice, until))

    async def _requeue_reminders(self, notice: Notice, tx: Tx) -> None:
        """What it says may no longer be true: the pipeline is read again before it is posted."""
        now = self._context.clock.now()
        followed = await tx.pipelines.find(notice.about.pipeline_id) if notice.about else None
        if await tx.outbox.settle_undeliverable(notice, STALE, now) and followed and notice.about:
            for hold in notice.about.holds:
                await tx.reminders.insert(Reminder(hold, followed.id, notice.workspace, notice.channel, now))
            await tx.pipelines.make_due_by(followed.id, now)
            await tx.polled_projects.make_due(followed.project, now)

    async def _summarise(self, notice: Notice) -> Notice | None:
        """The notice itself while it is young, or where it is the only one that waits.

        None while others, which one summary would tell with it, have still to be looked up in Slack.
        """
        now = self._context.clock.now()
        if now - notice.published_at < self._context.summarise_after:
            return notice
        before = now - self._context.summarise_after
        async with self._context.store.begin() as tx:
            if await tx.replays.has_doubtful(notice, before, now):
                self._context.record_step("settle", notice, "later")
                await tx.outbox.postpone(notice, now + LOOKED_UP_WITHIN)
                return None
            folded = await tx.outbox.fold(notice, before, now)
            await tx.cards.mark_unposted_undeliverable(notice.id, SUMMARISED, now)
            if folded is None:
                return notice
            message = await tx.languages.draw(*notice.place, partial(_render_summary, folded))
        return replace(notice, message=message, card_id=None, thread_ts=None, broadcast=False, details=None)

    async def _settle(self, notice: Notice, result: SendResult) -> None:
        word = self._context.count_result(result)
        await self._context.settle(notice, word, partial(self._write, notice, result))

    async def _write(self, notice: Notice, result: SendResult, tx: Tx) -> None:
        now = self._context.clock.now()
        match result:
            case Sent(ts):
                if await tx.outbox.settle_sent(notice, ts, now):
                    self._context.record_delay(notice, now)
            case RetryAfter(seconds):
                until = now + timedelta(seconds=seconds)
                await tx.outbox.settle_retry(notice, until)
                await tx.rate_limiter.block(POST, Bucket(*notice.place), self._context.limits.rates.posts, until=until)
            case AnswerLost(seconds):
                await tx.outbox.settle_lost_answer(notice, now + timedelta(seconds=seconds))
            case Undeliverable(reason):
                await self._settle_undeliverable(tx, notice, reason, now)

    async def _settle_undeliverable(self, tx: Tx, notice: Notice, reason: str, now: datetime) -> None:
        """Where only the card that it replies to is gone, it is posted in the channel the next time."""
        log.info("notice.gone", notice=notice.id, reason=reason)
        card = await tx.cards.find_by_id(notice.card_id) if notice.card_id else None
        if card and notice.thread_ts and reason in MESSAGE_GONE:
            await tx.cards.mark_undeliverable(card.id, reason, now)
            await tx.outbox.settle_retry(notice, now)
        elif await tx.outbox.settle_undeliverable(notice, reason, now):
            asked_by = card.asked_by if card else await _find_author(tx, notice)
            await notify_owners(tx, notice.workspace, notice.channel, reason, asked_by=asked_by, now=now)


async def _find_author(tx: Tx, notice: Notice) -> str | None:
    """Whose change it tells: they have read nothing else of it."""
    changes = await tx.undoable_changes.list_open(*notice.place)
    return next((one.user for one in changes if notice.key in one.notices), None)


def _build_post(notice: Notice) -> PostRequest:
    return PostRequest(
        workspace=notice.workspace,
        channel=notice.channel,
        message=_build_message(notice),
        key=notice.key,
        attempt=notice.attempt or "",
        unfinished_since=notice.unfinished_since,
        thread_ts=notice.thread_ts,
        broadcast=notice.broadcast and notice.thread_ts is not None,
    )


def _build_message(notice: Notice) -> Message:
    """A line that no card stands above, since that is gone, names its pipeline: its text does."""
    is_line = notice.broadcast and notice.details is not None
    return Message(notice.message.text) if is_line and notice.thread_ts is None else notice.message


def _render_summary(folded: FoldedNotices) -> Message:
    newest = [text.partition("\n")[0] for text in folded.newest]
    return render_missed(MissedMessages(folded.count, folded.since, folded.until, newest))
