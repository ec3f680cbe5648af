"""Digests: what was queued for a channel is posted in one message when it is due.

Taking what is due and writing the message are one transaction: nothing is lost, and nothing posted twice.
What may not be posted yet after all (somebody muted the channel meanwhile, its hours changed, or nobody there sees its
project now) waits on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256

from bot.blocks import digest_blocks
from bot.circleci.links import Links
from bot.clock import Clock
from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.notify.publish.channel_notices import load_channel_settings
from bot.notify.send_results import Undeliverable
from bot.notify.withholding import LOST_AFTER, WithheldUntil, WithholdingPolicy
from bot.rules.muting import QueuedOutcome
from bot.rules.placement import ChannelSettings, Deferral, find_deferral
from bot.store.store import Store, Tx

_LOOKS_EVERY_S = 10.0
"""A change of mutes or hours is noticed within this time."""


class DigestPublisher:
    def __init__(
        self,
        *,
        store: Store,
        withholding: WithholdingPolicy,
        links: Links,
        clock: Clock,
        wake: Callable[[], None],
        hit_failpoint: Callable[[str], None],
    ) -> None:
        self._store = store
        self._withholding = withholding
        self._links = links
        self._clock = clock
        self._wake = wake
        self._hit_failpoint = hit_failpoint

    async def tick(self) -> float:
        """Post every digest that is due. Returns how many seconds to sleep.

        A digest that fails holds no other up; its error is raised when the others are posted.
        """
        async with self._store.begin_read() as tx:
            places = await tx.digest_queue.list_due(self._clock.now())
        failures = [error for place in places if (error := await self._publish_safely(*place))]
        if failures:
            raise failures[0]
        async with self._store.begin_read() as tx:
            next_at = await tx.digest_queue.find_next_due_at()
        left_s = (next_at - self._clock.now()).total_seconds() if next_at else _LOOKS_EVERY_S
        return min(max(left_s, 0.05), _LOOKS_EVERY_S)

    async def _publish_safely(self, workspace: str, channel: str) -> Exception | None:
        try:
            await self._publish(workspace, channel)
        except Exception as error:  # noqa: BLE001 -- tick raises it
            return error
        return None

    async def _publish(self, workspace: str, channel: str) -> None:
        now = self._clock.now()
        found = await self._decide_withholding(workspace, channel, now)
        withheld = {project: why for project, why in found.items() if why}
        async with self._store.begin() as tx:
            keys = await tx.digest_queue.lock_due(workspace, channel, found, now=now)
            key = _build_key(keys, workspace, channel)
            taken = await tx.digest_queue.take(workspace, channel, key, keys=keys)
            known = await load_channel_settings(tx, workspace, channel, now)
            later = [(one, hold) for one in taken if (hold := _defer_again(one, known, withheld, now))]
            await tx.digest_queue.postpone(later)
            waiting = {one.outcome.key for one, _ in later}
            due = [one for one in taken if one.outcome.key not in waiting and one.outcome.project not in withheld]
            await self._insert_notice(tx, key, due, now)
            self._hit_failpoint("digest.before_commit")
        self._hit_failpoint("digest.after_commit")
        self._wake()

    async def _decide_withholding(
        self, workspace: str, channel: str, now: datetime
    ) -> dict[ProjectSlug, WithheldUntil | Undeliverable | None]:
        """The projects that something due is of, and which of them may not be shown there now."""
        async with self._store.begin_read() as tx:
            projects = await tx.digest_queue.list_projects(workspace, channel, now)
        place = Place(workspace, channel)
        return {one: await self._withholding.decide(place, one, now, anew=True) for one in projects}

    async def _insert_notice(self, tx: Tx, key: str, due: Sequence[QueuedOutcome], now: datetime) -> None:
        """An empty digest is none."""
        if due:
            message = partial(digest_blocks.render, due, self._links)
            await tx.outbox.insert(key, due[0].workspace, due[0].channel, message=message, now=now)


def _build_key(outcomes: Sequence[str], workspace: str, channel: str) -> str:
    """From what it tells: after a database was put back, a digest that was posted before is found in Slack again."""
    told = "\n".join([workspace, channel, *outcomes])
    return f"digest:{sha256(told.encode()).hexdigest()[:32]}"


def _defer_again(
    one: QueuedOutcome,
    known: ChannelSettings,
    withheld: Mapping[ProjectSlug, WithheldUntil | Undeliverable],
    now: datetime,
) -> Deferral | None:
    """What may not be shown waits as long as what was never kept does (withholding.py)."""
    later = withheld.get(one.outcome.project)
    if isinstance(later, WithheldUntil) and now - one.outcome.happened_at <= LOST_AFTER:
        return Deferral(one.why, later.until, one.by)
    return find_deferral(known, one.outcome.project, one.rule_id, at=now)
