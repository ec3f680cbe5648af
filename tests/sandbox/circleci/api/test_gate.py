from __future__ import annotations

import base64

import httpx
import pytest

from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def _me(circle: SimulatorClient, **request: object) -> httpx.Response:
    return await circle.call("GET", "/me", None, **request)


@pytest.mark.parametrize(
    "headers",
    [
        {"Circle-Token": "CCIPAT_grace"},
        {"Authorization": "Bearer CCIPAT_grace"},
        {"Authorization": "Basic " + base64.b64encode(b"CCIPAT_grace:").decode()},
    ],
)
async def test_a_token_is_taken_from_each_documented_header(circle: SimulatorClient, headers: dict[str, str]) -> None:
    answer = await _me(circle, headers=headers)
    assert (answer.status_code, answer.json()["login"]) == (200, "grace")


@pytest.mark.parametrize(
    ("request_with", "sentence"),
    [
        ({}, "You must log in first."),
        ({"headers": {"Authorization": "Digest x"}}, "You must log in first."),
        ({"headers": {"Circle-Token": "CCIPAT_expired"}}, "Invalid token provided."),
        ({"headers": {"Circle-Token": "ada"}}, "Invalid token provided."),
        ({"headers": {"Authorization": "Basic !!"}}, "Invalid token provided."),
        ({"params": {"circle-token": "CCIPAT_ada"}}, "Invalid token provided."),
    ],
)
async def test_anything_else_is_unauthorized(
    circle: SimulatorClient, request_with: dict[str, object], sentence: str
) -> None:
    answer = await _me(circle, **request_with)
    assert (answer.status_code, answer.json()) == (401, {"message": sentence})


async def test_a_token_in_the_query_is_refused_and_noted(circle: SimulatorClient) -> None:
    await _me(circle, params={"circle-token": "CCIPAT_ada"}, headers={"Circle-Token": "CCIPAT_ada"})
    (call,) = circle.world.calls.snapshot()
    assert (call["status"], call["auth"], call["query"]) == (401, "query", {})


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("eve", "/project/gh/acme/web", 200),
        ("eve", "/project/gh/acme/api", 404),
        ("eve", "/project/gh/acme/secret/pipeline", 404),
        ("grace", "/project/gh/acme/api", 200),
        ("grace", "/project/gh/acme/secret", 404),
        ("ada", "/project/gh/acme/secret", 200),
        ("ada", "/project/gh/acme/nothing", 404),
        ("ada", "/project/gl/acme/web", 404),
    ],
)
async def test_what_somebody_may_not_see_does_not_exist_for_them(
    circle: SimulatorClient, person: str, path: str, status: int
) -> None:
    answer = await circle.call("GET", path, person)
    assert answer.status_code == status
    if status == 404:
        assert answer.json() == {"message": "Project not found"}


async def test_what_is_inside_a_hidden_project_is_hidden_as_well(circle: SimulatorClient) -> None:
    pipeline = next(each for each in circle.world.archive.list_pipelines() if each.project.name == "secret")
    run = pipeline.workflows[0]
    for path, noun in (
        (f"/pipeline/{pipeline.id}", "Pipeline"),
        (f"/pipeline/{pipeline.id}/workflow", "Pipeline"),
        (f"/workflow/{run.id}/job", "Workflow"),
    ):
        assert (await circle.call("GET", path, "ada")).status_code == 200
        answer = await circle.call("GET", path, "grace")
        assert (answer.status_code, answer.json()) == (404, {"message": f"{noun} not found"})
    answer = await circle.post(f"/jobs/{run.jobs[0].id}/cancel", by="grace")
    assert (answer.status_code, answer.json()) == (404, {"message": "Job not found"})


async def test_a_reader_may_not_write(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    for path, noun in (
        (f"{WEB}/pipeline", "Project"),
        (f"{WEB}/pipeline/run", "Project"),
        (f"/workflow/{workflow['id']}/cancel", "Workflow"),
        (f"/workflow/{workflow['id']}/rerun", "Workflow"),
        (f"/workflow/{workflow['id']}/approve/{jobs['approve-staging']['approval_request_id']}", "Workflow"),
        (f"/jobs/{jobs['approve-staging']['id']}/cancel", "Job"),
        (f"{WEB}/job/{jobs['build']['job_number']}/cancel", "Job"),
    ):
        answer = await circle.post(path, {}, by="eve")
        assert (answer.status_code, answer.json()) == (404, {"message": f"{noun} not found"}), path
    circle.after(5)
    assert (await circle.workflow(pipeline_id))["status"] == "on_hold"


@pytest.mark.parametrize("body", ["{", "[]", '"text"'])
async def test_a_body_that_is_no_json_object_is_refused(circle: SimulatorClient, body: str) -> None:
    answer = await circle.call("POST", f"{WEB}/pipeline", content=body)
    assert (answer.status_code, answer.json()) == (400, {"message": "Unexpected request body provided."})


@pytest.mark.parametrize("slug", ["gh/acme/web", "github/acme/web", "gh%2Facme%2Fweb", "github%2Facme/web"])
async def test_slugs_come_in_each_form_and_go_in_the_short_one(circle: SimulatorClient, slug: str) -> None:
    assert (await circle.get(f"/project/{slug}"))["slug"] == "gh/acme/web"
    assert (await circle.get(f"/project/{slug}/pipeline"))["items"][0]["project_slug"] == "gh/acme/web"
    assert (await circle.get("/project/bitbucket/acme/legacy"))["slug"] == "bb/acme/legacy"


async def test_every_answer_has_an_id_and_tells_of_limits(circle: SimulatorClient) -> None:
    await circle.get("/me")
    answer = await circle.call("GET", "/me")
    assert answer.headers["x-request-id"]
    limit, left = int(answer.headers["ratelimit-limit"]), int(answer.headers["ratelimit-remaining"])
    assert left == limit - 2
    assert 0 < int(answer.headers["ratelimit-reset"]) <= 60


async def test_a_fault_replaces_an_answer_and_is_recorded(circle: SimulatorClient) -> None:
    circle.faults.add(
        {"target": "circleci", "match": "project/gh/acme/web/pipeline", "status": 502, "body": "<h1>Oh</h1>"}
    )
    answer = await circle.post(f"{WEB}/pipeline", {"branch": "main"})
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (
        502,
        "<h1>Oh</h1>",
        "text/html; charset=utf-8",
    )
    assert circle.world.calls.snapshot()[-1]["status"] == 502
    assert (await circle.post(f"{WEB}/pipeline", {"branch": "main"})).status_code == 201


async def test_a_dropped_trigger_has_started_its_pipeline(circle: SimulatorClient) -> None:
    before = len(circle.world.archive.list_pipelines())
    circle.faults.add({"target": "circleci", "match": "project/*/acme/web/pipeline", "accept_then_drop": True})
    with pytest.raises(ConnectionResetError):
        await circle.post(f"{WEB}/pipeline", {"branch": "main"})
    assert len(circle.world.archive.list_pipelines()) == before + 1
    assert circle.world.calls.snapshot()[-1]["status"] is None


async def test_a_route_that_does_not_exist_is_not_found(circle: SimulatorClient) -> None:
    for path in ("/nothing", "/project/gh/acme/web/pipeline/soon", "/workflow"):
        assert (await circle.call("GET", path)).status_code == 404


async def test_a_limit_stops_one_token_for_the_rest_of_the_minute(circle: SimulatorClient) -> None:
    circle.world.quotas.a_minute["ada"] = 2
    answers = [await circle.call("GET", "/me", "ada") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[-1].headers["retry-after"] == "60"
    assert (await circle.call("GET", "/me", "grace")).status_code == 200
    circle.after(60)
    assert (await circle.call("GET", "/me", "ada")).status_code == 200


async def test_a_fault_may_strike_one_token_alone(circle: SimulatorClient) -> None:
    circle.faults.add({"target": "circleci", "caller": "ada", "status": 429, "count": 1})
    assert (await circle.call("GET", "/me", "grace")).status_code == 200
    assert (await circle.call("GET", "/me", "ada")).status_code == 429


async def test_an_hourly_limit_is_told_beside_the_other_and_holds_for_the_rest_of_the_hour(
    circle: SimulatorClient,
) -> None:
    assert "x-ratelimit-limit-hour" not in (await circle.call("GET", "/me", "ada")).headers
    circle.world.quotas.an_hour["ada"] = 100
    first = await circle.call("GET", "/me", "ada")
    hourly = ("x-ratelimit-limit-hour", "x-ratelimit-remaining-hour", "x-ratelimit-reset")
    assert [first.headers[name] for name in hourly] == ["100", "98", "3600"]
    answers = [await circle.call("GET", "/me", "ada") for _ in range(99)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "3600")
    circle.after(3599)
    assert (await circle.call("GET", "/me", "ada")).status_code == 429
    circle.after(1)
    assert (await circle.call("GET", "/me", "ada")).status_code == 200
