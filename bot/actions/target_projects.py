"""Which project is meant: a slug, a link, `org/repo` or `repo`; else that of the thread, or the channel's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from bot.actions import visible_projects
from bot.actions.target_words import Named
from bot.ambiguity import meant
from bot.circleci.links import Link
from bot.circleci.models import Project
from bot.command import Context, line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step, UsageError
from bot.line import Written
from bot.mrkdwn import code

Again = Callable[..., Written]
"""Writes the command's line with other words in the place of those that were not clear."""


async def project(context: Context, text: str | None, again: Again) -> ProjectSlug:
    """The project that is meant: a slug, a link, `org/repo` or `repo`; None means the channel's.

    Raises UsageError when the channel has none or the slug is malformed, NotThere when the name fits none or several,
    NotAllowed when a policy is against it.
    """
    return await permitted(context, await _project(context, text, again))


async def _project(context: Context, text: str | None, again: Again) -> ProjectSlug:
    if text is None:
        return await project_here(context) or _ask_which()
    pasted = Link.parse(text, context.links.base_url)
    if pasted:
        return pasted.project or await _of_ids(context, pasted)
    if text.strip("/").count("/") >= 2:
        return ProjectSlug.parse(text)
    return _pick(text, await visible_projects.projects(context), again)


async def _of_ids(context: Context, pasted: Link) -> ProjectSlug:
    """Of a link that names no project."""
    pipeline_id = pasted.pipeline_id or (await context.circleci.workflow(str(pasted.workflow_id))).pipeline_id
    return (await context.circleci.pipeline(pipeline_id)).project


async def project_here(context: Context) -> ProjectSlug | None:
    """The project of the thread, else the channel's own."""
    request = context.request
    if context.thread:
        return context.thread.project
    if request.channel is None:
        return None
    async with context.store.read() as tx:
        return await tx.channels.project(request.workspace, request.channel)


def _ask_which() -> NoReturn:
    raise UsageError(
        "Which project?",
        "Name it first, like `gh/acme/web`, or set one for this channel: `/circle use gh/acme/web`.",
        Step("Show my projects", line("projects")),
    )


def _pick(text: str, known: Sequence[Project], again: Again) -> ProjectSlug:
    fitting = meant(text.strip("/"), known, _names)
    if len(fitting) == 1:
        return fitting[0].project
    if fitting:
        steps = [Step(f"{found.full_name} ({found.project.vcs})", again(found.slug)) for found in fitting[:10]]
        raise NotThere(f"Several projects are called {code(text, 100)}. Which one?", *steps)
    by_name = {name: found for found in known for name in _names(found)}
    near = dict.fromkeys(by_name[name].slug for name in get_close_matches(text, by_name, n=3))
    raise NotThere(
        f"I see no project {code(text, 100)} among those that you follow at CircleCI and that built lately.",
        *(Step(f"Did you mean {slug}?", again(slug)) for slug in near),
        "Any project can be named in full, as in `gh/org/repo`, or by its link.",
    )


def _names(found: Project) -> set[str]:
    """Everything that people call it by."""
    slug = found.project
    return {found.name, found.full_name, slug.project, f"{slug.org}/{slug.project}"}


async def project_and_name(context: Context, words: Sequence[str], again: Again) -> tuple[ProjectSlug, tuple[str, ...]]:
    """The project that is meant, and the words that name something inside it."""
    named = await settled(context, Named.of(words, context.links.base_url))
    if named.inside:
        raise UsageError("A project is meant here, not one of its pipelines.")
    return await project(context, named.project, lambda slug: again(slug, *named.rest)), named.rest


async def settled(context: Context, named: Named) -> Named:
    """A bare first word may be no project but a name inside the channel's one (`approve release-prod`).

    In a thread it is the name of another project only beside a number: the pipeline of the thread is meant.
    """
    word = named.project
    if word is None or "/" in word or named.inside:
        return named
    here = await project_here(context)
    called_so = meant(word, await visible_projects.projects(context), _names) if here else []
    if here is None or any(not context.thread or one.project == here for one in called_so):
        return named
    return replace(named, project=None, rest=(word, *named.rest))


async def permitted(context: Context, slug: ProjectSlug) -> ProjectSlug:
    """The project itself. Raises NotAllowed. One that was named by its ids, or has another name now, has two."""
    if context.rights.elsewhere:
        known = await context.circleci.project(slug)
        await context.rights.on({slug, known.project})
    return slug
