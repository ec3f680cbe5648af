from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.actions.promotions import add_deploys, find_promotions, match_places
from bot.blocks.hold_blocks import Hold
from bot.circleci.deployed_places import ProjectDeploys
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Project, Workflow
from bot.circleci.snapshot import Snapshot
from bot.command import Context
from bot.domain import ProjectSlug
from bot.errors import NotFound
from tests.blocks.test_deploy_blocks import PROJECT, make_place, make_release, make_version
from tests.circleci.test_deployed_places import ManyEnvironments
from tests.plugins.each_case import each_case
from tests.plugins.factories import make_pipeline, make_workflow


def make_job(name: str, kind: str = "build", status: str = "blocked") -> Job:
    return Job.model_validate({"id": name, "name": name, "type": kind, "status": status})


@each_case(
    ("environments", "job", "found"),
    [
        (["production", "pre-production"], "deploy-pre-production", ["pre-production"]),
        (["production", "pre-production"], "deploy_production", ["production"]),
        (["production", "staging-eu"], "deploy production and staging_eu", ["production", "staging-eu"]),
        (["production", "dev"], "notify-developers", []),
        (["Production"], "deployProduction", ["Production"]),
        (["", "--", "production"], "deploy-production", ["production"]),
        (["a", "b"], "deploy-a", ["a"]),
    ],
)
def test_a_job_deploys_where_the_words_of_its_name_say(environments: list[str], job: str, found: list[str]) -> None:
    places = [make_place(name, [make_version("1", 340, live=True)]) for name in environments]
    matched = match_places(ProjectDeploys(PROJECT, places, {}), make_job("hold"), [make_job(job)])
    assert [one.environment.name for one in matched] == found


def test_an_environment_to_which_nothing_was_deployed_yet_is_no_other_one() -> None:
    deploys = ProjectDeploys(PROJECT, [make_place("production", [])], {}, environments=["pre-production"])
    assert not match_places(deploys, make_job("hold"), [make_job("deploy-pre-production")])


def test_the_name_of_a_hold_counts_where_nothing_is_behind_it() -> None:
    deploys = ProjectDeploys(PROJECT, [make_place("production", [])], {})
    assert match_places(deploys, make_job("approve-production"), [])
    assert not match_places(deploys, make_job("approve-production"), [make_job("smoke")])


async def test_a_hold_does_not_wait_for_a_circleci_that_tells_of_deploys_late() -> None:
    async def never(_slug: object) -> Any:
        await asyncio.Event().wait()

    context = SimpleNamespace(circleci=SimpleNamespace(fetch_project=never), links=SimpleNamespace(is_server=False))
    hold = cast(Hold, SimpleNamespace(project=PROJECT.project))
    assert await add_deploys(cast(Context, context), hold, within_s=0) is hold


async def test_what_was_rolled_back_to_is_promoted_by_the_hold_of_the_pipeline_that_made_it() -> None:
    live = make_version("1", 342, live=True, workflow_id="rollback")
    back = make_release("1", "SUCCESS", 342, is_rollback=True, workflow_id="rollback")
    staging = make_place("staging", [live], [back, make_release("1", "SUCCESS", 340, workflow_id="made")])
    production = make_place("production", [])
    pipeline, hold = make_pipeline(340), make_job("approve-production", "approval", "on_hold")

    async def list_workflow_jobs(workflow_id: str) -> list[Job]:
        return [hold] if workflow_id == "made" else []

    async def fetch_workflow(workflow_id: str) -> Workflow:
        return make_workflow(1, "ship", "on_hold").model_copy(update={"id": workflow_id})

    api = SimpleNamespace(list_workflow_jobs=list_workflow_jobs, fetch_workflow=fetch_workflow)
    deploys = ProjectDeploys(PROJECT, [staging, production], {pipeline.id: pipeline})
    (found,) = await find_promotions(cast(Context, SimpleNamespace(circleci=api)), deploys)
    assert (found.source, found.target, found.hold) == (staging, production, hold)
    assert (found.found.pipeline, found.found.workflow.id) == (pipeline, "made")


class ForgetfulCircleCI(ManyEnvironments):
    """It shows the project, and no pipeline any more."""

    async def fetch_project(self, _slug: ProjectSlug) -> Project:
        return PROJECT

    async def fetch_pipeline(self, pipeline_id: str) -> Pipeline:
        raise NotFound(pipeline_id)


@pytest.mark.parametrize(("job", "asked"), [("deploy-production", ["production"]), ("notify", [])])
async def test_a_hold_asks_only_about_the_environment_that_its_job_names(job: str, asked: list[str]) -> None:
    api = ForgetfulCircleCI("preview", "production")
    run = SimpleNamespace(list_jobs_after=lambda _hold, **_how: [make_job(job)])
    snapshot = SimpleNamespace(get_run=lambda _workflow: run, pipeline=make_pipeline(341))
    hold = Hold(cast(Snapshot, snapshot), PROJECT.project, make_workflow(1, "ship", "on_hold"), make_job("hold"))
    context = SimpleNamespace(circleci=api, links=Links())
    told = await add_deploys(cast(Context, context), hold)
    assert api.environments == asked
    assert ("to *production · c0*, where `1` runs" in told.deploys) is bool(asked)
