"""Which projects a rule is for: one, several by a glob, or an organisation; and which of them the person can see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_projects
from bot.actions.target_projects import Again
from bot.circleci.client import CircleCI
from bot.circleci.links import Link
from bot.command import Context
from bot.domain import ProjectSlug, Scope
from bot.errors import NotFound, Rejected
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Seen:
    """A scope, the projects of it that the person can see now, and the readable name of one whose slug is opaque."""

    scope: Scope
    projects: tuple[ProjectSlug, ...]
    name: str | None = None


async def scope(context: Context, text: str | None, again: Again) -> Scope:
    """The scope that is meant; None means the channel's project. Raises as target_projects.project does."""
    a_link = text and Link.parse(text, context.links.base_url)
    if text and not a_link and (Scope.names_org(text) or any(mark in text for mark in "*?[")):
        return Scope.parse(text)
    slug = await target_projects.project(context, text, again)
    return Scope(slug.vcs, slug.org, slug.project)


async def seen(circleci: CircleCI, wanted: Scope) -> Seen:
    """What of it there is for the person. Raises NotFound when there is nothing that they may see."""
    if slug := wanted.exact:
        project = await circleci.project(slug)
        name = project.full_name if slug.vcs == "circleci" else None
        return Seen(Scope.parse(str(project.project)), (project.project,), name)
    try:
        known: Sequence[ProjectSlug] = await circleci.built_lately(wanted.org_slug)
    except (NotFound, Rejected) as error:
        raise NotFound(
            f"CircleCI does not know the organisation {code(wanted.org_slug)}, or hides it from you.",
            status=error.status,
            request_id=error.request_id,
        ) from None
    return Seen(wanted, tuple(slug for slug in known if wanted.covers(slug)))
