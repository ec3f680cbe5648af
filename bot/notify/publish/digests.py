"""Digests: what was kept for a channel, told in one message when its time has come.

Taking what is due, and writing the message that tells it, are one transaction: nothing is lost, nothing told twice.
What may not be told yet after all (somebody muted the channel meanwhile, its hours changed, or nobody there sees its
project now) waits on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from bot.blocks import digest_blocks
from bot.circleci.links import Links
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.notify.publish.recipients import habits
from bot.notify.send_results import Gone
from bot.notify.withholding import LOST_AFTER, Discretion, Later
from bot.rules.muting import Kept
from bot.rules.placement import Habits, Hold, held
from bot.store.store import Store, Tx

_LOOKS_EVERY_S = 10.0
"""What somebody mutes or lets be told elsewhere is noticed within this time."""


class Digests:
    def __init__(
        self,
        *,
        store: Store,
        discretion: Discretion,
        links: Links,
        clock: Clock,
        nudge: Callable[[], None],
        reach: Callable[[str], None],
    ) -> None:
        self._store = store
        self._discretion = discretion
        self._links = links
        self._clock = clock
        self._nudge = nudge
        self._reach = reach

    async def turn(self) -> float:
        """Tell every channel what is due there. Answers how long to sleep, in seconds.

        A channel whose digest fails keeps no other waiting; its error is raised when the others have theirs.
        """
        async with self._store.read() as tx:
            places = await tx.kept.due(self._clock.now())
        failures = [error for place in places if (error := await self._tried(*place))]
        if failures:
            raise failures[0]
        async with self._store.read() as tx:
            next_at = await tx.kept.next_due_at()
        left_s = (next_at - self._clock.now()).total_seconds() if next_at else _LOOKS_EVERY_S
        return min(max(left_s, 0.05), _LOOKS_EVERY_S)

    async def _tried(self, workspace: str, channel: str) -> Exception | None:
        try:
            await self._tell(workspace, channel)
        except Exception as error:  # noqa: BLE001 -- turn raises it
            return error
        return None

    async def _tell(self, workspace: str, channel: str) -> None:
        now, key = self._clock.now(), f"digest:{uuid4().hex}"
        withheld = await self._withheld(workspace, channel, now)
        async with self._store.begin() as tx:
            taken = await tx.kept.take(workspace, channel, key, now)
            known = await habits(tx, workspace, channel, now)
            later = [(one, hold) for one in taken if (hold := _still_held(one, known, withheld, now))]
            await tx.kept.postpone(later)
            waiting = {one.outcome.key for one, _ in later}
            told = [one for one in taken if one.outcome.key not in waiting and one.outcome.project not in withheld]
            await self._say(tx, key, told, now)
            self._reach("digest.before_commit")
        self._reach("digest.after_commit")
        self._nudge()

    async def _withheld(self, workspace: str, channel: str, now: datetime) -> dict[ProjectSlug, Later | Gone]:
        """Projects that may not be shown there now, of those that something due is of."""
        async with self._store.read() as tx:
            projects = await tx.kept.projects(workspace, channel, now)
        place = (workspace, channel)
        found = {one: await self._discretion.withholds(place, one, now, anew=True) for one in projects}
        return {project: withheld for project, withheld in found.items() if withheld}

    async def _say(self, tx: Tx, key: str, told: Sequence[Kept], now: datetime) -> None:
        """An empty digest is none."""
        if told:
            message = digest_blocks.message(told, self._links)
            await tx.outbox.add(key, told[0].workspace, told[0].channel, message, now=now)


def _still_held(one: Kept, known: Habits, withheld: Mapping[ProjectSlug, Later | Gone], now: datetime) -> Hold | None:
    """What may not be shown waits as long as what was never kept does (withholding.py)."""
    later = withheld.get(one.outcome.project)
    if isinstance(later, Later) and now - one.outcome.happened_at <= LOST_AFTER:
        return Hold(one.why, later.until, one.by)
    return held(known, one.outcome.project, one.rule_id, now)
