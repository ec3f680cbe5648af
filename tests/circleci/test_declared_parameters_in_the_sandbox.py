"""What may be triggered, as the simulated CircleCI tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.circleci.declared_parameters import DeclaredParameters, Parameter, fetch_parameters
from bot.circleci.models import TriggeredPipeline
from bot.circleci.parameter_values import coerce_parameters
from tests.circleci.sandboxed import WEB, CircleCISandbox, run_circleci_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[CircleCISandbox]:
    async with run_circleci_sandbox() as one:
        yield one


async def test_the_declared_parameters_of_a_branch_come_from_its_newest_pipeline(sandbox: CircleCISandbox) -> None:
    known = await fetch_parameters(sandbox.ada, WEB, "main", tag=None, default_branch="main")
    assert (known.source, {one.name for one in known.parameters}) == (
        "branch",
        {"image-tag", "deploy", "replicas", "environment"},
    )
    assert Parameter("environment", "enum", "staging", ("staging", "production")) in known.parameters
    values, _ = coerce_parameters(known, {"deploy": "yes", "replicas": "3", "environment": "production"})
    made = await sandbox.ada.trigger_pipeline(WEB, branch="main", parameters=values)
    assert isinstance(made, TriggeredPipeline)
    await sandbox.advance(20)
    assert (await sandbox.ada.fetch_pipeline_values(made.id))["pipeline.parameters.replicas"] == 3


async def test_a_branch_that_never_ran_borrows_from_the_default_branch(sandbox: CircleCISandbox) -> None:
    known = await fetch_parameters(sandbox.ada, WEB, "feature/checkout-2", tag=None, default_branch=None)
    assert isinstance(known, DeclaredParameters)
    assert (known.source, len(known.parameters)) == ("default branch", 4)


async def test_parameters_are_those_of_the_definition_whatever_ran_last(sandbox: CircleCISandbox) -> None:
    (mobile,) = [one for one in await sandbox.ada.list_visible_projects() if one.name == "mobile"]
    project = await sandbox.ada.fetch_project(mobile.project)
    ids = {one.name: one.id for one in await sandbox.ada.list_definitions(project.id) or ()}
    for name in ("release", "build"):
        await sandbox.ada.trigger_pipeline(mobile.project, branch="main", definition_id=ids[name])
    known = {
        name: await fetch_parameters(
            sandbox.ada, mobile.project, "main", tag=None, default_branch="main", definitions={ids[name]}
        )
        for name in ids
    }
    assert {name: [one.name for one in found.parameters] for name, found in known.items()} == {
        "build": ["platform"],
        "release": ["version", "track", "percent"],
    }
    assert {found.source for found in known.values()} == {"branch"}


@pytest.mark.parametrize("branch", ["dynamic", "setup"])
async def test_of_a_dynamic_config_only_what_its_setup_declares_may_be_set(
    sandbox: CircleCISandbox, branch: str
) -> None:
    made = await sandbox.ada.trigger_pipeline(WEB, branch=branch)
    assert isinstance(made, TriggeredPipeline)
    await sandbox.advance(20)
    known = await fetch_parameters(sandbox.ada, WEB, branch, tag=None, default_branch="main")
    assert [one.name for one in known.parameters] == ["image-tag", "deploy", "replicas", "environment"]
