"""What is new in a project, or in all projects of an organisation that a person follows: one listing instead of many.

A listing comes newest first. It is read back across pages to what we know, however long that was ago. What we know is
measured by CircleCI's own clock and numbers, never by ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.circleci.client import CircleCI
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.notify.poll import poll_intervals
from bot.store.org_polls import OrgPoll
from bot.store.store import Tx

OVERLAP = timedelta(minutes=2)
"""A pipeline may show up in a listing after a newer one; whatever is this much older than the newest is looked at."""

_LATE_FOR = timedelta(days=1)
"""Nothing shows up late in a project that has rested for this long."""

_SOUGHT = 100
"""How many pipelines of an organisation are read to find out which projects are listed at all."""

MOST_PAGES = 500
"""Ten thousand pipelines: more than anybody builds while we are away."""


@dataclass(frozen=True, slots=True)
class DiscoveredPipelines:
    """What one listing brought: pipelines that may be new, oldest first, and the mark of the newest."""

    pipelines: list[Pipeline]
    cursor: int | None
    newest_at: datetime | None

    def has_advanced(self, polled: PolledProject) -> bool:
        """Whether there is more to remember than what is remembered."""
        return (self.cursor, self.newest_at) != (polled.cursor, polled.newest_at)


def is_new(polled: PolledProject, pipeline: Pipeline, now: datetime) -> bool:
    """Not known of this project, or so young that it may have shown up late. Numbers may jump, and begin again.

    One without a number is never where the news end.
    """
    if polled.cursor is None or pipeline.number > polled.cursor or not pipeline.number:
        return True
    known_until = get_known_until(polled.newest_at, now)
    return bool(known_until and pipeline.created_at and pipeline.created_at > known_until)


def get_known_until(newest_at: datetime | None, now: datetime) -> datetime | None:
    """Until when, by CircleCI's clock, a listing whose newest pipeline was made at `newest_at` is sure to be known."""
    if newest_at is None or now - newest_at > _LATE_FOR:
        return newest_at
    return newest_at - OVERLAP


async def fetch_new_in_project(circleci: CircleCI, polled: PolledProject, now: datetime) -> DiscoveredPipelines:
    """What is new in one project; the first time, the newest page (it tells what came before)."""
    new: list[Pipeline] = []
    async for pipeline in circleci.list_pipelines(polled.project, pages=MOST_PAGES):
        if not is_new(polled, pipeline, now):
            break
        new.append(pipeline)
        if polled.cursor is None and len(new) == poll_intervals.FIRST_LOOK:
            break
    cursor = next((one.number for one in new if one.number), polled.cursor or 0)
    return DiscoveredPipelines(list(reversed(new)), cursor, find_newest_at(new, polled.newest_at))


async def fetch_new_in_org(
    circleci: CircleCI, listing: OrgPoll, sought: Collection[str], now: datetime
) -> list[Pipeline]:
    """What is new in the projects that the person follows, newest first, and further back while `sought` are missing.

    `sought` are slugs. The first time only those are looked for: each project was listed on its own until then.
    """
    found: list[Pipeline] = []
    missing, known_until = set(sought), get_known_until(listing.newest_at, now)
    async for pipeline in circleci.list_org_pipelines(listing.org, pages=MOST_PAGES):
        new = known_until and (pipeline.created_at is None or pipeline.created_at > known_until)
        if not new and ((found and not missing) or len(found) >= _SOUGHT):
            break
        found.append(pipeline)
        missing.discard(pipeline.project_slug)
    return found


def find_newest_at(pipelines: Collection[Pipeline], known_at: datetime | None) -> datetime | None:
    """When the newest of them was made, or of those known before."""
    return max((at for at in (known_at, *(one.created_at for one in pipelines)) if at), default=None)


def has_overdue(pipelines: Iterable[Pipeline], known: Collection[str], now: datetime) -> bool:
    """Whether one that is not `known` by its id is so old that every listing of it has shown it by now."""
    return any(one.id not in known and (one.created_at is None or one.created_at < now - OVERLAP) for one in pipelines)


async def list_known_ids(tx: Tx, pipelines: Iterable[Pipeline]) -> set[str]:
    """The ids of those that are followed already."""
    return await tx.pipelines.list_followed_ids([pipeline.id for pipeline in pipelines])


async def follow(
    tx: Tx, polled: PolledProject, found: DiscoveredPipelines, known: Collection[str], now: datetime
) -> bool:
    """Read from now on what is not `known` by its id; True when there was any."""
    unknown = [one for one in found.pipelines if one.id not in known]
    return any([await _follow(tx, polled.project, one, now) for one in unknown])


async def _follow(tx: Tx, project: ProjectSlug, pipeline: Pipeline, now: datetime) -> bool:
    """False when somebody else does so by now."""
    text = Snapshot(pipeline=pipeline, workflows=()).model_dump_json()
    return await tx.pipelines.follow(
        pipeline.id, project, pipeline.number, branch=pipeline.branch, tag=pipeline.tag, snapshot=text, now=now
    )
