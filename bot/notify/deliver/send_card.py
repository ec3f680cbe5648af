"""To send a card: draw it as it should be now, post or change its message, and settle what Slack answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.blocks.card_blocks import CardContext, render_card
from bot.domain import BAD
from bot.language.spoken import speaking
from bot.messages import Card, Looker, Message
from bot.naming import may_notify, naming, replace_mentions
from bot.notify.deliver.sending import FORGOTTEN, SUMMARISED, UNPINNED, SendContext, notify_owners
from bot.notify.send_results import AnswerLost, PostRequest, RetryAfter, SendResult, Sent, Undeliverable
from bot.notify.withholding import WithheldUntil
from bot.rules.hold_readers import ANYBODY, HoldReaders, begin_reading
from bot.rules.project_freeze import Freeze, choose_longest
from bot.store.lookers import build_git_ref
from bot.store.pipelines import FollowedPipeline
from bot.store.rate_limiter import POST, UPDATE, Bucket
from bot.store.store import Tx
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class CardSender:
    def __init__(self, context: SendContext) -> None:
        self._context = context

    @property
    def _gap(self) -> timedelta:
        """Between two changes."""
        return self._context.limits.card_gap

    async def send(self, card: Card, lease: Lease) -> None:
        """One attempt. Nothing happens where the card is no longer ours."""
        drawn = await self._render(card)
        if isinstance(drawn, Undeliverable):
            await self._give_up(card, drawn)
        elif isinstance(drawn, WithheldUntil):
            await self._postpone(card, drawn.until)
        elif card.ts:
            await self._update(card, card.ts, drawn, lease)
        else:
            await self._post(card, drawn, lease)

    async def _render(self, card: Card) -> Message | WithheldUntil | Undeliverable:
        async with self._context.store.begin_read() as tx:
            followed = await tx.pipelines.find(card.pipeline_id)
            entries = [
                entry
                for entry in await tx.audit.list_for_pipeline(card.pipeline_id)
                if entry.workspace == card.workspace
            ]
            lookers = await _list_lookers(tx, card, followed) if followed else []
            passed_since = await _find_pass_since(tx, followed) if followed else None
            language = await tx.languages.load_for_place(*card.place)
            people = await tx.people.load(card.workspace)
            readers = await _load_readers(tx, card, followed)
            if followed:
                snapshot = await tx.project_marks.hide_failures(followed.snapshot, followed.project, card.place)
            freezes = await tx.freezes.list_standing(card.workspace, self._context.clock.now())
        if followed is None:
            return Undeliverable(FORGOTTEN)
        if self._is_too_late(card, followed):
            return Undeliverable(SUMMARISED)
        place, since = card.place, card.wanted_at
        if withheld := await self._context.withholding.decide(place, followed.project, since, anew=card.ts is None):
            return withheld
        left = followed.finished_at is not None and any(
            not run.workflow.has_ended for run in snapshot.get_newest_runs()
        )
        over = followed.finished_at is not None and not left
        context = CardContext(
            followed.project,
            self._context.links,
            entries=entries,
            followed=not left,
            over=over,
            lookers=lookers,
            passed_since=passed_since,
            freeze=self._find_freeze(freezes, followed),
        )
        by_name = may_notify(card.channel, is_new=card.ts is None)
        with speaking(language), naming(people), begin_reading(readers), replace_mentions(by_name):
            return render_card(snapshot, context)

    def _find_freeze(self, freezes: Sequence[Freeze], followed: FollowedPipeline) -> Freeze | None:
        now = self._context.clock.now()
        return choose_longest(one for one in freezes if one.is_current(now) and one.covers(followed.project))

    def _is_too_late(self, card: Card, followed: FollowedPipeline) -> bool:
        """It was never posted and is over: the notices that wait for it become the channel's summary."""
        too_old = self._context.clock.now() - card.wanted_at > self._context.summarise_after
        return card.ts is None and followed.finished_at is not None and too_old

    async def _update(self, card: Card, ts: str, message: Message, lease: Lease) -> None:
        update = partial(self._context.poster.update, card.workspace, card.channel, ts, message)
        if result := await self._context.send_within(card, lease, update):
            await self._settle(card, result)

    async def _give_up(self, card: Card, why: Undeliverable) -> None:
        """An earlier attempt may have posted it: then it is there, and what was said below it is found, too."""
        may_stand = why.reason in {SUMMARISED, UNPINNED}
        if not (may_stand and await self._adopt_earlier(card, _build_post(card, Message("")))):
            await self._settle(card, why)

    async def _post(self, card: Card, message: Message, lease: Lease) -> None:
        post = _build_post(card, message)
        if not await self._adopt_earlier(card, post):
            await self._post_now(card, post, lease)

    async def _adopt_earlier(self, card: Card, post: PostRequest) -> bool:
        """False where it is not there."""
        earlier = await self._context.find_earlier_result(card, post)
        if isinstance(earlier, Sent):
            await self._adopt(card, earlier.ts)
        elif earlier:
            await self._settle(card, earlier)
        return earlier is not None

    async def _post_now(self, card: Card, post: PostRequest, lease: Lease) -> None:
        async with self._context.duplicates.serialize_posts(card.workspace):
            post_now = partial(self._context.poster.post, post)
            if result := await self._context.send_within(card, lease, post_now):
                await self._settle(card, result)

    async def _adopt(self, card: Card, ts: str) -> None:
        log.info("card.found", card=card.id)
        until = self._context.clock.now() + self._gap
        await self._context.settle(card, "sent", lambda tx: tx.cards.settle_already_posted(card, ts, until))

    async def _postpone(self, card: Card, until: datetime) -> None:
        """What an earlier attempt left in Slack, if there was one, is still to be found."""
        if card.unfinished_since:
            await self._context.settle(card, "lost", lambda tx: tx.cards.settle_lost_answer(card, until))
        else:
            await self._context.settle(card, "later", lambda tx: tx.cards.settle_retry(card, until))

    async def _settle(self, card: Card, result: SendResult) -> None:
        word = self._context.count_result(result)
        await self._context.settle(card, word, partial(self._write, card, result))

    async def _write(self, card: Card, result: SendResult, tx: Tx) -> None:
        """What another attempt showed meanwhile may have been overtaken by what we sent: it is shown once more."""
        now = self._context.clock.now()
        ours, later = True, now
        match result:
            case Sent(ts):
                ours = await tx.cards.settle_sent(card, card.ts or ts, now + self._gap)
            case RetryAfter(seconds):
                until = now + timedelta(seconds=seconds)
                await tx.cards.settle_retry(card, until)
                await self._apply_retry_after(tx, card, seconds)
            case AnswerLost(seconds):
                later = now + timedelta(seconds=seconds)
                ours = await tx.cards.settle_lost_answer(card, later)
            case Undeliverable(reason):
                log.info("card.gone", card=card.id, reason=reason)
                if await tx.cards.settle_undeliverable(card, reason, now):
                    await notify_owners(tx, card.workspace, card.channel, reason, asked_by=card.asked_by, now=now)
        if not ours:
            await tx.cards.mark_dirty(card.id, later)

    async def _apply_retry_after(self, tx: Tx, card: Card, seconds: float) -> None:
        """Slack limits posts by channel and changes by workspace."""
        until, rates = self._context.clock.now() + timedelta(seconds=seconds), self._context.limits.rates
        if card.ts:
            await tx.rate_limiter.block(UPDATE, Bucket(card.workspace), rates.updates, until=until)
        else:
            await tx.rate_limiter.block(POST, Bucket(*card.place), rates.posts, until=until)


def _build_post(card: Card, message: Message) -> PostRequest:
    return PostRequest(
        workspace=card.workspace,
        channel=card.channel,
        message=message,
        key=f"card:{card.pipeline_id}",
        attempt=card.attempt or "",
        unfinished_since=card.unfinished_since,
    )


async def _load_readers(tx: Tx, card: Card, followed: FollowedPipeline | None) -> HoldReaders:
    """Asked for only where something waits."""
    waits = followed is not None and bool(followed.snapshot.pending_holds)
    return await tx.hold_readers.load(*card.place) if waits else ANYBODY


async def _list_lookers(tx: Tx, card: Card, followed: FollowedPipeline) -> list[Looker]:
    """Who looks into it; nobody looks into what has not failed."""
    if followed.snapshot.status not in BAD:
        return []
    ref = build_git_ref(followed.branch, followed.tag)
    return await tx.lookers.list_for_pipeline(card.workspace, followed.project, ref, number=followed.number)


async def _find_pass_since(tx: Tx, followed: FollowedPipeline) -> int | None:
    """The pipeline with which everything that failed in this one passed on its branch again."""
    snapshot = followed.snapshot
    failed = [run.workflow for run in snapshot.get_newest_runs() if run.workflow.status in BAD]
    refused_at = snapshot.pipeline.created_at if snapshot.pipeline.errors else None
    ended_at = max((one.stopped_at for one in failed if one.stopped_at), default=refused_at)
    if ended_at is None:
        return None
    return await tx.outcomes.find_pass_since(
        followed.project,
        followed.branch,
        followed.tag,
        number=followed.number,
        workflows={one.name for one in failed},
        ended_at=ended_at,
    )
