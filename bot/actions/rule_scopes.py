"""Which projects a rule is for: one, several by a glob, or an organisation; and which of them the person can see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_projects
from bot.actions.target_projects import LineBuilder
from bot.circleci.client import CircleCI
from bot.circleci.links import Link
from bot.command import Context
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import HIDDEN, NotFound
from bot.language import _
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class VisibleScope:
    """A scope, the projects of it that the person can see now, and the readable name of one whose slug is opaque.

    `organization_id` is that of a single project, "" where it is not known.
    """

    scope: ProjectScope
    projects: tuple[ProjectSlug, ...]
    name: str | None = None
    organization_id: str = ""


async def resolve(context: Context, text: str | None, build_line: LineBuilder) -> ProjectScope:
    """The scope that is meant; None means the channel's project. Raises as target_projects.project does."""
    a_link = text and Link.parse(text, context.links.base_url)
    if text and not a_link and (ProjectScope.is_org_slug(text) or any(mark in text for mark in "*?[")):
        return ProjectScope.parse(text)
    slug = await target_projects.resolve_project(context, text, build_line)
    return ProjectScope(slug.vcs, slug.org, slug.project)


async def fetch_visible(circleci: CircleCI, wanted: ProjectScope) -> VisibleScope:
    """What of it there is for the person. Raises NotFound when there is nothing that they may see."""
    if slug := wanted.exact:
        project = await circleci.fetch_project(slug)
        name = project.full_name if slug.vcs == "circleci" else None
        return VisibleScope(ProjectScope.parse(str(project.project)), (project.project,), name, project.organization_id)
    try:
        known: Sequence[ProjectSlug] = await circleci.list_recent_projects(wanted.org_slug)
    except HIDDEN as error:
        raise NotFound(
            _(
                "CircleCI does not know the organisation {organisation}, or hides it from you.",
                organisation=as_code(wanted.org_slug),
            ),
            status=error.status,
            request_id=error.request_id,
        ) from None
    return VisibleScope(wanted, tuple(slug for slug in known if wanted.covers(slug)))
