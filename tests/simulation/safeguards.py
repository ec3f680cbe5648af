"""Each safeguard of delivery and of acts, and a bot without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.app.composition import App
from bot.command import Command
from bot.commands import COMMANDS
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import RateLimits, SendContext
from bot.store.engine.adapters import DatabaseConnection
from bot.store.engine.engines import Engines
from bot.store.outbox import Outbox
from bot.store.revisions import RevisionRepository
from bot.store.store import Store, Tx
from bot.store.vault import Vault
from tests.simulation import weakened as weak

EXPANDING = (
    "CREATE TABLE of_the_next_release (id INTEGER PRIMARY KEY)",
    *(
        f"ALTER TABLE {table} ADD COLUMN of_the_next_release TEXT"
        for table in ("outbox", "cards", "pipelines", "watches")
    ),
    "ALTER TABLE acts ADD COLUMN of_the_next_release INTEGER NOT NULL DEFAULT 0",
)
CONTRACTING = ("ALTER TABLE outbox RENAME COLUMN tries TO attempts",)


@dataclass(frozen=True)
class Ablation:
    """A bot of which these parts are weakened. `repositories` are those of a transaction, by name."""

    repositories: dict[str, type] = field(default_factory=dict)
    store: type[Store] = Store
    duplicates: type[DuplicateGuard] = DuplicateGuard
    context: type[SendContext] = SendContext
    commands: Sequence[Command[Any]] = COMMANDS
    limits: RateLimits = field(default_factory=RateLimits)
    trusts_machine_clock: bool = False
    migration: Sequence[str] = EXPANDING
    """What the next release does to the database while this one runs."""

    def build_store(self, vault: Vault, engines: Engines) -> Store:
        """Its transactions use the weakened repositories."""
        store = self.store("sqlite:///simulated.db", vault, engines=engines)
        build = store.build_tx

        def build_weakened(connection: DatabaseConnection) -> Tx:
            tx = build(connection)
            for name, repository in self.repositories.items():
                more = (tx.languages,) if issubclass(repository, Outbox | RevisionRepository) else ()
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
    "look back before repeating": Ablation(duplicates=weak.NeverLooksBack),
    "remember an attempt whose end is unknown": Ablation(
        {"cards": weak.ForgetfulCards, "outbox": weak.ForgetfulOutbox}
    ),
    "check the lease before the post, and cut it off at its end": Ablation(context=weak.NeverChecks),
    "claim for a time": Ablation({"cards": weak.UnclaimedCards, "outbox": weak.UnclaimedOutbox}),
    "one key for each notice": Ablation({"outbox": weak.RepeatedNotices}),
    "outcome and notices in one transaction": Ablation(store=weak.TwoTransactions),
    "all tell the database's time": Ablation(trusts_machine_clock=True),
    "migrations only add": Ablation(migration=CONTRACTING),
    "a decided hold's messages change with it": Ablation({"revisions": weak.UnrevisedNotices}),
    "what one digest tells no other one tells": Ablation({"digest_queue": weak.SharedDigests}),
    "keep Slack's pace": Ablation(limits=RateLimits.from_speed(1000)),
    "claim before an act": Ablation({"idempotency_keys": weak.UnclaimedActs}),
    "read again what became of an act whose answer was lost": Ablation(commands=weak.UNREAD_ACTS),
}
COVERED = {
    "only the attempt that has a row settles it": Ablation(
        {"cards": weak.BoundlessCards, "outbox": weak.BoundlessOutbox}
    ),
    "renew the lease": Ablation({"cards": weak.UnrenewedCards, "outbox": weak.UnrenewedOutbox}),
    "one key for each outcome": Ablation({"outcomes": weak.RepeatedOutcomes}),
    "keep the key of an act whose answer was lost": Ablation({"idempotency_keys": weak.ForgottenActs}),
}
"""Each is covered by another safeguard: without it alone nothing is lost or said twice."""

BOTH_COVERED = {
    "renew the lease, and the check that covers it": Ablation(
        {"cards": weak.UnrenewedCards, "outbox": weak.UnrenewedOutbox}, context=weak.NeverChecks
    ),
    "one key for each outcome, and that for each notice, which covers it": Ablation(
        {"outcomes": weak.RepeatedOutcomes, "outbox": weak.RepeatedNotices}
    ),
}
"""And without the one that covers it."""
