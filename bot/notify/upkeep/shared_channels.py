"""A channel that other companies came to read (Slack Connect): whoever has rules there hears of it, once a month.

Whoever made a rule while it was so has confirmed that, and hears nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
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
    """`wake` wakes delivery."""

    lease = "shared_channels"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        holder: str,
        is_external: Callable[[str, str], Awaitable[bool | None]],
        wake: Callable[[], None],
    ) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._is_external = is_external
        self._wake = wake

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            workspaces = await tx.subscriptions.list_workspaces()
        for workspace in workspaces:
            async with self._store.begin_read() as tx:
                rules = await tx.subscriptions.list_for_workspace(workspace)
                marks = await tx.project_marks.load(workspace)
            for place, here in _group_by_place(rules).items():
                if await self._is_external(*place):
                    await self._tell(place, here, marks, now=now)

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


def _group_by_place(rules: Iterable[Subscription]) -> dict[Place, list[Subscription]]:
    by_place: dict[Place, list[Subscription]] = defaultdict(list)
    for rule in rules:
        if not is_direct(rule.channel):
            by_place[rule.place].append(rule)
    return by_place


def _is_held(rule: Subscription, marks: ProjectMarks) -> bool:
    return rule.scope.exact is not None and marks.has(rule.scope.exact, Mark.NEVER_EXTERNAL)
