"""What CircleCI says of a project itself: asked for once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.project_feeds import PolledProject
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store

_LEARNED_FOR = timedelta(days=1)
"""How long we believe which branch is a project's default one."""


async def fetch_details(store: Store, tokens: PollTokens, polled: PolledProject, now: datetime) -> PolledProject:
    """As it is called now; what a release before 0053 wrote does not name its organisation. Raises BotError."""
    known = polled.learned_at and now - polled.learned_at < _LEARNED_FOR
    if known and polled.organization_id is not None:
        return polled
    project = await tokens.fetch_for_project(polled.project, lambda circleci: circleci.fetch_project(polled.project))
    learned = replace(
        polled,
        default_branch=project.default_branch,
        project_id=project.id,
        called=project.slug,
        organization_id=project.organization_id,
        learned_at=now,
    )
    async with store.begin(lasting=False) as tx:
        await tx.polled_projects.update_details(learned)
    return learned
