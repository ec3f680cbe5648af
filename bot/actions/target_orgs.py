"""Which organisation is meant: a slug, a name, or the one that the channel's project belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from bot.actions import target_projects
from bot.ambiguity import meant
from bot.circleci.models import Collaboration
from bot.command import Context
from bot.domain import org_slug
from bot.errors import NotThere, Step
from bot.line import Written
from bot.mrkdwn import code

Again = Callable[[str], Written]


async def organisation(context: Context, text: str | None, again: Again) -> Collaboration:
    """The organisation that is meant; of one that the person does not belong to only the slug is known.

    `again` writes the command's line for a slug. Raises NotThere with a button for each that could be meant.
    """
    known = [one for one in await context.circleci.collaborations() if one.slug]
    if text is None:
        here = await target_projects.project_here(context)
        return _by_slug(here.org_slug, known) if here else _only(known, again)
    if "/" in text.strip("/"):
        return _by_slug(org_slug(text), known)
    return _by_name(text, known, again)


def _by_slug(slug: str, known: Sequence[Collaboration]) -> Collaboration:
    return next((one for one in known if one.slug == slug), Collaboration(slug=slug))


def _only(known: Sequence[Collaboration], again: Again) -> Collaboration:
    if len(known) == 1:
        return known[0]
    raise NotThere("Which organisation?", *_steps(known, again), "Or set this channel's project: `use gh/org/repo`.")


def _by_name(text: str, known: Sequence[Collaboration], again: Again) -> Collaboration:
    fitting = meant(text.strip("/"), known, _names)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NotThere(f"Several organisations are called {code(text, 100)}. Which one?", *_steps(fitting, again))
    by_name = {name: one for one in known for name in _names(one)}
    near = {by_name[name].slug: by_name[name] for name in get_close_matches(text, by_name, n=3)}
    steps = _steps(list(near.values()) or known, again)
    raise NotThere(f"You belong to no organisation {code(text, 100)} at CircleCI.", *steps)


def _names(org: Collaboration) -> set[str]:
    return {org.name, org.slug.partition("/")[2]}


def _steps(known: Sequence[Collaboration], again: Again) -> list[Step]:
    return [Step(one.called, again(one.slug)) for one in known[:10]]
