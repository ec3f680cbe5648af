"""A person's token is deleted; before that, what only it can look after is taken away at CircleCI."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.actions import installed_webhook
from bot.circleci.client import CircleCI
from bot.clock import Clock
from bot.domain.project_feeds import Hook
from bot.errors import BotError
from bot.store.store import Store

log = structlog.get_logger(__name__)

WITHIN = timedelta(seconds=10)
"""Nobody's token is kept any longer for the sake of webhooks."""


async def disconnect_person(store: Store, circleci: CircleCI, clock: Clock, *, workspace: str, user: str) -> bool:
    """False when they were not connected. Their webhooks go to a colleague who is connected, else away."""
    async with store.begin_read() as tx:
        theirs = [hook for hook in await tx.hooks.list_for_workspace(workspace) if hook.user == user]
        others = [
            colleague for _, colleague in await tx.accounts.list_active_people(workspace, limit=2) if colleague != user
        ]
    gone = [] if others else await remove_webhooks(circleci, theirs)
    async with store.begin() as tx:
        for hook in theirs if others else []:
            await tx.hooks.mark_established(replace(hook, user=others[0]), hook.hook_id, clock.now())
        for hook in gone:
            await tx.hooks.delete(hook.key)
        await tx.pending_commands.take(workspace, user, clock.now())
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
