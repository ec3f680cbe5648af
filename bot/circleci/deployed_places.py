"""What is deployed where: CircleCI's answers as places, each with what runs there and what was tried.

A place is a component in an environment (and a namespace). Nothing here knows which version of the API told it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.deploy_verdicts import LONG_AGO, is_return, judge_releases
from bot.circleci.environment_order import rank_environment, rank_name
from bot.circleci.models import ComponentVersion, DeployComponent, DeployEnvironment, Pipeline, Project, Release
from bot.circleci.models.deploy_models import DEFAULT
from bot.circleci.release_states import MOVING, get_state
from bot.errors import fetch_if_visible

T = TypeVar("T")

MOST_COMPONENTS = 12
"""Of one project: each is a request."""

MOST_PLACES = 40
"""Of which the pipelines are read, and that a message can show."""

MOST_PIPELINES, AT_ONCE = 160, 8
"""That are asked for one question."""


@dataclass(frozen=True, slots=True)
class DeployPlace:
    """A component in an environment; `versions` ran there, `releases` were tried, both the newest first."""

    component: DeployComponent
    environment: DeployEnvironment
    namespace: str
    versions: Sequence[ComponentVersion]
    releases: Sequence[Release]

    @property
    def live(self) -> ComponentVersion | None:
        """What runs there; where CircleCI marks none as that, what was deployed last."""
        return next((one for one in self.versions if one.is_live), next(iter(self.versions), None))

    @property
    def replaced(self) -> ComponentVersion | None:
        """What made room for what runs there."""
        live = self.live
        return next((one for one in self.versions if one is not live), None) if live else None

    @property
    def before(self) -> ComponentVersion | None:
        """What ran there before what runs, and was not taken back."""
        taken_back = self.list_taken_back()
        return next((one for one in self.list_earlier() if one.name not in taken_back), None)

    def list_taken_back(self) -> dict[str, datetime]:
        """Versions that made room for an older one, each with when; not what came again since."""
        came: dict[str, datetime] = {}
        left: dict[str, datetime] = {}
        for one in (each for each in judge_releases(self.releases) if each.ran):
            version = one.release.version
            if one.is_deploy:
                came[version] = one.at
            else:
                newer = [each for each, at in came.items() if at > came.get(version, LONG_AGO)]
                left = {**dict.fromkeys(newer, one.at), **left}
            left.pop(version, None)
        return left

    def list_earlier(self) -> list[ComponentVersion]:
        """What ran there and may be brought back, the latest first and what was taken back last; not what only failed.

        So the first one is what ran before what runs, also after one rollback or several.
        """
        good = {one.version for one in self.releases if get_state(one) == "success"}
        bad = {one.version for one in self.releases if get_state(one) in {"failed", "canceled"}} - good
        live = self.live
        found = {one.name: one for one in reversed(self.versions) if one.name not in bad}
        earlier = [one for one in reversed(found.values()) if live is None or one.name != live.name]
        taken_back = self.list_taken_back()
        return sorted(earlier, key=lambda one: one.name in taken_back)

    def get_first_at(self, version: ComponentVersion) -> datetime | None:
        """When it came there first; None where only its coming back is known."""
        ran = [one for one in judge_releases(self.releases) if one.ran and one.release.version == version.name]
        if not ran:
            return version.last_deployed_at
        return ran[0].at if ran[0].is_deploy else None

    @property
    def under_way(self) -> Release | None:
        """What is being deployed there now, or planned to be."""
        return next(iter(one for one in self.releases[:1] if get_state(one) in MOVING), None)

    @property
    def brought(self) -> Release | None:
        """The attempt that brought what runs there."""
        live = self.live
        good = (one for one in self.releases if get_state(one) == "success")
        return next((one for one in good if live and one.version == live.name), None)

    @property
    def undone(self) -> Release | None:
        """The newest attempt that came to nothing, unless something was deployed since that is no return."""
        for one in self.releases:
            state = get_state(one)
            if state == "success" and not is_return(one, self.releases):
                return None
            if state not in MOVING | {"success"}:
                return one
        return None

    def get_pipeline_id(self, version: ComponentVersion) -> str:
        """The pipeline that made it: a rollback brings back what another one made."""
        maker = self._get_maker(version)
        return maker.pipeline_id if maker else version.pipeline_id

    def get_workflow_id(self, version: ComponentVersion) -> str:
        """The workflow of that pipeline which brought it, the latest one where several did; "" where nothing says."""
        maker = self._get_maker(version)
        return version.workflow_id if maker is None or maker.pipeline_id == version.pipeline_id else maker.workflow_id

    def _get_maker(self, version: ComponentVersion) -> Release | None:
        return next((one for one in reversed(self.releases) if one.version == version.name and one.pipeline_id), None)

    def list_pipeline_ids(self) -> list[str]:
        """Of all that is told of it: what runs and ran there, what is tried and what came to nothing."""
        ran = [self.get_pipeline_id(one) for one in (self.live, self.before, self.replaced) if one]
        return [*ran, *(one.pipeline_id for one in (self.under_way, self.undone) if one)]

    @property
    def is_rolled_back(self) -> bool:
        return self.brought is not None and is_return(self.brought, self.releases)


@dataclass(frozen=True, slots=True)
class ProjectDeploys:
    """`pipelines` brought what runs, by id, as far as they are shown; `left_out` components were not looked at.

    `environments` are all of the organisation, by name: to some of them nothing was deployed yet. `components` are all
    of the project, unless it has more than are read: `is_cut`.
    """

    project: Project
    places: Sequence[DeployPlace]
    pipelines: dict[str, Pipeline]
    left_out: int = 0
    environments: Sequence[str] = ()
    components: Sequence[str] = ()
    is_cut: bool = False

    @property
    def is_partial(self) -> bool:
        """More may run than was looked at: that something does not is not known."""
        return self.is_cut or bool(self.left_out)

    @property
    def shown(self) -> Sequence[DeployPlace]:
        return self.places[:MOST_PLACES]


async def fetch_deploys(
    circleci: CircleCI, project: Project, *, environment: str | None = None, component: str | None = None
) -> ProjectDeploys:
    """Places of these names, or all, and the pipelines of those that are shown. Raises CircleCIError."""
    deploys = await fetch_places(circleci, project, environment=environment, component=component)
    shown = [each for place in deploys.shown for each in place.list_pipeline_ids()]
    return replace(deploys, pipelines=await fetch_pipelines(circleci, shown))


async def fetch_places(
    circleci: CircleCI, project: Project, *, environment: str | None = None, component: str | None = None
) -> ProjectDeploys:
    """The same without pipelines. A project without deploys costs one request.

    Of many components those are looked at that deployed last. Places stand by environment, production first.
    """
    everything = await circleci.list_deploy_components(project)
    all_names = [one.name for one in everything]
    names = match_names(all_names, component)
    components = [one for one in everything if one.name in names]
    if not components:
        return ProjectDeploys(project, (), {}, components=all_names, is_cut=everything.is_cut)
    environments, releases = await asyncio.gather(
        circleci.list_deploy_environments(project.organization_id), circleci.list_releases(project)
    )
    meant = match_names([one.name for one in environments], environment)
    named = [one.id for one in environments if environment and one.name in meant]
    wanted = named or [one.id for one in environments]
    looked = _choose_components(components, releases or (), named)
    versions = await asyncio.gather(
        *(
            circleci.list_component_versions(one.id, named[0])
            if len(named) == 1
            else circleci.list_newest_versions(one.id, wanted)
            for one in looked
        )
    )
    places = [
        place
        for one, of_one in zip(looked, versions, strict=True)
        for place in _build_places(one, environments, of_one, releases or ())
    ]
    called = sorted(list_called(places, environment), key=lambda one: _rank_place(one, project))
    known = [one.name for one in environments if one.name]
    left_out = len(components) - len(looked)
    return ProjectDeploys(project, called, {}, left_out, known, all_names, is_cut=everything.is_cut)


def _choose_components(
    components: Sequence[DeployComponent], releases: Sequence[Release], environment_ids: Sequence[str]
) -> list[DeployComponent]:
    """As many as are looked at: what was tried last in these environments, what was elsewhere, then by name."""
    tried = [one for one in releases if one.environment_id in environment_ids], releases
    lately = dict.fromkeys(one.component_id for some in tried for one in some)
    nth = {each: number for number, each in enumerate(lately)}
    return sorted(components, key=lambda one: (nth.get(one.id, len(nth)), rank_name(one.name)))[:MOST_COMPONENTS]


def _rank_place(place: DeployPlace, project: Project) -> tuple[object, ...]:
    """By environment; in each the component of the project's name first, then by name."""
    component = place.component.name
    return (
        rank_environment(place.environment.name),
        component != project.name,
        rank_name(component),
        place.namespace != DEFAULT,
        place.namespace,
        place.component.id,
    )


def list_called(places: Sequence[DeployPlace], environment: str | None) -> list[DeployPlace]:
    """Those in the environment of this name, in whatever case where none is called just so."""
    names = match_names([one.environment.name for one in places], environment)
    return [one for one in places if one.environment.name in names]


async def fetch_pipelines(circleci: CircleCI, ids: Iterable[str]) -> dict[str, Pipeline]:
    """The first of these, as far as CircleCI still shows them."""
    wanted = [each for each in dict.fromkeys(ids) if each][:MOST_PIPELINES]
    found = await ask_few(lambda each: fetch_if_visible(circleci.fetch_pipeline, each), wanted)
    return {pipeline.id: pipeline for pipeline in found if pipeline}


async def ask_few(ask: Callable[[str], Awaitable[T]], ids: Iterable[str]) -> list[T]:
    """What is asked of each, few at once."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask_one(each: str) -> T:
        async with turn:
            return await ask(each)

    return await asyncio.gather(*map(ask_one, ids))


def match_names(names: Sequence[str], wanted: str | None) -> set[str]:
    """Those that are meant: all, just this one, or else those that differ by case only."""
    if wanted is None:
        return set(names)
    return {wanted} & set(names) or {one for one in names if one.casefold() == wanted.casefold()}


def _build_places(
    component: DeployComponent,
    environments: Sequence[DeployEnvironment],
    versions: Sequence[ComponentVersion],
    releases: Sequence[Release],
) -> list[DeployPlace]:
    """Those where something ran or was tried, the latest first."""
    named = {one.id: one for one in environments}
    ours = [one for one in releases if one.component_id == component.id]
    keys = dict.fromkeys([*map(_get_key, versions), *map(_get_key, ours)])
    return [
        DeployPlace(
            component,
            named.get(environment) or DeployEnvironment(id=environment, name=environment),
            namespace,
            [one for one in versions if _get_key(one) == (environment, namespace)],
            [one for one in ours if _get_key(one) == (environment, namespace)],
        )
        for environment, namespace in keys
    ]


def _get_key(one: ComponentVersion | Release) -> tuple[str, str]:
    return one.environment_id, one.namespace or DEFAULT
