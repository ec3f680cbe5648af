"""Every answer of the simulator against CircleCI's own OpenAPI document, where the document has the route."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from starlette.routing import Route

from bot.sandbox import circleci
from bot.sandbox.circleci.projects import STORY_BRANCHES
from tests.sandbox.circleci.circle import WEB, Circle
from tests.sandbox.circleci.settings import walk_settings

DOCUMENT = Path(__file__).parents[4] / "shared" / "specs" / "circleci-openapi.json"

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="CircleCI's OpenAPI document is not beside the checkout")

CHECKOUT_KEYS = (
    "GET /project/{project-slug}/checkout-key",
    "POST /project/{project-slug}/checkout-key",
    "GET /project/{project-slug}/checkout-key/{fingerprint}",
)
DEVIATIONS = {
    "GET /insights/{project-slug}/flaky-tests": (
        r"'(flaky-tests|total-flaky-tests)' is a required property",
        "snake case on the wire: mcp-server-circleci reads it so and would throw otherwise, pycircleci",
    ),
    "GET /me/collaborations": (
        r"'vcs-type' is a required property",
        "vcs_type on the wire: circleci-cli, pycircleci",
    ),
    **dict.fromkeys(CHECKOUT_KEYS, (r"'(public-key|created-at)' is a required", "snake: kelvintaywl/circleci-go-sdk")),
    "GET /workflow/{id}/job": (
        r"'started_at' is a required property|started_at: None",
        "null or absent until the job starts: con/tinuous, mcp-server-circleci",
    ),
    "GET /project/{project-slug}/job/{job-number}": (
        r"started_at: None",
        "null while the job is queued, as in lists of jobs: con/tinuous",
    ),
}
"""Where the wire is known to differ: the route, which complaints of the validator to pass over, and who saw it."""


class Contract:
    """Checks answers as they arrive, and remembers which operations of the document it has seen."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads(DOCUMENT.read_text())
        self.seen: set[str] = set()
        self.deviating: set[str] = set()

    def operation_of(self, method: str, path: str) -> str | None:
        """`GET /workflow/{id}` for a path of ours, concrete or with Starlette's parameters."""
        for template in sorted(self.document["paths"], key=lambda each: each.count("{")):
            if _pattern(template).fullmatch(path) and method.lower() in self.document["paths"][template]:
                return f"{method} {template}"
        return None

    async def check(self, answer: httpx.Response) -> None:
        operation = self.operation_of(answer.request.method, answer.request.url.path.removeprefix("/circleci/api/v2"))
        if operation is None:
            return
        await answer.aread()
        self.seen.add(operation)
        complaints = [each for each in self._complaints(operation, answer) if not self._is_known(operation, each)]
        assert not complaints, f"{operation} {answer.status_code}: {complaints}"

    def _complaints(self, operation: str, answer: httpx.Response) -> list[str]:
        schema = self._schema(operation, answer.status_code)
        errors = OAS30Validator(schema, format_checker=oas30_format_checker).iter_errors(answer.json())
        return [f"{error.json_path}: {error.message}" for error in errors]

    def _schema(self, operation: str, status: int) -> Any:
        """Statuses that an operation does not list have its default answer, which is a message."""
        method, template = operation.split()
        responses = self.document["paths"][template][method.lower()]["responses"]
        response = self._resolved(responses.get(str(status)) or responses.get("default") or _MESSAGE)
        return response["content"]["application/json"]["schema"]

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return self._resolved(self._at(value["$ref"]))
        nullable = {"nullable": True} if value.get("x-nullable") is True else {}
        return {key: self._resolved(each) for key, each in value.items()} | nullable

    def _at(self, reference: str) -> Any:
        found: Any = self.document
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        return found

    def _is_known(self, operation: str, complaint: str) -> bool:
        expected, _source = DEVIATIONS.get(operation, ("(?!)", ""))
        if re.search(expected, complaint):
            self.deviating.add(operation)
            return True
        return False


_MESSAGE = {
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"message": {"type": "string"}},
                "required": ["message"],
                "additionalProperties": False,
            }
        }
    }
}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{[^}]+\})", template)
    segments = {"{project-slug}": 3, "{org-slug-or-id}": 3, "{org-slug}": 2}
    return re.compile(
        "".join(
            "/".join([r"[^/]+"] * segments.get(piece, 1)) if piece.startswith("{") else re.escape(piece)
            for piece in pieces
        )
    )


@pytest.fixture
async def contract(circle: Circle) -> Contract:
    contract = Contract()
    circle.http.event_hooks["response"].append(contract.check)
    return contract


@pytest.mark.parametrize("branch", sorted(set(STORY_BRANCHES) | {"feature/login"}))
async def test_a_story_keeps_to_the_document_at_every_moment(circle: Circle, contract: Contract, branch: str) -> None:
    pipeline_id = await circle.trigger(branch)
    for _ in range(12):
        await _look_at_everything(circle, pipeline_id)
        circle.after(1.7)
    assert "GET /pipeline/{pipeline-id}/workflow" in contract.seen


async def test_a_github_app_project_keeps_to_the_document(circle: Circle, contract: Contract) -> None:
    slug = circle.mobile.slug
    listed = await circle.get(f"/projects/{circle.mobile.id}/pipeline-definitions")
    run = {"definition_id": listed["items"][0]["id"], "config": {"branch": "main"}, "checkout": {"branch": "main"}}
    started = await circle.post(f"/project/{slug}/pipeline/run", run)
    skipped = await circle.post(f"/project/{slug}/pipeline/run", {**run, "checkout": {"branch": "ci-skip"}})
    assert (started.status_code, skipped.status_code) == (201, 200)
    circle.after(30)
    await _look_at_everything(circle, started.json()["id"])
    await _look_at_project(circle, slug, circle.mobile.id)


async def test_a_gitlab_project_keeps_to_the_document(circle: Circle, contract: Contract) -> None:
    pipeline = circle.world.push(circle.firmware, branch="broken")
    circle.after(30)
    await _look_at_everything(circle, pipeline.id)
    await _look_at_project(circle, circle.firmware.slug, circle.firmware.id)


async def test_people_and_projects_keep_to_the_document(circle: Circle, contract: Contract) -> None:
    for person in ("ada", "grace", "eve"):
        me = await circle.get("/me", person)
        await circle.get(f"/user/{me['id']}", person)
        await circle.get("/me/collaborations", person)
        await circle.get("/pipeline", person, **{"org-slug": "gh/acme"})
    for project in list(circle.world.projects.values()):
        await _look_at_project(circle, project.slug, project.id)


async def test_acts_and_refusals_keep_to_the_document(circle: Circle, contract: Contract) -> None:
    await _decide(circle)
    await _rerun_and_cancel(circle)
    await _register_webhooks(circle)
    await walk_settings(circle)
    for by in (None, "expired", "eve"):
        await circle.post("/project/gh/acme/secret/pipeline", {"branch": "main"}, by)
        await circle.post(f"{WEB}/pipeline/run", {"branch": "main"}, by)
        await circle.call("GET", f"{WEB}/pipeline", by)
    assert len(contract.seen) > 10


async def test_every_route_that_the_document_has_is_walked_above(circle: Circle, contract: Contract) -> None:
    pipeline_id = await circle.trigger("broken")
    circle.after(30)
    await _look_at_everything(circle, pipeline_id)
    await _look_at_project(circle, "gh/acme/web", circle.world.projects["gh/acme/web"].id)
    await _decide(circle)
    await _rerun_and_cancel(circle)
    await _register_webhooks(circle)
    await walk_settings(circle)
    me = await circle.get("/me")
    await circle.get(f"/user/{me['id']}")
    await circle.get("/me/collaborations")
    await circle.get("/pipeline")
    await circle.post(f"{WEB}/pipeline/run", {"checkout": {"branch": "main"}})
    await _look_at_everything(circle, await circle.trigger("slow"), after_s=1.7)
    assert _ours(circle, contract) - contract.seen == set()
    assert contract.deviating == set(DEVIATIONS), "a deviation that no longer shows must leave the list"


def _ours(circle: Circle, contract: Contract) -> set[str]:
    routes = [route for route in circleci.routes(circle.world) if isinstance(route, Route)]
    operations = {
        contract.operation_of(method, _like_the_document(route.path))
        for route in routes
        if route.path.startswith("/api/v2/")
        for method in (route.methods or set()) - {"HEAD"}
    }
    return {operation for operation in operations if operation}


def _like_the_document(path: str) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", path.removeprefix("/api/v2"))


async def _look_at_everything(circle: Circle, pipeline_id: str, after_s: float = 0.0) -> None:
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


async def _look_at_job(circle: Circle, slug: str, number: int) -> None:
    await circle.get(f"/project/{slug}/job/{number}")
    await circle.get(f"/project/{slug}/{number}/tests")
    await circle.get(f"/project/{slug}/{number}/artifacts")


async def _look_at_project(circle: Circle, slug: str, project_id: str) -> None:
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


async def _decide(circle: Circle) -> None:
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


async def _rerun_and_cancel(circle: Circle) -> None:
    pipeline_id = await circle.trigger("slow")
    circle.after(6)
    workflow = await circle.workflow(pipeline_id)
    number = (await circle.jobs(workflow["id"]))["soak"]["job_number"]
    for path in (f"/workflow/{workflow['id']}/cancel", f"{WEB}/job/{number}/cancel"):
        assert (await circle.post(path)).is_success
    circle.after(2)
    assert (await circle.post(f"/workflow/{workflow['id']}/cancel")).status_code == 400
    assert (await circle.post(f"/workflow/{workflow['id']}/rerun", {})).status_code == 202


async def _register_webhooks(circle: Circle) -> None:
    scope = {"id": circle.world.projects["gh/acme/web"].id, "type": "project"}
    hook = {"name": "bot", "events": ["workflow-completed"], "url": "https://example.com", "verify-tls": True}
    created = await circle.post("/webhook", {**hook, "signing-secret": "hush", "scope": scope})
    path = f"/webhook/{created.json()['id']}"
    assert created.status_code == 201
    await circle.get(path)
    await circle.call("PUT", path, json={"name": "other"})
    await circle.get("/webhook", **{"scope-id": scope["id"], "scope-type": "project"})
    assert (await circle.call("DELETE", path)).json() == {"message": "Webhook deleted."}
