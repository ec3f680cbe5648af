"""A person's token is deleted; before that, what only it can look after is taken away at CircleCI."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.actions import installed_webhook
from bot.circleci.client import CircleCI
from bot.clock import Clock
from bot.domain.audit_records import AuditRecord
from bot.domain.people import Person
from bot.domain.project_feeds import Hook
from bot.errors import BotError
from bot.store.store import Store, Tx

log = structlog.get_logger(__name__)

WITHIN = timedelta(seconds=10)
"""Nobody's token is kept any longer for the sake of webhooks."""


@dataclass(frozen=True, slots=True)
class ReleasedWebhooks:
    """Somebody's webhooks pass to `heir`, or those that are `gone` from CircleCI are forgotten."""

    theirs: Sequence[Hook]
    heir: str | None
    gone: Sequence[Hook]


async def disconnect_person(
    store: Store, circleci: CircleCI, clock: Clock, *, person: Person, record: AuditRecord
) -> bool:
    """False when they were not connected. Their webhooks go to a colleague who is connected, else away."""
    released = await release_webhooks(store, circleci, *person)
    async with store.begin() as tx:
        if known := await delete_account(tx, released, *person, now=clock.now()):
            tx.record(record)
        return known


async def release_webhooks(store: Store, circleci: CircleCI | None, workspace: str, user: str) -> ReleasedWebhooks:
    """Asks CircleCI with their token, which is to be deleted next; without one (None) nothing is asked."""
    async with store.begin_read() as tx:
        theirs = [hook for hook in await tx.hooks.list_for_workspace(workspace) if hook.user == user]
        others = [
            colleague for _, colleague in await tx.accounts.list_active_people(workspace, limit=2) if colleague != user
        ]
    gone = await remove_webhooks(circleci, theirs) if circleci and not others else []
    return ReleasedWebhooks(theirs, others[0] if others else None, gone)


async def delete_account(tx: Tx, released: ReleasedWebhooks, workspace: str, user: str, *, now: datetime) -> bool:
    """In this transaction, with all that works by the token alone. False when they were not connected."""
    for hook in released.theirs if released.heir else []:
        await tx.hooks.mark_established(replace(hook, user=released.heir or ""), hook.hook_id, now)
    for hook in released.gone:
        await tx.hooks.delete(hook.key)
    await tx.pending_commands.take(workspace, user, now)
    await tx.trigger_choices.delete_for_user(workspace, user)
    return await tx.accounts.delete(workspace, user)


async def remove_webhooks(circleci: CircleCI, hooks: list[Hook]) -> list[Hook]:
    """Those that are gone from CircleCI now. What could not be removed is logged. Raises nothing."""
    gone: list[Hook] = []
    for hook in hooks:
        try:
            async with asyncio.timeout(WITHIN.total_seconds() / len(hooks)):
                await installed_webhook.remove_at_circleci(circleci, hook)
        except (BotError, TimeoutError) as error:
            why = error.message if isinstance(error, BotError) else "CircleCI does not answer"
            log.warning("webhook.left_behind", project=str(hook.project), webhook=hook.hook_id, error=why)
        else:
            gone.append(hook)
    return gone
