"""Which deploy brought a commit, a tag, a pipeline or a version where: *who deployed this?*"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.actions.target_words import NUMBER
from bot.blocks.deployed_changes_blocks import Attempt, Carrier
from bot.circleci.deployed_changes import find_commit_pipeline
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, fetch_pipelines
from bot.circleci.links import Link
from bot.circleci.models import Pipeline
from bot.circleci.release_states import get_state
from bot.command import Context

MOST, MOST_TRIED = 10, 20
"""Versions of each place that are looked at, and attempts of all that brought nothing."""

_REVISION = re.compile(r"[0-9a-fA-F]{7,40}")


async def find_carriers(context: Context, deploys: ProjectDeploys, said: str) -> list[Carrier]:
    """Of each place the first version that has it. A commit is also in what its branch built later."""
    ran = [(place, one) for nth in range(MOST) for place in deploys.places for one in place.versions[nth : nth + 1]]
    wanted = [(place, one, place.get_pipeline_id(one)) for place, one in ran]
    pipelines = await fetch_pipelines(context.circleci, [each for _place, _one, each in wanted])
    known = [(place, one, pipelines[each]) for place, one, each in wanted if each in pipelines]
    number = _find_number(context, said)
    exact = [
        carrier
        for carrier in known
        if carrier[2].number == number or said in {carrier[1].name, carrier[2].tag, carrier[2].id}
    ]
    if exact or number:
        return _take_first(deploys, exact)
    return await _find_by_commit(context, deploys, said, known)


async def find_attempts(context: Context, places: Sequence[DeployPlace], said: str) -> list[Attempt]:
    """What was tried of it and does not run: the newest of each of these places."""
    tried = [(place, one) for place in places for one in place.releases if get_state(one) != "success"][:MOST_TRIED]
    pipelines = await fetch_pipelines(context.circleci, [one.pipeline_id for _place, one in tried])
    number = _find_number(context, said)
    found: dict[int, Attempt] = {}
    for place, one in tried:
        pipeline = pipelines.get(one.pipeline_id)
        if said == one.version or (pipeline and _is_meant(pipeline, said, number)):
            found.setdefault(id(place), (place, one, pipeline))
    return list(found.values())


def _find_number(context: Context, said: str) -> int | None:
    told = Link.parse(said, context.links.base_url)
    return (told and told.pipeline_number) or (int(bare[1]) if (bare := NUMBER.fullmatch(said)) else None)


def _is_meant(pipeline: Pipeline, said: str, number: int | None) -> bool:
    revision = _get_revision(said)
    is_commit = bool(_REVISION.fullmatch(revision)) and _is_of(pipeline, revision)
    return pipeline.number == number or said in {pipeline.tag, pipeline.id} or is_commit


async def _find_by_commit(
    context: Context, deploys: ProjectDeploys, said: str, known: Sequence[Carrier]
) -> list[Carrier]:
    revision = _get_revision(said)
    if not _REVISION.fullmatch(revision):
        return []
    built = next((one for _place, _version, one in known if _is_of(one, revision)), None)
    for newest in _list_newest_of_branches(known):
        built = built or await find_commit_pipeline(context.circleci, newest, revision)
    if built is None:
        return []
    later = [carrier for carrier in known if carrier[2].branch == built.branch and carrier[2].number >= built.number]
    return _take_first(deploys, later)


def _get_revision(said: str) -> str:
    """That of a link to a commit's page; else what was said."""
    path = said.partition("?")[0].partition("#")[0].replace("/commits/", "/commit/")
    return path.rpartition("/commit/")[2].partition("/")[0]


def _is_of(pipeline: Pipeline, revision: str) -> bool:
    return (pipeline.revision or "").startswith(revision.casefold())


def _list_newest_of_branches(known: Sequence[Carrier]) -> list[Pipeline]:
    newest: dict[str | None, Pipeline] = {}
    for _place, _version, pipeline in known:
        newest.setdefault(pipeline.branch, pipeline)
    return [one for branch, one in newest.items() if branch][:3]


def _take_first(deploys: ProjectDeploys, found: Sequence[Carrier]) -> list[Carrier]:
    """The earliest of each place."""

    def get_age(carrier: Carrier) -> tuple[int, float]:
        deployed_at = carrier[0].get_first_at(carrier[1])
        return carrier[2].number, deployed_at.timestamp() if deployed_at else 0.0

    of_place = [[one for one in found if one[0] is place] for place in deploys.places]
    return [min(several, key=get_age) for several in of_place if several]
