"""All names of a project, and the channels that it is at home in: those that use it or have rules for it.

A policy counts for a project by whichever name it is asked for, and in whatever capitals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bot.circleci.client import CircleCI
from bot.circleci.models import Project
from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_line import ANY, PolicyLine
from bot.store.store import Store, Tx


@dataclass(frozen=True, slots=True)
class FoundProject:
    names: frozenset[ProjectSlug]
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProjectHomes:
    """`circleci` tells what a project is called now; None where nobody is connected who could ask."""

    store: Store
    workspace: str
    circleci: CircleCI | None
    _names: dict[ProjectSlug, frozenset[ProjectSlug]] = field(default_factory=dict)

    async def find(
        self,
        wanted: ProjectSlug | ProjectScope,
        about: Sequence[PolicyLine],
        here: str | None,
        *,
        frozen: Collection[str] = (),
    ) -> list[FoundProject]:
        """The project; of a pattern, each that a line names and it covers. Only what the lines ask for is looked up.

        `frozen` is what freezes are about.
        """
        scopes = {*(line.scope.project for line in about), *frozen} - {ANY}
        channels = {line.scope.channel for line in about} - {ANY, here}
        if isinstance(wanted, ProjectScope):
            return [FoundProject(frozenset({slug})) for slug in _list_covered(wanted, scopes)]
        if not (scopes or channels):
            return [FoundProject(frozenset({wanted}))]
        names = await self._fetch_names(wanted)
        async with self.store.begin_read() as tx:
            at_home = await _list_scopes(tx, self.workspace, channels)
            spoken = {*scopes, *chain.from_iterable(at_home.values())}
            polled = (await tx.polled_projects.list_for_projects(spoken)).values()
        folded = {*map(_fold, names)}
        names |= {one.project for one in polled if one.called and _fold(ProjectSlug.parse(one.called)) in folded}
        return [FoundProject(names, frozenset(one for one, theirs in at_home.items() if _covers(theirs, names)))]

    async def _fetch_names(self, slug: ProjectSlug) -> frozenset[ProjectSlug]:
        """As it was asked for, and all that CircleCI calls it."""
        if slug not in self._names:
            now = list_names(await self.circleci.fetch_project(slug)) if self.circleci else frozenset[ProjectSlug]()
            self._names[slug] = now | {slug}
        return self._names[slug]


def list_names(project: Project) -> frozenset[ProjectSlug]:
    """Its slug, that with ids, and `acme/handbook` for one that has no other name: `gh/acme` is about it, too."""
    names = {project.project}
    if project.organization_id and project.id:
        names.add(ProjectSlug("circleci", project.organization_id, project.id))
    called = project.organization_name.strip(), project.name.strip()
    if project.project.vcs == "circleci" and all(called) and not any("/" in one for one in called):
        names.add(ProjectSlug("gh", *called))
    return frozenset(names)


def _list_covered(wanted: ProjectScope, scopes: Collection[str]) -> set[ProjectSlug]:
    """With the pattern itself, for the lines about all that it covers."""
    exact = {found for one in scopes if (found := ProjectScope.parse(one).exact)}
    return {ProjectSlug(wanted.vcs, wanted.org, wanted.project), *filter(wanted.covers, exact)}


async def _list_scopes(tx: Tx, workspace: str, channels: Collection[str]) -> Mapping[str, list[str]]:
    """What each of the channels uses or has rules for."""
    found: dict[str, list[str]] = {channel: [] for channel in channels}
    for rule in await tx.subscriptions.list_in_channels(workspace, channels) if channels else ():
        found[rule.channel].append(str(rule.scope))
    for channel, project in (await tx.channels.list_projects_by_channel(workspace, channels)).items():
        found[channel].append(str(project))
    return found


def _covers(scopes: Collection[str], names: Collection[ProjectSlug]) -> bool:
    return any(ProjectScope.parse(scope.casefold()).covers(_fold(slug)) for scope in scopes for slug in names)


def _fold(slug: ProjectSlug) -> ProjectSlug:
    return ProjectSlug.parse(str(slug).casefold())
