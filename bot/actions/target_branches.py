"""Which branch of which project the words of a line mean, where a branch may stand without its option."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.actions import visible_projects
from bot.actions.target_projects import LineBuilder, find_current_project, is_project_name, resolve_project
from bot.blocks import branch_blocks
from bot.circleci.branch_history import fetch_branch_history
from bot.circleci.links import Link
from bot.circleci.models import Project
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, escape


async def resolve_project_and_branch(
    context: Context, words: Sequence[str], branch: str | None, build_line: LineBuilder
) -> tuple[ProjectSlug, str | None]:
    """`web main`, `web`, or `main` alone where the thread or the channel has a project. Raises TargetError."""
    if len(words) == 1 and branch is None and await _is_branch(context, words[0]):
        project, branch = None, words[0]
    else:
        project = words[0] if words else None
        branch = words[1] if len(words) > 1 else branch
    slug = await resolve_project(context, project, lambda slug: build_line(slug, *words[1:]))
    return slug, branch


async def _is_branch(context: Context, word: str) -> bool:
    """No link and no project's name; with a slash in it, only a branch that ran lately."""
    here = await find_current_project(context)
    if here is None or Link.parse(word, context.links.base_url) or await is_project_name(context, word):
        return False
    return "/" not in word or word in await visible_projects.list_branches(context, here)


async def is_known_name(context: Context, word: str) -> bool:
    """Whether a project, or a branch that ran lately in the project of the place, is called so."""
    here = await find_current_project(context)
    return await is_project_name(context, word) or (
        here is not None and word in await visible_projects.list_branches(context, here)
    )


async def render_branch(context: Context, project: Project, branch: str) -> Message:
    """The branch as it is now. Raises TargetError for one that never ran."""
    history = await fetch_branch_history(context.circleci, project.project, branch)
    if history is None:
        raise await _build_unknown_error(context, project, branch)
    return branch_blocks.render(history, project, branch, links=context.links)


async def _build_unknown_error(context: Context, project: Project, branch: str) -> TargetError:
    slug = str(project.project)
    known = {one.casefold(): one for one in await visible_projects.list_branches(context, project.project)}
    near = get_close_matches(branch.casefold(), known, n=3)
    steps = [
        NextStep(_("Show {branch}", branch=known[one]), format_line("status", slug, branch=known[one])) for one in near
    ]
    return TargetError(
        _("{project} has run nothing on {branch}.", project=escape(project.full_name), branch=as_code(branch, 120)),
        *(steps or [NextStep(_("Show All Branches"), format_line("status", slug))]),
    )
