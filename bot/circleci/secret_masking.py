"""Names of variables whose values must not be shown: those of the project, and those of a job's contexts.

Asked with the rights of the reader: one request for the project's, and where a job has contexts one for the
organisation's contexts and one for each that the job uses. A reader who may not list them gets no names; what looks
like a secret is masked all the same. Values are never known (bot/untrusted/known_secrets.py says how they are found).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import CircleCIError

_MOST_CONTEXTS = 10


async def fetch_project_secret_names(circleci: CircleCI, project: ProjectSlug) -> frozenset[str]:
    """Never fails."""
    try:
        return frozenset(variable.name for variable in await circleci.list_variables(project))
    except CircleCIError:
        return frozenset()


async def fetch_context_secret_names(circleci: CircleCI, project: ProjectSlug, used: Collection[str]) -> frozenset[str]:
    """Names that the contexts called so hold. Asks nothing when there are none; never fails."""
    if not used:
        return frozenset()
    try:
        known = await circleci.list_contexts(project.org_slug)
    except CircleCIError:
        return frozenset()
    ids = [context.id for context in known if context.name in used][:_MOST_CONTEXTS]
    return frozenset().union(*await asyncio.gather(*(_fetch_names(circleci, context_id) for context_id in ids)))


async def _fetch_names(circleci: CircleCI, context_id: str) -> frozenset[str]:
    try:
        return frozenset(held.variable for held in await circleci.list_context_variables(context_id))
    except CircleCIError:
        return frozenset()


async def fetch_secret_names(circleci: CircleCI, project: ProjectSlug, used: Collection[str]) -> frozenset[str]:
    """Both at once: the project's, and those of the contexts called so."""
    own, held = await asyncio.gather(
        fetch_project_secret_names(circleci, project), fetch_context_secret_names(circleci, project, used)
    )
    return own | held
