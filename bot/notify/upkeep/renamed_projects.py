"""Under which name a project goes on that its old one no longer leads to.

No document says what CircleCI answers to the old name of a repository: a redirect, or 404 as for what is gone. A
project keeps its id, so it is looked for among what built lately, in its own organisation first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from bot.circleci.client import CircleCI
from bot.clock import Clock
from bot.domain import ProjectSlug
from bot.errors import fetch_if_visible
from bot.expiring_cache import ExpiringCache

_ASKED = 20
"""How many projects are asked for their id."""

_ORGS = 5
_FRESH_FOR = timedelta(hours=1)
_MOST_KNOWN = 10_000


class RenamedProjects:
    """Each is looked for once an hour: what is gone for good costs little."""

    def __init__(self, clock: Clock) -> None:
        self._known: ExpiringCache[ProjectSlug, ProjectSlug | None] = ExpiringCache(_MOST_KNOWN, clock.now)

    async def find_new_slug(self, circleci: CircleCI, project: ProjectSlug, project_id: str) -> ProjectSlug | None:
        """The slug of the project with this id; None when it is not found. Raises CircleCIError."""
        return await self._known.load(
            project, lambda: _find_slug(circleci, project, project_id), lambda _slug: _FRESH_FOR
        )


async def _find_slug(circleci: CircleCI, project: ProjectSlug, project_id: str) -> ProjectSlug | None:
    asked = 0
    async for candidate in _list_candidates(circleci, project):
        if asked == _ASKED:
            return None
        asked += 1
        if await _fetch_id(circleci, candidate) == project_id:
            return candidate
    return None


async def _list_candidates(circleci: CircleCI, project: ProjectSlug) -> AsyncIterator[ProjectSlug]:
    others = [org.slug for org in await circleci.list_collaborations() if org.slug and org.slug != project.org_slug]
    for org in [project.org_slug, *others[:_ORGS]]:
        for candidate in await _list_projects(circleci, org):
            if candidate != project:
                yield candidate


async def _list_projects(circleci: CircleCI, org: str) -> list[ProjectSlug]:
    return await fetch_if_visible(circleci.list_recent_projects, org) or []


async def _fetch_id(circleci: CircleCI, candidate: ProjectSlug) -> str | None:
    found = await fetch_if_visible(circleci.fetch_project, candidate)
    return found.id if found else None
