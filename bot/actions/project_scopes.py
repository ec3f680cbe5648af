"""What a policy, a freeze or a mark is about, looked up before it is written: a name of nothing protects nothing."""

from __future__ import annotations

from bot.actions import target_projects
from bot.actions.target_projects import LineBuilder
from bot.command import Context
from bot.domain import ProjectScope
from bot.errors import TargetError, fetch_if_visible
from bot.language import _
from bot.mrkdwn import as_code


async def resolve_scope(context: Context, text: str | None, build_line: LineBuilder) -> ProjectScope:
    """A project by any of its names, as CircleCI calls it now; an organisation or a pattern as it is.

    None means the channel's project. Raises UsageError, and TargetError for what this person does not see.
    """
    slashed = text is not None and "/" in text and "://" not in text
    scope = ProjectScope.parse(text) if text and slashed else None
    if scope and not scope.exact:
        await _check_organisation(context, scope)
        return scope
    named = scope.exact if scope else None
    found = await fetch_if_visible(context.circleci.fetch_project, named) if named else None
    if found is None:
        named_in_full = named is not None
        slug = await target_projects.resolve_project(
            context, named.name if named else text, build_line, in_full=named_in_full
        )
        found = await context.circleci.fetch_project(slug)
    return ProjectScope.parse(str(found.project))


async def _check_organisation(context: Context, scope: ProjectScope) -> None:
    known = await context.circleci.list_collaborations()
    if not any(one.is_called(scope.org, scope.org_slug) for one in known):
        raise TargetError(
            _("I see no organisation {name} among yours at CircleCI.", name=as_code(scope.org_slug, 100)),
            _("Name it as `gh/org` or `bb/org`; `/circle projects --orgs` lists yours."),
        )
