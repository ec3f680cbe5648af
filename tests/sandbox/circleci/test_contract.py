"""Every answer of the simulator against the table of CircleCI's operations, where it has the route."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.routing import Route

from sandbox import circleci
from sandbox.circleci.stories import STORY_BRANCHES
from tests.contracts.circleci import operation
from tests.sandbox.circleci.circle import WEB, SimulatorClient
from tests.sandbox.circleci.deploys import walk_deploys
from tests.sandbox.circleci.settings import walk_settings


class Contract:
    """Checks answers as they arrive, and remembers which operations it has seen."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    async def check(self, answer: httpx.Response) -> None:
        path = answer.request.url.path.removeprefix("/circleci").removeprefix("/api/v2")
        found = operation(answer.request.method, path)
        if found is None:
            return
        await answer.aread()
        self.seen.add(found.name)
        errors = found.answer(answer.status_code).iter_errors(answer.json())
        complaints = [f"{error.json_path}: {error.message}" for error in errors]
        assert not complaints, f"{found.name} {answer.status_code}: {complaints}"


@pytest.fixture
async def contract(circle: SimulatorClient) -> Contract:
    contract = Contract()
    circle.http.event_hooks["response"].append(contract.check)
    return contract


@pytest.mark.parametrize("branch", sorted(set(STORY_BRANCHES) | {"feature/login"}))
async def test_a_story_keeps_to_the_table_at_every_moment(
    circle: SimulatorClient, contract: Contract, branch: str
) -> None:
    pipeline_id = await circle.trigger(branch)
    for _ in range(12):
        await _look_at_everything(circle, pipeline_id)
        circle.after(1.7)
    assert "GET /pipeline/{pipeline-id}/workflow" in contract.seen


async def test_a_github_app_project_keeps_to_the_table(circle: SimulatorClient, contract: Contract) -> None:
    slug = circle.kiosk.slug
    listed = await circle.get(f"/projects/{circle.kiosk.id}/pipeline-definitions")
    run = {"definition_id": listed["items"][0]["id"], "config": {"branch": "main"}, "checkout": {"branch": "main"}}
    started = await circle.post(f"/project/{slug}/pipeline/run", run)
    skipped = await circle.post(f"/project/{slug}/pipeline/run", {**run, "checkout": {"branch": "ci-skip"}})
    assert (started.status_code, skipped.status_code) == (201, 200)
    circle.after(30)
    await _look_at_everything(circle, started.json()["id"])
    await _look_at_project(circle, slug, circle.kiosk.id)


async def test_a_gitlab_project_keeps_to_the_table(circle: SimulatorClient, contract: Contract) -> None:
    pipeline = circle.world.push(circle.firmware, branch="broken")
    circle.after(30)
    await _look_at_everything(circle, pipeline.id)
    await _look_at_project(circle, circle.firmware.slug, circle.firmware.id)


async def test_people_and_projects_keep_to_the_table(circle: SimulatorClient, contract: Contract) -> None:
    for person in ("ada", "grace", "eve"):
        me = await circle.get("/me", person)
        await circle.get(f"/user/{me['id']}", person)
        await circle.get("/me/collaborations", person)
        await circle.get("/pipeline", person, **{"org-slug": "gh/acme"})
    for project in list(circle.world.projects.values()):
        await _look_at_project(circle, project.slug, project.id)


async def test_acts_and_refusals_keep_to_the_table(circle: SimulatorClient, contract: Contract) -> None:
    await _decide(circle)
    await _rerun_and_cancel(circle)
    await _register_webhooks(circle)
    await walk_settings(circle)
    await walk_deploys(circle)
    for by in (None, "expired", "eve"):
        await circle.post("/project/gh/acme/secret/pipeline", {"branch": "main"}, by)
        await circle.post(f"{WEB}/pipeline/run", {"branch": "main"}, by)
        await circle.call("GET", f"{WEB}/pipeline", by)
    assert len(contract.seen) > 10


async def test_every_route_that_the_table_has_is_walked_above(circle: SimulatorClient, contract: Contract) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    await _look_at_everything(circle, pipeline_id)
    await _look_at_project(circle, "gh/acme/web", circle.world.projects["gh/acme/web"].id)
    await _decide(circle)
    await _rerun_and_cancel(circle)
    await _register_webhooks(circle)
    await walk_settings(circle)
    await walk_deploys(circle)
    me = await circle.get("/me")
    await circle.get(f"/user/{me['id']}")
    await circle.get("/me/collaborations")
    await circle.get("/pipeline")
    await circle.post(f"{WEB}/pipeline/run", {"checkout": {"branch": "main"}})
    await _look_at_everything(circle, await circle.trigger("slow"), after_s=1.7)
    assert _ours(circle) - contract.seen == set()


def _ours(circle: SimulatorClient) -> set[str]:
    routes = [route for route in circleci.build_routes(circle.world) if isinstance(route, Route)]
    ours = ((method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"})
    found = {operation(method, _like_the_table(path)) for method, path in ours}
    return {one.name for one in found if one}


def _like_the_table(path: str) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", path.removeprefix("/api/v2"))


async def _look_at_everything(circle: SimulatorClient, pipeline_id: str, after_s: float = 0.0) -> None:
    circle.after(after_s)
    pipeline = await circle.get(f"/pipeline/{pipeline_id}")
    slug = pipeline["project_slug"]
    await circle.get(f"/project/{slug}/pipeline/{pipeline['number']}")
    await circle.get(f"/pipeline/{pipeline_id}/config")
    await circle.get(f"/pipeline/{pipeline_id}/values")
    for workflow in await circle.workflows(pipeline_id):
        await circle.get(f"/workflow/{workflow['id']}")
        for job in (await circle.jobs(workflow["id"])).values():
            if "job_number" in job:
                await _look_at_job(circle, slug, job["job_number"])


async def _look_at_job(circle: SimulatorClient, slug: str, number: int) -> None:
    await circle.get(f"/project/{slug}/job/{number}")
    await circle.get(f"/project/{slug}/{number}/tests")
    await circle.get(f"/project/{slug}/{number}/artifacts")
    await circle.call("GET", f"http://sandbox/circleci/api/v1.1/project/{slug}/{number}")


async def _look_at_project(circle: SimulatorClient, slug: str, project_id: str) -> None:
    for path in ("", "/pipeline", "/pipeline/mine", "/schedule"):
        await circle.get(f"/project/{slug}{path}")
    await circle.get(f"/projects/{project_id}/pipeline-definitions")
    for path in ("branches", "flaky-tests", "workflows", "workflows/build-and-test"):
        await circle.get(f"/insights/{slug}/{path}")
    for path in ("jobs", "summary", "test-metrics"):
        await circle.get(f"/insights/{slug}/workflows/build-and-test/{path}")
    await circle.get(f"/insights/pages/{slug}/summary")
    await circle.get(f"/insights/{slug.rpartition('/')[0]}/summary")
    await circle.get("/webhook", **{"scope-id": project_id, "scope-type": "project"})


async def _decide(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("release")
    circle.after(7)
    workflow = await circle.workflow(pipeline_id)
    jobs = await circle.jobs(workflow["id"])
    request_id = jobs["approve-staging"]["approval_request_id"]
    for status in (202, 400):
        assert (await circle.post(f"/workflow/{workflow['id']}/approve/{request_id}")).status_code == status
    assert (await circle.post(f"/jobs/{jobs['approve-production']['id']}/cancel")).status_code == 200
    circle.after(10)
    await _look_at_everything(circle, pipeline_id)


async def _rerun_and_cancel(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("slow")
    circle.after(6)
    workflow = await circle.workflow(pipeline_id)
    number = (await circle.jobs(workflow["id"]))["soak"]["job_number"]
    for path in (f"/workflow/{workflow['id']}/cancel", f"{WEB}/job/{number}/cancel"):
        assert (await circle.post(path)).is_success
    circle.after(2)
    assert (await circle.post(f"/workflow/{workflow['id']}/cancel")).status_code == 400
    assert (await circle.post(f"/workflow/{workflow['id']}/rerun", {})).status_code == 202


async def _register_webhooks(circle: SimulatorClient) -> None:
    scope = {"id": circle.world.projects["gh/acme/web"].id, "type": "project"}
    hook = {"name": "bot", "events": ["workflow-completed"], "url": "https://example.com", "verify-tls": True}
    created = await circle.post("/webhook", {**hook, "signing-secret": "hush", "scope": scope})
    path = f"/webhook/{created.json()['id']}"
    assert created.status_code == 201
    await circle.get(path)
    await circle.call("PUT", path, json={"name": "other"})
    await circle.get("/webhook", **{"scope-id": scope["id"], "scope-type": "project"})
    assert (await circle.call("DELETE", path)).json() == {"message": "Webhook deleted."}
