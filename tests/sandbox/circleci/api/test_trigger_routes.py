from __future__ import annotations

from typing import Any

import pytest

from sandbox.circleci.api_rules import ApiRule
from tests.sandbox.circleci.circle import WEB, SimulatorClient

DEFINITION = "00000000-0000-4000-8000-000000000000"


async def test_a_trigger_answers_with_little_and_runs_with_the_given_parameters(circle: SimulatorClient) -> None:
    parameters = {"image-tag": "4.8.2", "deploy": True}
    answer = await circle.post(f"{WEB}/pipeline", {"branch": "main", "parameters": parameters}, by="grace")
    started = answer.json()
    assert (answer.status_code, started["state"], set(started)) == (
        201,
        "pending",
        {"id", "state", "number", "created_at"},
    )
    pipeline = await circle.get(f"/pipeline/{started['id']}")
    assert (pipeline["trigger"]["type"], pipeline["trigger"]["actor"]["login"]) == ("api", "grace")
    values = await circle.get(f"/pipeline/{started['id']}/values")
    assert values["pipeline.parameters.image-tag"] == "4.8.2"
    assert values["pipeline.parameters.replicas"] == 2


@pytest.mark.parametrize("tag", ["v1.2.3", "1.0", "v2.0.0-rc.1"])
async def test_a_tag_behaves_as_main(circle: SimulatorClient, tag: str) -> None:
    answer = await circle.post(f"{WEB}/pipeline", {"tag": tag})
    circle.after(20)
    pipeline_id = answer.json()["id"]
    vcs = (await circle.get(f"/pipeline/{pipeline_id}"))["vcs"]
    assert (vcs["tag"], "branch" in vcs) == (tag, False)
    assert {run["status"] for run in await circle.workflows(pipeline_id)} == {"success"}


async def test_a_pull_request_is_a_branch(circle: SimulatorClient) -> None:
    pipeline = await circle.get(f"/pipeline/{await circle.trigger('pull/17/head')}")
    assert pipeline["vcs"]["review_id"] == "17"
    assert pipeline["vcs"]["review_url"] == "https://github.com/acme/web/pull/17"


async def test_without_a_ref_it_is_the_default_branch(circle: SimulatorClient) -> None:
    answer = await circle.post(f"{WEB}/pipeline", {})
    assert (await circle.get(f"/pipeline/{answer.json()['id']}"))["vcs"]["branch"] == "main"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"branch": "nowhere"}, "Branch not found"),
        ({"branch": "b" * 300}, "Branch not found"),
        ({"tag": "not a tag"}, "Tag not found"),
        ({"branch": "main", "tag": "v1.0.0"}, "Only one of branch and tag can be given"),
        ({"branch": 7}, "Unexpected request body provided."),
        ({"branch": "main", "parameters": ["x"]}, "Unexpected request body provided."),
        ({"branch": "main", "parameters": {"foo": "1"}}, "Unexpected argument(s): foo"),
        (
            {"branch": "main", "parameters": {"replicas": "2"}},
            'Type error for argument replicas: expected type: integer, actual value: "2" (type string)',
        ),
    ],
)
async def test_a_trigger_that_cannot_be_is_refused_and_starts_nothing(
    circle: SimulatorClient, body: dict[str, Any], sentence: str
) -> None:
    before = len(circle.world.archive.list_pipelines())
    answer = await circle.post(f"{WEB}/pipeline", body)
    assert (answer.status_code, answer.json()) == (400, {"message": sentence})
    assert len(circle.world.archive.list_pipelines()) == before


async def test_parameters_are_those_of_the_config_on_the_branch(circle: SimulatorClient) -> None:
    source = "version: 2.1\nparameters: {colour: {type: enum, enum: [red, green], default: red}}\n"
    circle.world.push(circle.world.projects["gh/acme/web"], branch="painted", config_source=source)
    known = await circle.post(f"{WEB}/pipeline", {"branch": "painted", "parameters": {"colour": "green"}})
    unknown = await circle.post(f"{WEB}/pipeline", {"branch": "painted", "parameters": {"deploy": True}})
    assert (known.status_code, unknown.status_code) == (201, 400)
    assert (await circle.get(f"/pipeline/{known.json()['id']}/config"))["source"] == source
    nothing_declared = {"branch": "main", "parameters": {"deploy": True}}
    answer = await circle.post("/project/gh/acme/api/pipeline", nothing_declared)
    assert answer.json() == {"message": "Unexpected argument(s): deploy"}


async def _run(circle: SimulatorClient, **body: Any) -> Any:
    return await circle.post(f"/project/{circle.kiosk.slug}/pipeline/run", body)


async def test_a_github_app_project_is_run_by_definition(circle: SimulatorClient) -> None:
    build, nightly = (await circle.get(f"/projects/{circle.kiosk.id}/pipeline-definitions"))["items"]
    assert (build["name"], nightly["name"]) == ("build", "nightly")
    ref = {"branch": "main"}
    answer = await _run(
        circle, definition_id=nightly["id"], config=ref, checkout=ref, parameters={"platform": "android"}
    )
    assert answer.status_code == 201
    circle.after(20)
    pipeline = await circle.get(f"/pipeline/{answer.json()['id']}")
    assert "vcs" not in pipeline
    git = pipeline["trigger_parameters"]["git"]
    assert (git["branch"], git["tag"], git["ref"]) == ("main", "", "refs/heads/main")
    (run,) = await circle.workflows(pipeline["id"])
    assert (run["name"], run["status"]) == ("nightly", "success")


async def test_the_classic_route_refuses_a_github_app_project(circle: SimulatorClient) -> None:
    answer = await circle.post(f"/project/{circle.kiosk.slug}/pipeline", {"branch": "main"})
    assert answer.status_code == 400
    assert "pipeline/run" in answer.json()["message"]


async def test_a_skipped_commit_answers_200_and_starts_nothing(circle: SimulatorClient) -> None:
    before = len(circle.world.archive.list_pipelines())
    ref = {"branch": "ci-skip"}
    for answer in (
        await _run(circle, definition_id=circle.kiosk.definitions[0].id, config=ref, checkout=ref),
        await circle.post(f"{WEB}/pipeline/run", {"checkout": ref}),
    ):
        assert (answer.status_code, answer.json()) == (200, {"message": ApiRule.CI_SKIP.message})
    assert len(circle.world.archive.list_pipelines()) == before


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"branch": "main"}, 400, "Unexpected request body provided."),
        ({"checkout": {"branch": "main", "sha": "x"}}, 400, "Unexpected request body provided."),
        ({"checkout": "main"}, 400, "Unexpected request body provided."),
        ({"checkout": {"branch": "nowhere"}}, 400, "Branch not found"),
        ({"config": {"branch": "nowhere"}, "checkout": {"branch": "main"}}, 400, "Branch not found"),
        ({"parameters": {"foo": 1}}, 400, "Unexpected argument(s): foo"),
        ({"definition_id": DEFINITION, "checkout": {"branch": "main"}}, 404, "Pipeline definition not found"),
    ],
)
async def test_a_run_is_strict_about_its_body(
    circle: SimulatorClient, body: dict[str, Any], status: int, sentence: str
) -> None:
    answer = await circle.post(f"{WEB}/pipeline/run", body)
    assert (answer.status_code, answer.json()) == (status, {"message": sentence})


async def test_a_run_needs_a_definition_where_there_are_several(circle: SimulatorClient) -> None:
    answer = await _run(circle, checkout={"branch": "main"})
    assert (answer.status_code, answer.json()) == (400, {"message": "A pipeline definition ID is required"})


async def test_a_run_does_not_know_an_escaped_slash(circle: SimulatorClient) -> None:
    escaped = await circle.post("/project/gh%2Facme%2Fweb/pipeline/run", {"checkout": {"branch": "main"}})
    classic = await circle.post("/project/gh%2Facme%2Fweb/pipeline", {"branch": "main"})
    assert (escaped.status_code, classic.status_code) == (404, 201)


async def test_a_gitlab_project_cannot_be_triggered_by_api_at_all(circle: SimulatorClient) -> None:
    slug = circle.firmware.slug
    before = len(circle.world.archive.list_pipelines())
    run = {"definition_id": DEFINITION, "config": {"branch": "main"}, "checkout": {"branch": "main"}}
    assert (await circle.post(f"/project/{slug}/pipeline", {"branch": "main"})).status_code == 400
    assert (await circle.post(f"/project/{slug}/pipeline/run", run)).status_code == 404
    assert (await circle.get(f"/projects/{circle.firmware.id}/pipeline-definitions"))["items"] == []
    assert len(circle.world.archive.list_pipelines()) == before


async def test_a_gitlab_pipeline_is_told_from_others_by_its_trigger_parameters(circle: SimulatorClient) -> None:
    newest = (await circle.get(f"/project/{circle.firmware.slug}/pipeline"))["items"][0]
    assert "vcs" not in newest
    assert newest["trigger_parameters"]["gitlab"]["web_url"].startswith("https://gitlab.com/")
    assert newest["trigger_parameters"]["circleci"]["trigger_type"] == "gitlab"


async def test_each_definition_takes_the_parameters_of_its_own_file(circle: SimulatorClient) -> None:
    project = circle.world.projects["gh/acme/mobile"]
    listed = (await circle.get(f"/projects/{project.id}/pipeline-definitions"))["items"]
    assert {each["name"]: each["config_source"]["file_path"] for each in listed} == {
        "build": ".circleci/config.yml",
        "release": ".circleci/release.yml",
    }
    ids = {each["name"]: each["id"] for each in listed}

    async def run(name: str, **parameters: Any) -> Any:
        body = {"definition_id": ids[name], "checkout": {"branch": "main"}, "parameters": parameters}
        return await circle.post("/project/gh/acme/mobile/pipeline/run", body)

    assert (await run("build", track="beta")).json() == {"message": "Unexpected argument(s): track"}
    assert (await run("release", platform="ios")).json() == {"message": "Unexpected argument(s): platform"}
    assert (await run("build", platform="android")).status_code == 201
    started = await run("release", version="4.8.2", percent=50)
    config = (await circle.get(f"/pipeline/{started.json()['id']}/config"))["source"]
    assert ("track:" in config, "platform:" in config) == (True, False)


async def test_a_config_in_another_repository_has_refs_of_its_own(circle: SimulatorClient) -> None:
    project = next(each for each in circle.world.projects.values() if each.name == "handbook")
    spelling = (await circle.get(f"/projects/{project.id}/pipeline-definitions"))["items"][1]
    assert spelling["config_source"]["repo"]["full_name"] == "acme/ci-config"
    assert spelling["checkout_source"]["repo"]["full_name"] == "acme/handbook"
    refs = {"config": {"tag": "v1"}, "checkout": {"branch": "broken"}}
    started = await circle.post(
        f"/project/{project.slug}/pipeline/run",
        {"definition_id": spelling["id"], "parameters": {"draft": False}, **refs},
    )
    assert started.status_code == 201
    pipeline = await circle.get(f"/pipeline/{started.json()['id']}")
    assert pipeline["trigger_parameters"]["git"]["branch"] == "broken"
