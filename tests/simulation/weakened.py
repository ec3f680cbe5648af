"""Parts of the bot without one of their safeguards: what is overridden here is the switch, which only tests turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from bot.commands import COMMANDS
from bot.domain import Outcome
from bot.messages import Card, Notice
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import SendContext
from bot.notify.send_results import PostRequest, SendResult
from bot.rules.muting import QueuedOutcome
from bot.store.cards import CardRepository
from bot.store.digest_queue import DigestQueue
from bot.store.idempotency_keys import IdempotencyKeyRepository, IdempotencyState
from bot.store.leases import Claimed
from bot.store.outbox import Outbox
from bot.store.outcomes import OutcomeRepository
from bot.store.revisions import RevisionRepository
from bot.store.store import Store, Tx
from bot.store.tables.quiet_times import kept
from bot.workers.lease import Lease


class NeverLooksBack(DuplicateGuard):
    async def find_earlier_result(self, post: PostRequest) -> SendResult | None:
        del post
        return None


class NeverChecks(SendContext):
    async def send_within(
        self, claimed: Card | Notice, lease: Lease, send: Callable[[], Awaitable[SendResult]]
    ) -> SendResult | None:
        del claimed, lease
        return await send()


class _ForgetsAttempts:
    """An attempt whose end is unknown is treated as one that Slack refused."""

    async def settle_lost_answer(self, claimed: Claimed, not_before: datetime) -> bool:
        return await self._settle(claimed, not_before=not_before)


class ForgetfulCards(_ForgetsAttempts, CardRepository):
    pass


class ForgetfulOutbox(_ForgetsAttempts, Outbox):
    pass


class _SettlesWhateverItHad:
    """Whoever had a row settles it, though another has it now."""

    async def _update_if_attempted(self, claimed: Claimed, **values: Any) -> bool:
        table = self.table
        changed = table.update().where(table.c.id == claimed.id).values(**values)
        return (await self._connection.execute(changed)).rowcount == 1


class BoundlessCards(_SettlesWhateverItHad, CardRepository):
    pass


class BoundlessOutbox(_SettlesWhateverItHad, Outbox):
    pass


class _NeverRenews:
    async def renew(self, claimed: Claimed, until: datetime) -> bool:
        del claimed, until
        return False


class UnrenewedCards(_NeverRenews, CardRepository):
    pass


class UnrenewedOutbox(_NeverRenews, Outbox):
    pass


class _ClaimsForNoTime:
    async def claim(self, now: datetime, lease_s: float, holder: str, **more: Any) -> Any:
        del lease_s
        return await super().claim(now, 0.0, holder, **more)


class UnclaimedCards(_ClaimsForNoTime, CardRepository):
    pass


class UnclaimedOutbox(_ClaimsForNoTime, Outbox):
    pass


class RepeatedOutcomes(OutcomeRepository):
    """A second report of an outcome is news again."""

    async def insert(self, outcome: Outcome, now: datetime) -> bool:
        await super().insert(outcome, now)
        return True

    async def list_kinds(self, pipeline_id: str) -> dict[str, Any]:
        del pipeline_id
        return {}


class RepeatedNotices(Outbox):
    """What was written before is written again, under a key of its own."""

    async def insert(self, key: str, workspace: str, channel: str, **more: Any) -> bool:
        return await super().insert(f"{key}#{uuid4().hex}", workspace, channel, **more)


class TwoTransactions(Store):
    """What is to be said is written after the outcome is."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        async with super().begin() as tx:
            tx.outbox = later = _PutOff(tx.outbox)
            yield tx
        if later.inserts:
            async with super().begin() as tx:
                for given, named in later.inserts:
                    await tx.outbox.insert(*given, **named)


class _PutOff:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.inserts: list[tuple[Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)

    async def insert(self, *given: Any, **named: Any) -> bool:
        self.inserts.append((given, named))
        return True


class UnrevisedNotices(RevisionRepository):
    """What was posted stays as it was."""

    async def claim(self, *_given: Any, **_named: Any) -> list[Any]:
        return []


class SharedDigests(DigestQueue):
    """What a digest tells may be told by another one."""

    async def take(self, workspace: str, channel: str, digest: str, *, keys: Collection[str]) -> list[QueuedOutcome]:
        taken = await super().take(workspace, channel, digest, keys=keys)
        await self._connection.execute(update(kept).where(kept.c.digest == digest).values(digest=None))
        return taken


class UnclaimedActs(IdempotencyKeyRepository):
    """What somebody begins, another may begin too."""

    async def begin(self, key: str, workspace: str, user: str, **more: Any) -> None:
        await super().begin(key, workspace, user, **more)


class ForgottenActs(IdempotencyKeyRepository):
    """An act whose answer was lost is treated as one that did not happen."""

    async def end(self, key: str, state: IdempotencyState, result: str, *, now: datetime) -> None:
        await super().end(key, state, result, now=now)
        if state is IdempotencyState.UNKNOWN:
            await self.delete(key)


UNREAD_ACTS = tuple(replace(command, resolve_lost_answer=None) for command in COMMANDS)
"""Nobody looks what became of an act whose answer was lost."""
