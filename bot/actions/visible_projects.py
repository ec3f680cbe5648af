"""What a person can see at CircleCI, remembered for a short while: typeaheads ask at every keystroke.

Remembered for each token, so that nobody is shown what only somebody else may see.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.circleci.models import Project
from bot.command import Choice, Context
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, fetch_if_visible
from bot.language import _
from bot.mrkdwn import as_code, cut, escape

_PROJECTS_FOR, _BRANCHES_FOR, _NAMES_FOR = timedelta(minutes=3), timedelta(minutes=1), timedelta(minutes=10)
_NOTHING_FOR = timedelta(seconds=10)
"""For how long it is remembered that there is nothing: the first thing that is there is to be seen soon."""

_PROJECTS = "projects"
T = TypeVar("T")


async def list_projects(context: Context) -> Sequence[Project]:
    """Projects of the person's organisations that built lately. Raises CircleCIError, NotConnected."""
    return await _load(context, _PROJECTS, context.circleci.list_visible_projects, ttl=_PROJECTS_FOR)


async def list_project_choices(context: Context, typed: str) -> list[Choice]:
    """Projects that the person can see, by a part of their name; any other by typing it in full."""
    projects = await list_projects(context)
    known = [Choice(label, project.slug) for project, label in zip(projects, list_labels(projects), strict=True)]
    found = [choice for choice in known if typed.casefold() in f"{choice.text} {choice.value}".casefold()]
    itself = (
        [Choice(_("Use “{typed}”", typed=typed), typed)] if typed.count("/") == 2 and not typed.endswith("/") else []
    )
    return found[:99] or itself


def list_labels(projects: Sequence[Project]) -> list[str]:
    """What people call each; two that are called alike are told apart by where their code is."""
    names = Counter(project.full_name for project in projects)
    return [
        f"{project.full_name} ({project.project.vcs})" if names[project.full_name] > 1 else project.full_name
        for project in projects
    ]


async def list_branches(context: Context, slug: ProjectSlug) -> Sequence[str]:
    """Branches of the project that ran lately, newest first. Raises CircleCIError, NotConnected."""
    return await _load(
        context, ("branches", slug), lambda: context.circleci.list_recent_branches(slug), ttl=_BRANCHES_FOR
    )


def invalidate(context: Context, slug: ProjectSlug) -> None:
    """The person has started something there: a project, or a branch, may be to be seen that was not before."""
    context.circleci.drop_cached(_PROJECTS)
    context.circleci.drop_cached(("branches", slug))


async def _load(context: Context, key: Hashable, load: Callable[[], Awaitable[T]], *, ttl: timedelta) -> T:
    return await context.circleci.load_cached(key, load, lambda found: ttl if found else _NOTHING_FOR)


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
    """What people call the project, as mrkdwn. Raises nothing."""
    try:
        name = (await fetch_names(context, [slug])).get(slug)
    except CircleCIError:
        name = None
    return f"*{cut(escape(name), 150)}*" if name else as_code(slug.name)


async def _fetch_name(context: Context, slug: ProjectSlug) -> str:
    """Nothing for a project that is hidden from the person."""

    async def ask() -> str:
        project = await fetch_if_visible(context.circleci.fetch_project, slug)
        return project.full_name if project else ""

    return await _load(context, ("name", slug), ask, ttl=_NAMES_FOR)


def _is_connected(context: Context) -> bool:
    return context.account is not None and context.account.is_active
