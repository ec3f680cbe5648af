"""To send a card: draw it as it should be now, post or change its message, and settle what Slack answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.blocks.card_blocks import card as draw
from bot.circleci.snapshot import Snapshot
from bot.messages import Card, Message
from bot.notify.deliver import undeliverable
from bot.notify.deliver.idempotent_post import Post
from bot.notify.deliver.sending import Means
from bot.notify.send_results import Gone, Lost, Result, RetryAfter, Sent
from bot.notify.withholding import Later
from bot.store.audit import Deed
from bot.store.pipelines import Followed
from bot.store.rate_limiter import POST, UPDATE
from bot.store.store import Tx
from bot.workers.lease import Lease

log = structlog.get_logger(__name__)


class CardSender:
    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, card: Card, lease: Lease) -> None:
        """One attempt. Nothing happens where the card is no longer ours."""
        drawn = await self._drawn(card)
        if isinstance(drawn, Gone):
            await self._settle(card, drawn)
        elif isinstance(drawn, Later):
            await self._put_off(card, drawn.until)
        elif card.ts:
            await self._change(card, card.ts, drawn, lease)
        else:
            await self._post(card, drawn, lease)

    async def _drawn(self, card: Card) -> Message | Later | Gone:
        async with self._means.store.read() as tx:
            followed = await tx.pipelines.get(card.pipeline_id)
            deeds = [deed for deed in await tx.deeds.of(card.pipeline_id) if deed.workspace == card.workspace]
            called = None if card.ts else await _called(tx, deeds)
        if followed is None:
            return Gone(undeliverable.FORGOTTEN)
        if self._is_too_late(card, followed):
            return Gone(undeliverable.SUMMARISED)
        place, since = (card.workspace, card.channel), card.wanted_at
        if withheld := await self._means.discretion.withholds(place, followed.project, since, anew=card.ts is None):
            return withheld
        snapshot = Snapshot.model_validate_json(followed.snapshot)
        left = followed.finished_at is not None and any(not run.workflow.ended for run in snapshot.newest())
        return draw(
            snapshot,
            project=followed.project,
            deeds=deeds,
            links=self._means.links,
            followed=not left,
            called=called,
        )

    def _is_too_late(self, card: Card, followed: Followed) -> bool:
        """It was never posted and is over: the notices that wait for it become the channel's summary."""
        too_old = self._means.clock.now() - card.wanted_at > self._means.summarise_after
        return card.ts is None and followed.finished_at is not None and too_old

    async def _change(self, card: Card, ts: str, message: Message, lease: Lease) -> None:
        if await lease.is_ours():
            self._means.reach("delivery.before_send")
            result = await self._means.poster.update(card.workspace, card.channel, ts, message)
            self._means.reach("delivery.after_send")
            await self._settle(card, result)

    async def _post(self, card: Card, message: Message, lease: Lease) -> None:
        post = Post(
            workspace=card.workspace,
            channel=card.channel,
            message=message,
            key=f"card:{card.id}",
            attempt=card.attempt or "",
            unfinished_since=card.unfinished_since,
        )
        earlier = await self._means.attempts.earlier(post)
        if isinstance(earlier, Sent):
            await self._adopt(card, earlier.ts)
        elif earlier:
            await self._settle(card, earlier)
        else:
            await self._post_now(card, post, lease)

    async def _post_now(self, card: Card, post: Post, lease: Lease) -> None:
        async with self._means.attempts.one_by_one(card.workspace):
            if await lease.is_ours():
                self._means.reach("delivery.before_send")
                result = await self._means.attempts.post(post)
                self._means.reach("delivery.after_send")
                await self._settle(card, result)

    async def _adopt(self, card: Card, ts: str) -> None:
        log.info("card.found", card=card.id)
        async with self._means.store.begin() as tx:
            await tx.cards.settle_found(card, ts, self._means.clock.now() + self._means.tempo.card_gap)

    async def _put_off(self, card: Card, until: datetime) -> None:
        """What an earlier attempt left in Slack, if there was one, is still to be found."""
        async with self._means.store.begin() as tx:
            settle = tx.cards.settle_lost if card.unfinished_since else tx.cards.settle_retry
            await settle(card, until)

    async def _settle(self, card: Card, result: Result) -> None:
        self._means.counted(result)
        now = self._means.clock.now()
        async with self._means.store.begin() as tx:
            match result:
                case Sent(ts):
                    ours = await tx.cards.settle_sent(card, card.ts or ts, now + self._means.tempo.card_gap)
                    if not ours:
                        await tx.cards.redraw(card.id)
                case RetryAfter(seconds):
                    until = now + timedelta(seconds=seconds)
                    await tx.cards.settle_retry(card, until)
                    await self._hold(tx, card, seconds)
                case Lost(seconds):
                    await tx.cards.settle_lost(card, now + timedelta(seconds=seconds))
                case Gone(reason):
                    log.info("card.gone", card=card.id, reason=reason)
                    if await tx.cards.settle_gone(card, reason, now):
                        await undeliverable.tell(
                            tx, card.workspace, card.channel, reason, asked_by=card.asked_by, now=now
                        )
        self._means.reach("delivery.after_settle")

    async def _hold(self, tx: Tx, card: Card, seconds: float) -> None:
        """Slack limits posts by channel and changes by workspace."""
        until, pace = self._means.clock.now() + timedelta(seconds=seconds), self._means.tempo.pace
        if card.ts:
            await tx.turns.hold(UPDATE, (card.workspace, ""), pace.updates, until)
        else:
            await tx.turns.hold(POST, (card.workspace, card.channel), pace.posts, until)


async def _called(tx: Tx, deeds: Sequence[Deed]) -> dict[str, str]:
    """What people are called at CircleCI, by their user at Slack."""
    accounts = await tx.accounts.of({(deed.workspace, deed.user): None for deed in deeds}, state=None)
    return {account.user: account.name or account.login for account in accounts}
