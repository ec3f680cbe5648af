"""Which organisation is meant: a slug, a name, or the one that the channel's project belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from bot.actions import target_projects
from bot.ambiguity import match_by_name
from bot.circleci.models import Collaboration
from bot.command import Context
from bot.domain import parse_org_slug
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_code

OrgLineBuilder = Callable[[str], Written]


async def resolve_organisation(context: Context, text: str | None, build_line: OrgLineBuilder) -> Collaboration:
    """The organisation that is meant; of one that the person does not belong to only the slug is known.

    `build_line` writes the command's line for a slug. Raises TargetError with a button for each that could be meant.
    """
    known = [one for one in await context.circleci.list_collaborations() if one.slug]
    if text is None:
        here = await target_projects.find_current_project(context)
        return _get_by_slug(here.org_slug, known) if here else _get_only(known, build_line)
    if "/" in text.strip("/"):
        return _get_by_slug(parse_org_slug(text), known)
    return _match_by_name(text, known, build_line)


def _get_by_slug(slug: str, known: Sequence[Collaboration]) -> Collaboration:
    return next((one for one in known if one.slug == slug), Collaboration(slug=slug))


def _get_only(known: Sequence[Collaboration], build_line: OrgLineBuilder) -> Collaboration:
    if len(known) == 1:
        return known[0]
    raise TargetError(
        _("Which organisation?"),
        *_build_steps(known, build_line),
        _("Or set this channel's project: `/circle use acme/web`."),
    )


def _match_by_name(text: str, known: Sequence[Collaboration], build_line: OrgLineBuilder) -> Collaboration:
    fitting = match_by_name(text.strip("/"), known, _get_names)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise TargetError(
            _("Several organisations are called {organisation}. Which one?", organisation=as_code(text, 100)),
            *_build_steps(fitting, build_line),
        )
    by_name = {name: one for one in known for name in _get_names(one)}
    near = {by_name[name].slug: by_name[name] for name in get_close_matches(text, by_name, n=3)}
    steps = _build_steps(list(near.values()) or known, build_line)
    message = _("You belong to no organisation {organisation} at CircleCI.", organisation=as_code(text, 100))
    raise TargetError(message, *steps)


def _get_names(org: Collaboration) -> set[str]:
    return {org.name, org.slug.partition("/")[2]}


def _build_steps(known: Sequence[Collaboration], build_line: OrgLineBuilder) -> list[NextStep]:
    return [NextStep(one.display_name, build_line(one.slug)) for one in known[:10]]
