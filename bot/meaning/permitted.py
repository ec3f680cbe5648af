"""Whether the policy lets a person do to a project what they ask: looked at wherever it is found out which is meant."""

from __future__ import annotations

from bot.command import Context
from bot.domain import ProjectSlug


async def permitted(context: Context, slug: ProjectSlug) -> ProjectSlug:
    """The project itself. Raises NotAllowed. One that was named by its ids, or has another name now, has two."""
    if context.rights.elsewhere:
        known = await context.circleci.project(slug)
        await context.rights.on({slug, known.project})
    return slug
