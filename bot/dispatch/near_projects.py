"""A project that CircleCI does not know: the nearest ones that the person sees, as buttons that say the line again."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from difflib import get_close_matches

from bot.actions import visible_projects
from bot.actions.target_words import is_slug
from bot.command import Context, format_line
from bot.dispatch.parsed_call import ParsedCommand
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, NextStep, NotFound
from bot.language import _
from bot.mrkdwn import as_code, cut_middle


async def add_near_projects(error: NotFound, call: ParsedCommand, context: Context) -> NotFound:
    """The error itself where no project was named in full, or one that the person sees. Raises nothing."""
    words = call.line.words
    at = next((at for at, word in enumerate(words) if is_slug(word)), None)
    if at is None:
        return error
    try:
        seen = {str(slug) for slug in await visible_projects.list_slugs(context)}
    except CircleCIError:
        return error
    if not seen or words[at] in seen:
        return error
    near = _find_near(words[at], seen)
    steps = [
        NextStep(
            _("Use {project}", project=cut_middle(ProjectSlug.parse(one).name, 60)),
            replace(call, line=replace(call.line, words=(*words[:at], one, *words[at + 1 :]))).written,
        )
        for one in near
    ]
    rest = steps or [NextStep(_("Show My Projects"), format_line("projects"))]
    return NotFound(
        _(
            "CircleCI does not know {project}, or hides it from you.",
            project=as_code(ProjectSlug.parse(words[at]).name, 100),
        ),
        *rest,
        status=error.status,
        request_id=error.request_id,
    )


def _find_near(slug: str, seen: AbstractSet[str]) -> list[str]:
    """Of the same organisation by their own names; else by all of it."""
    org, _, name = slug.rpartition("/")
    beside = {one.rpartition("/")[2]: one for one in seen if one.rpartition("/")[0] == org}
    return [beside[one] for one in get_close_matches(name, beside, n=3)] or get_close_matches(slug, seen, cutoff=0.8)
