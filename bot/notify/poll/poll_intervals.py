"""How often to look: soon after something moved, seldom when it rests. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.circleci.snapshot import Snapshot

FIRST_LOOK = 20
"""How many pipelines of a project are read when it is polled for the first time."""

LISTED_AT_MOST_S = 3600.0
"""A project whose news the organisation's listing brings needs no look of its own until something is due."""

_PART_FOR_IDLING = 5
"""Listings of organisations at rest spend a fifth of a token's hour at most; so do looks at what they never showed."""

_IDLE_LISTING_S = 12.0
_UNSHOWN_S = 300.0


_AFTER_FAILURE_S = 15.0
_AT_LEAST_S = 1.0
IDLE_AT_MOST_S = 60.0
_MOVING_AT_MOST_S = 60.0
SOON = timedelta(seconds=_MOVING_AT_MOST_S)
"""What moves is looked at again within this time; what has long been on hold is not."""

_HELD_AT_MOST_S = 300.0
_FINISHED_FROM_S = 30.0
_FINISHED_TOLD_S = 3600.0
_FINISHED_AT_MOST_S = 6 * 3600.0
_DEPLOYS_FOR = timedelta(hours=2)
_DEPLOYS_LAG = tuple(timedelta(minutes=each) for each in (1, 5, 15))
_AFTER_BUGS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 360))
_DEPLOYING_FOR = timedelta(days=1)
_FINISHED_FOR = timedelta(days=2)
"""A finished pipeline may be rerun on the web; it is looked at now and then for this long."""


def schedule_next_read(
    snapshot: Snapshot, finished_at: datetime | None, now: datetime, interval_s: float, *, has_webhook: bool = False
) -> datetime | None:
    """When to read a pipeline again; None when it is long over. `rest` is the time for which nothing moved.

        it moves               now + rest / 10, between the interval and a minute
        only holds are left    now + rest / 60, a minute to five minutes
        it ended badly         now + rest / 4, 30 s to six hours, for two days: somebody may rerun it on the web
        it passed              now + rest, the same

    A webhook (`has_webhook`) tells of ends, so looks are a safety net: rest / 2 while it moves, and an hour at least
    once it is over. Soon after something ended it is read soon, since a hold may follow, which no webhook tells. What
    was over before we saw it has rested since then.
    """
    rest = now - _get_moved_at(snapshot, now)
    if finished_at is None:
        rest_s = rest.total_seconds() / (2 if has_webhook else 10)
        held_s = min(rest.total_seconds() / 60, _HELD_AT_MOST_S) if snapshot.is_blocked_on_approval else 0.0
        return now + timedelta(seconds=min(max(interval_s, rest_s), max(interval_s, _MOVING_AT_MOST_S, held_s)))
    if max(rest, now - finished_at) > _FINISHED_FOR:
        return None
    rest_s = max(rest, now - finished_at).total_seconds() / (1 if snapshot.status == "success" else 4)
    from_s = _FINISHED_TOLD_S if has_webhook else _FINISHED_FROM_S
    return now + timedelta(seconds=min(max(from_s, rest_s), _FINISHED_AT_MOST_S))


def schedule_deploy_look(since: datetime, now: datetime, *, moving: bool) -> datetime | None:
    """When to ask again what a pipeline deploys of which something ended at `since`; None when that was enough.

    Nothing new of it was found: 1, 5 and 15 minutes after the end, since CircleCI's list may lag behind, and some
    report late. What is `moving` takes its time, and no webhook tells: a tenth of the time, a minute to five, for two
    hours; then a quarter of it, for two days. A job that never reports its end leaves its deploy running for ever.
    """
    rest = now - since
    if not moving:
        return next((since + wait for wait in _DEPLOYS_LAG if wait > rest), None)
    if rest > _FINISHED_FOR:
        return None
    if rest > _DEPLOYS_FOR:
        return now + rest / 4
    return now + timedelta(seconds=min(max(_MOVING_AT_MOST_S, rest.total_seconds() / 10), _HELD_AT_MOST_S))


def schedule_held_deploy(since: datetime, now: datetime) -> datetime | None:
    """The same of what is planned behind a hold: it is asked about when that is decided, and else after as long again.

    From an hour on, for two days.
    """
    rest = now - since
    return None if rest > _FINISHED_FOR else now + max(rest, timedelta(seconds=_FINISHED_TOLD_S))


def schedule_deploy_sign(asked_at: datetime, none_since: datetime | None) -> datetime:
    """When to ask again whether a project deploys anything, as was asked at `asked_at`.

    Where it does, or nobody can tell, a day later. Where it has deployed nothing since somebody wants to know, after as
    long again: a minute to an hour.
    """
    if none_since is None:
        return asked_at + _DEPLOYING_FOR
    return asked_at + min(max(asked_at - none_since, SOON), timedelta(seconds=_FINISHED_TOLD_S))


def schedule_after_none(since: datetime, now: datetime, *, asked_at: datetime, again_at: datetime) -> datetime | None:
    """The same of a pipeline where nothing was ever deployed by `asked_at`, which is asked again at `again_at`.

    It waits for that answer: the first deploy of a project is found then. None once the answer came late enough.
    """
    return None if asked_at - since >= _DEPLOYS_LAG[-1] or now - since > _FINISHED_FOR else again_at


def schedule_after_bug(failures: int, now: datetime) -> datetime | None:
    """When to look again where looking failed `failures` times in a row before, and now; None: never."""
    return now + _AFTER_BUGS[failures] if failures < len(_AFTER_BUGS) else None


def schedule_deploy_retry(since: datetime, now: datetime) -> datetime | None:
    """The same where CircleCI does not tell: after as long again, a minute to an hour, for two days."""
    rest = now - since
    if rest > _FINISHED_FOR:
        return None
    return now + min(max(rest, SOON), timedelta(seconds=_FINISHED_TOLD_S))


def get_project_wait(
    idle_rounds: int,
    interval_s: float,
    next_look_at: datetime | None,
    now: datetime,
    idle_at_most_s: float = IDLE_AT_MOST_S,
    *,
    lists_itself: bool = True,
) -> timedelta:
    """Until the project's next poll: doubling while nothing runs, sooner when a pipeline of it is due.

    What began at another moment than the others is due at another moment. A poll that is also a listing waits for the
    interval all the same.
    """
    idle_s = min(interval_s * 2 ** min(idle_rounds, 10), max(interval_s, idle_at_most_s))
    due_s = (next_look_at - now).total_seconds() if next_look_at else idle_s
    least = timedelta(seconds=interval_s) if lists_itself else get_min_wait(interval_s)
    return max(least, timedelta(seconds=min(idle_s, due_s)))


def get_idle_org_wait_s(count: int, an_hour: int) -> float:
    """How long an organisation at rest waits to be listed again, when the same token lists `count` of them.

    The same for projects that are listed on their own. Nothing else sees what begins and ends within seconds.
    """
    return min(max(_IDLE_LISTING_S, _get_spread_s(count, an_hour)), IDLE_AT_MOST_S)


def get_unlisted_wait_s(projects: int, an_hour: int) -> float:
    """How long a project that has never built waits for its own look, when the same token looks at `projects` of them.

    Its first build is seen in the organisation's listing, unless the token's owner does not follow it.
    """
    return min(max(_UNSHOWN_S, _get_spread_s(projects, an_hour)), LISTED_AT_MOST_S)


def _get_spread_s(count: int, an_hour: int) -> float:
    return count * 3600 * _PART_FOR_IDLING / max(an_hour, 1)


def get_min_wait(interval_s: float) -> timedelta:
    """Between two polls of a project, whatever is due."""
    return timedelta(seconds=min(interval_s, _AT_LEAST_S))


def schedule_next_poll(began_at: datetime, now: datetime, wait: timedelta, rest: timedelta, chance: float) -> datetime:
    """`wait` after the last one began, however long it took; but not before a `rest` from `now`, when it is over."""
    return max(began_at + add_jitter(wait, chance), now + add_jitter(rest, chance))


def get_failure_wait(interval_s: float) -> timedelta:
    """Until a project that could not be read is tried again."""
    return timedelta(seconds=min(3 * interval_s, max(interval_s, _AFTER_FAILURE_S)))


def get_early_margin(interval_s: float) -> timedelta:
    """How much before its time a pipeline is read with others.

    The jitter may bring us to its project a tenth early, and it was read when the last poll was under way for a while.
    """
    return timedelta(seconds=interval_s / 5)


def add_jitter(wait: timedelta, chance: float) -> timedelta:
    """A tenth more or less, as `chance` (0 to 1) has it: what was begun together does not stay together."""
    return wait * (0.9 + 0.2 * chance)


def _get_moved_at(snapshot: Snapshot, now: datetime) -> datetime:
    """The newest moment that the snapshot names; CircleCI's `updated_at` does not move with workflows."""
    pipeline = snapshot.pipeline
    times = [pipeline.created_at, pipeline.updated_at]
    for run in snapshot.workflows:
        times += [run.workflow.created_at, run.workflow.stopped_at]
        times += [moment for job in run.jobs or () for moment in (job.started_at, job.stopped_at)]
    return min(max([moment for moment in times if moment], default=now), now)
