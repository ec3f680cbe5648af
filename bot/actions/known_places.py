"""Environments and components by name: offered while somebody types, and where a name is only nearly one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from difflib import get_close_matches

from bot.actions import visible_projects
from bot.circleci.deployed_places import ProjectDeploys, match_names
from bot.circleci.models import Project
from bot.command import Choice, Context
from bot.domain import ProjectScope
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.line import Written
from bot.mrkdwn import as_code, join_first
from bot.permissions import ActTarget

_KEPT_FOR = timedelta(minutes=1)
_LONGEST = 150
"""Characters that Slack takes as a choice."""

_MOST = 99
_NEAR, _LISTED = 3, 10

_UNKNOWN = {
    "environment": N_("No environment is called {name}: there are {names}."),
    "from": N_("No environment is called {name}: there are {names}."),
    "against": N_("No environment is called {name}: there are {names}."),
    "component": N_("No component is called {name}. What is deployed: {names}."),
}

_UNREAD = N_("None of the first {count} components is called {name}, and I read no further: {names}.")


async def list_choices(context: Context, scope: str | None, typed: str, *, components: bool) -> list[Choice]:
    """Those of the scope's project, or of its organisation, that contain what was `typed`; and that itself."""
    found = await _list_names(context, scope, components=components) if scope else []
    fitting = [Choice(one, one) for one in found if typed.casefold() in one.casefold() and len(one) <= _LONGEST]
    typed = typed.strip()[:_LONGEST]
    itself = [Choice(_("Use “{typed}”", typed=typed), typed)] if typed and typed not in found else []
    return [*fitting[:_MOST], *itself]


async def _list_names(context: Context, scope: str, *, components: bool) -> Sequence[str]:
    """Raises NotAllowed for whoever may not see what is deployed there."""
    meant = ProjectScope.parse(scope)
    known = await visible_projects.list_projects(context)
    slug = meant.exact or next((one.project for one in known if meant.covers(one.project)), None)
    if slug is None:
        return ()
    await context.rights.check_act(ActTarget(project=slug), "deploys", final=False)
    project = await context.circleci.fetch_project(slug)

    async def load() -> Sequence[str]:
        return await _fetch_names(context, project, components=components)

    key = ("components", slug) if components else ("environments", project.organization_id)
    return await context.circleci.load_cached(key, load, lambda _found: _KEPT_FOR)


async def _fetch_names(context: Context, project: Project, *, components: bool) -> list[str]:
    if components:
        found: Iterable[str] = [one.name for one in await context.circleci.list_deploy_components(project)]
    else:
        told = await context.circleci.list_deploy_environments(project.organization_id)
        found = [one.name for one in told]
    return sorted({one for one in found if one})


def check_names(deploys: ProjectDeploys, said: dict[str, str | None], build_line: Callable[..., Written]) -> None:
    """Raises TargetError for a name that nothing has, with those that are spelt nearly so.

    `said` is by option; `build_line` writes the line with another value of one of them.
    """
    environments = {*deploys.environments, *(one.environment.name for one in deploys.places)}
    for option, name in said.items():
        known = deploys.components if option == "component" else environments
        if known and name and not match_names(list(known), name):
            steps = [
                NextStep(_("Use “{typed}”", typed=one), build_line(**{option: one})) for one in list_near(name, known)
            ]
            there = join_first([as_code(one, 80) for one in sorted(known)], _LISTED)
            sentence = _UNREAD if option == "component" and deploys.is_cut else _UNKNOWN[option]
            raise TargetError(_(sentence, name=as_code(name, 80), names=there, count=len(known)), *steps)


def list_near(name: str, known: Collection[str]) -> list[str]:
    """Those that are spelt nearly so, the nearest first; all where there are few."""
    folded = {one.casefold(): one for one in sorted(known)}
    near = [folded[one] for one in get_close_matches(name[:_LONGEST].casefold(), folded, n=_NEAR)]
    return near or (sorted(known) if len(known) <= _NEAR else [])
