"""What a person can see at CircleCI, remembered for a short while: typeaheads ask at every keystroke.

Remembered per person and per connection, so that nobody is shown what somebody else (or they, before they connected
as somebody else) could see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.circleci.models import Project
from bot.command import Choice, Context
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, fetch_if_visible
from bot.mrkdwn import as_code, cut, escape

T = TypeVar("T")


_NOTHING_FOR = timedelta(seconds=10)
"""For how long it is remembered that there is nothing: the first thing that is there is to be seen soon."""


class ExpiringCache(Generic[T]):
    """At most so many values, each for so long; the oldest goes first."""

    def __init__(self, *, keep: timedelta, most: int) -> None:
        self._ttl = keep
        self._most = most
        self._entries: dict[Hashable, tuple[datetime, T]] = {}

    async def get(self, key: Hashable, now: datetime, load: Callable[[], Awaitable[T]]) -> T:
        kept = self._entries.get(key)
        if kept and now - kept[0] < (self._ttl if kept[1] else _NOTHING_FOR):
            return kept[1]
        value = await load()
        self._entries.pop(key, None)
        self._entries[key] = (now, value)
        while len(self._entries) > self._most:
            del self._entries[next(iter(self._entries))]
        return value

    def drop(self, key: Hashable) -> None:
        self._entries.pop(key, None)


_projects: ExpiringCache[Sequence[Project]] = ExpiringCache(keep=timedelta(minutes=3), most=500)
_branches: ExpiringCache[Sequence[str]] = ExpiringCache(keep=timedelta(minutes=1), most=500)
_names: ExpiringCache[str] = ExpiringCache(keep=timedelta(minutes=10), most=2000)


async def list_projects(context: Context) -> Sequence[Project]:
    """Projects of the person's organisations that built lately. Raises CircleCIError, NotConnected."""
    return await _projects.get(_get_person_key(context), context.clock.now(), context.circleci.list_visible_projects)


async def list_project_choices(context: Context, typed: str) -> list[Choice]:
    """Projects that the person can see, by a part of their name; any other by typing it in full."""
    known = [
        Choice(f"{project.full_name} ({project.project.vcs})", project.slug) for project in await list_projects(context)
    ]
    found = [choice for choice in known if typed.casefold() in f"{choice.text} {choice.value}".casefold()]
    itself = [Choice(f"Use “{typed}”", typed)] if typed.count("/") == 2 and not typed.endswith("/") else []
    return found[:99] or itself


async def list_branches(context: Context, slug: ProjectSlug) -> Sequence[str]:
    """Branches of the project that ran lately, newest first. Raises CircleCIError, NotConnected."""
    key = (*_get_person_key(context), slug)
    return await _branches.get(key, context.clock.now(), lambda: context.circleci.list_recent_branches(slug))


def invalidate(context: Context, slug: ProjectSlug) -> None:
    """The person has started something there: a project, or a branch, may be to be seen that was not before."""
    _projects.drop(_get_person_key(context))
    _branches.drop((*_get_person_key(context), slug))


def _get_person_key(context: Context) -> tuple[Hashable, ...]:
    account = context.account
    return context.request.workspace, context.request.user, account and (account.circleci_id, account.connected_at)


async def list_slugs(context: Context) -> frozenset[ProjectSlug]:
    """The projects by slug; none for somebody who is not connected."""
    if not _is_connected(context):
        return frozenset()
    return frozenset(project.project for project in await list_projects(context))


async def fetch_names(context: Context, wanted: Iterable[ProjectSlug]) -> dict[ProjectSlug, str]:
    """Readable names for those of the slugs that are opaque, as far as the person can see them."""
    if not _is_connected(context):
        return {}
    opaque = sorted({slug for slug in wanted if slug.vcs == "circleci"})
    found = await asyncio.gather(*(_fetch_name(context, slug) for slug in opaque))
    return {slug: name for slug, name in zip(opaque, found, strict=True) if name}


async def format_name(context: Context, slug: ProjectSlug) -> str:
    """What people call the project, as mrkdwn: its slug, or the name of an opaque one. Raises nothing."""
    try:
        name = (await fetch_names(context, [slug])).get(slug)
    except CircleCIError:
        name = None
    return f"*{cut(escape(name), 150)}*" if name else as_code(str(slug))


async def _fetch_name(context: Context, slug: ProjectSlug) -> str:
    """Nothing for a project that is hidden from the person."""

    async def ask() -> str:
        project = await fetch_if_visible(context.circleci.fetch_project(slug))
        return project.full_name if project else ""

    return await _names.get((*_get_person_key(context), slug), context.clock.now(), ask)


def _is_connected(context: Context) -> bool:
    return context.account is not None and context.account.state == "active"
