"""Looks after the webhooks that we installed: are they there, do they lead here, does CircleCI have their secret?

It uses the token of the person who installed them, and removes a webhook with the last rule of its project. A webhook
that does not tell what polling finds is no longer trusted until it tells something again: polling is as if it were not
there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.actions import installed_webhook
from bot.circleci.client import CircleCI, CircleCIPool
from bot.clock import Clock
from bot.domain.project_feeds import Hook
from bot.errors import BotError, NotConnected, TargetError
from bot.language import _
from bot.language.said import keep
from bot.notify.upkeep.periodic import Periodic
from bot.store.store import Store

log = structlog.get_logger(__name__)

_EVERY_S = 60.0
_CHECKED_EVERY = timedelta(hours=1)
_AFTER_FAILURE = timedelta(minutes=10)

_TELLS_WITHIN = timedelta(minutes=2)
"""How long an event may be on its way after polling has found what it tells."""


class WebhookHealthMonitor(Periodic):
    lease = "webhooks"

    def __init__(self, *, store: Store, pool: CircleCIPool, clock: Clock, holder: str) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=_EVERY_S)
        self._pool = pool

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            hooks = await tx.hooks.list_all()
            wanted = await tx.hooks.list_keys_with_rules()
            silent = await tx.hooks.list_keys_of_silent(now - _TELLS_WITHIN)
        for hook in hooks:
            if hook.is_expected and hook.key in silent:
                await self._doubt(hook, now)
            await self._check_hook(hook, now, wanted=hook.key in wanted)

    async def _doubt(self, hook: Hook, now: datetime) -> None:
        log.warning("webhook.quiet", project=str(hook.project))
        async with self._store.begin() as tx:
            await tx.hooks.mark_quiet(hook.key, now)
            await tx.polled_projects.force_relist(hook.project, now)

    async def _check_hook(self, hook: Hook, now: datetime, *, wanted: bool) -> None:
        suspicious = hook.refused_at is not None or hook.hook_id is None
        rests_for = _AFTER_FAILURE if hook.error else timedelta() if suspicious or not wanted else _CHECKED_EVERY
        if now - hook.checked_at < rests_for:
            return
        try:
            await self._repair(hook, renew_secret=suspicious) if wanted else await self._remove(hook)
        except BotError as error:
            if hook.error is None:
                log.warning("webhook.not_seen_to", project=str(hook.project), **error.list_log_fields())
            async with self._store.begin() as tx:
                await tx.hooks.mark_checked(hook.key, now, hook.hook_id, error=keep(error.message))

    async def _repair(self, hook: Hook, *, renew_secret: bool) -> None:
        if not hook.secret:
            raise TargetError(_("Its secret can no longer be decrypted."))
        async with self._store.begin_read() as tx:
            known = await tx.hooks.list_urls(hook.project_id) - {hook.url}
        hook_id = await installed_webhook.establish(
            await self._bind_installer(hook), hook, known, renew_secret=renew_secret
        )
        async with self._store.begin() as tx:
            await tx.hooks.mark_checked(hook.key, self._clock.now(), hook_id, error=None)

    async def _remove(self, hook: Hook) -> None:
        """With the last rule of its project in its workspace."""
        await installed_webhook.remove_at_circleci(await self._bind_installer(hook), hook)
        async with self._store.begin() as tx:
            await tx.hooks.delete(hook.key)

    async def _bind_installer(self, hook: Hook) -> CircleCI:
        """With the token of the person who installed it. Raises NotConnected when they left."""
        async with self._store.begin_read() as tx:
            account = await tx.accounts.find(hook.workspace, hook.user)
        if not (account and account.is_active):
            raise NotConnected(_("The person who installed it is no longer connected to CircleCI."))
        return self._pool.bind(account.token)
