"""Addresses as CircleCI's command line prints them, of ids alone, and those that name a branch, pasted to commands."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import find_field
from tests.plugins.command_requests import push_branch, record_requests
from tests.plugins.world import Json, World


async def test_links_of_ids_are_understood_by_every_kind_of_command(connected_world: World) -> None:
    pipeline, workflow, job = await _of_broken(connected_world)
    base = f"{connected_world.url}/circleci"
    for said, told in (
        (f"pipeline {base}/pipeline/{pipeline['id']}", f"#{pipeline['number']}"),
        (f"config {base}/pipeline/{pipeline['id']}", f"The config of #{pipeline['number']}"),
        (f"workflow {base}/workflow/{workflow['id']}", workflow["name"]),
        (f"job {base}/workflow/{workflow['id']}/job/{job['id']}", f"job {job['job_number']}"),
        (f"logs {base}/workflow/{workflow['id']}/job/{job['id']}", f"job {job['job_number']}"),
        (f"artifacts {base}/workflow/{workflow['id']}/job/{job['id']}", f"job {job['job_number']}"),
        (f"status {base}/workflow/{workflow['id']}/job/{job['id']}", "gh/acme/web"),
        (f"use {base}/pipeline/{pipeline['id']}", "from now on, where they name none"),
    ):
        await connected_world.say(f"/circle {said}")
        await connected_world.reply(told)


@pytest.mark.parametrize("link", ["workflow", "pipeline"])
async def test_a_trigger_takes_the_project_of_a_link_of_ids(connected_world: World, link: str) -> None:
    pipeline, workflow, _ = await _of_broken(connected_world)
    found = workflow if link == "workflow" else pipeline
    await connected_world.say(
        f"/circle trigger {connected_world.url}/circleci/{link}/{found['id']} --branch main deploy=yes"
    )
    await connected_world.card("triggered it")
    assert (await _triggers(connected_world))[-1]["body"] == {"branch": "main", "parameters": {"deploy": True}}


async def test_a_link_to_a_branch_says_the_branch(connected_world: World) -> None:
    link = f"{connected_world.url}/circleci/pipelines/github/acme/web?branch=feature%2Flogin&filter=mine"
    await connected_world.say(f"/circle trigger {link} deploy=yes")
    await connected_world.card("triggered it")
    await connected_world.say(f"/circle trigger {link} --branch main")
    await connected_world.card("on `main`")
    first, second = await _triggers(connected_world)
    assert (first["body"]["branch"], second["body"]["branch"]) == ("feature/login", "main")
    await connected_world.say(f"/circle trigger {link}")
    form = await connected_world.form("image-tag")
    assert find_field(form, "branch")[1]["initial_option"]["value"] == "feature/login"


async def test_lists_of_a_linked_branch_are_of_that_branch(connected_world: World) -> None:
    link = f"{connected_world.url}/circleci/pipelines/github/acme/web?branch=feature%2Flogin"
    await connected_world.say(f"/circle recent {link}")
    await connected_world.reply("on `feature/login`")
    await connected_world.say(f"/circle schedules {link}")
    await connected_world.reply("Schedules: 1")
    await connected_world.say(f"/circle status {link}")
    await connected_world.reply("acme/web")


async def test_a_linked_branch_means_its_own_newest_pipeline(calm_world: World) -> None:
    await push_branch(calm_world, "broken")
    broken, workflow, job = await _of_broken(calm_world)
    await push_branch(calm_world, "slow")
    link = f"{calm_world.url}/circleci/pipelines/github/acme/web?branch=broken"
    for said, told in (
        ("pipeline {}", f"acme/web #{broken['number']}"),
        ("logs {}", f"test (job {job['job_number']}) of #{broken['number']}"),
        ("approve {}", "Nothing on `broken` of `acme/web` waits"),
        ("subscribe {} --only failure", "You own rule"),
        ("pipeline {}-not", "`broken-not` of `acme/web` has no pipelines yet"),
    ):
        await calm_world.say(f"/circle {said.format(link)}")
        await calm_world.reply(told)
    asked = await record_requests(calm_world, f"rerun {link} --failed")
    assert f"POST /workflow/{workflow['id']}/rerun" in asked


async def _of_broken(world: World) -> tuple[Json, Json, Json]:
    """A pipeline that failed, its workflow that did, and the job."""
    pipelines = await _read(world, "/project/gh/acme/web/pipeline?branch=broken")
    workflows = await _read(world, f"/pipeline/{pipelines[0]['id']}/workflow")
    workflow = next(one for one in workflows if one["status"] == "failed")
    jobs = await _read(world, f"/workflow/{workflow['id']}/job")
    return pipelines[0], workflow, next(one for one in jobs if one["status"] == "failed")


async def _read(world: World, path: str) -> list[Json]:
    answer = await world.http.get(f"/circleci/api/v2{path}", headers={"Circle-Token": "CCIPAT_ada"})
    found: list[Json] = answer.json()["items"]
    return found


async def _triggers(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and "/pipeline" in call["path"]]
