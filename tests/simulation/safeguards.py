"""Each safeguard of delivery, and a bot without it: what is overridden here is the switch, which only tests turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.app.composition import App
from bot.domain import Outcome
from bot.messages import Card, Notice
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import SendContext
from bot.notify.send_results import PostRequest, SendResult
from bot.store.cards import CardRepository
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.engines import Engines
from bot.store.leases import Claimed
from bot.store.outbox import Outbox
from bot.store.outcomes import OutcomeRepository
from bot.store.store import Store, Tx
from bot.store.vault import Vault
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


@dataclass(frozen=True)
class Ablation:
    """A bot of which these parts are weakened. `repositories` are those of a transaction, by name."""

    repositories: dict[str, type] = field(default_factory=dict)
    store: type[Store] = Store
    duplicates: type[DuplicateGuard] = DuplicateGuard
    context: type[SendContext] = SendContext
    trusts_machine_clock: bool = False

    def build_store(self, vault: Vault, engines: Engines) -> Store:
        """Its transactions use the weakened repositories."""
        store = self.store("sqlite:///simulated.db", vault, engines=engines)
        build = store.build_tx

        def build_weakened(connection: DatabaseConnection) -> Tx:
            tx = build(connection)
            for name, repository in self.repositories.items():
                more = (tx.languages,) if issubclass(repository, Outbox) else ()
                setattr(tx, name, repository(connection, *more))
            return tx

        store.build_tx = build_weakened
        return store

    def weaken_app(self, app: App) -> App:
        if self.context is SendContext and self.duplicates is DuplicateGuard:
            return app
        whole, core = app.delivery.context, app.core
        given = {one.name: getattr(whole, one.name) for one in fields(SendContext)}
        given["duplicates"] = self.duplicates(
            poster=whole.poster, clock=core.clock, is_catching_up=core.store.is_catching_up
        )
        delivery = Delivery(self.context(**given), holder=core.holder, wake=core.delivery_wakeup.wake)
        next(loop for loop in app.loops if loop.name == "delivery").tick = delivery.tick
        return replace(app, delivery=delivery)


WHOLE = Ablation()

ABLATIONS = {
    "look back before repeating": Ablation(duplicates=NeverLooksBack),
    "remember an attempt whose end is unknown": Ablation({"cards": ForgetfulCards, "outbox": ForgetfulOutbox}),
    "check the lease before the post, and cut it off at its end": Ablation(context=NeverChecks),
    "only the attempt that has a row settles it": Ablation({"cards": BoundlessCards, "outbox": BoundlessOutbox}),
    "claim for a time": Ablation({"cards": UnclaimedCards, "outbox": UnclaimedOutbox}),
    "one key for each notice": Ablation({"outbox": RepeatedNotices}),
    "outcome and notices in one transaction": Ablation(store=TwoTransactions),
    "all tell the database's time": Ablation(trusts_machine_clock=True),
}
COVERED = {
    "renew the lease": Ablation({"cards": UnrenewedCards, "outbox": UnrenewedOutbox}),
    "one key for each outcome": Ablation({"outcomes": RepeatedOutcomes}),
}
"""Each is covered by another safeguard: without it alone nothing is lost or said twice."""

BOTH_COVERED = {
    "renew the lease": Ablation({"cards": UnrenewedCards, "outbox": UnrenewedOutbox}, context=NeverChecks),
    "one key for each outcome": Ablation({"outcomes": RepeatedOutcomes, "outbox": RepeatedNotices}),
}
"""And without the one that covers it."""
