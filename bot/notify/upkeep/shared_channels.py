"""A channel that other companies came to read (Slack Connect): whoever has rules there hears of it, once a month.

Slack says so by an event; what it did not say is found within the hour. Whoever made a rule while it was so has
confirmed that, and hears nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog

from bot.blocks import external_channel_blocks
from bot.clock import Clock
from bot.conversation import Place, is_direct
from bot.domain.project_marks import Mark, ProjectMarks
from bot.notify.upkeep.periodic import Periodic
from bot.rules.subscription import Subscription
from bot.store.confirmed_channels import build_shared_key
from bot.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 3600.0


class SharedChannelMonitor(Periodic):
    """`ask` asks Slack whether other companies read a channel of a workspace; `wake` wakes delivery."""

    lease = "shared_channels"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        holder: str,
        ask: Callable[[str, str], Awaitable[bool | None]],
        wake: Callable[[], None],
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._ask = ask
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            places = {*await tx.shared_channels.list_all()}
            for workspace in await tx.subscriptions.list_workspaces():
                rules = await tx.subscriptions.list_for_workspace(workspace)
                places |= {rule.place for rule in rules if not is_direct(rule.channel)}
        for place in sorted(places):
            external = await self._ask(*place)
            if external is not None:
                await self._note(place, now, external=external)

    async def handle_event(self, installed: str, channel: str, *, external: bool) -> None:
        """Slack says that it was shared, or that nobody else is left there; in whatever of our workspaces it is."""
        async with self._store.begin_read() as tx:
            workspaces = await tx.installations.list_served(installed)
        for workspace in workspaces:
            await self._note(Place(workspace, channel), self._clock.now(), external=external)

    async def _note(self, place: Place, now: datetime, *, external: bool) -> None:
        async with self._store.begin() as tx:
            if not external:
                await tx.shared_channels.delete(place)
                return
            await tx.shared_channels.insert(place, now)
            rules = await tx.subscriptions.list_for_channel(*place)
            marks = await tx.project_marks.load(place.workspace)
        if rules:
            await self._tell(place, rules, marks, now=now)

    async def _tell(self, place: Place, rules: list[Subscription], marks: ProjectMarks, *, now: datetime) -> None:
        async with self._store.begin() as tx:
            for owner in {rule.made_by for rule in rules}:
                own = [rule for rule in rules if rule.made_by == owner]
                held = [one.scope.exact for one in own if one.scope.exact and _is_held(one, marks)]
                message = partial(external_channel_blocks.render_shared, place.channel, own, held)
                key = build_shared_key(place, owner)
                if await tx.outbox.insert(key, place.workspace, owner, message=message, now=now):
                    log.info("channel.shared", workspace=place.workspace, channel=place.channel, rules=len(own))
        self._wake()


def _is_held(rule: Subscription, marks: ProjectMarks) -> bool:
    return rule.scope.exact is not None and marks.has(rule.scope.exact, Mark.NEVER_EXTERNAL)
