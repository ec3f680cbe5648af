"""Every request that the client makes, and every answer that it reads, against CircleCI's own OpenAPI document.

Where document and wire differ, the difference stands in one list, with who has seen it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from openapi_schema_validator import OAS30Validator
from pytest_httpx import HTTPXMock

from bot.circleci import models
from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import Unavailable, UsageError
from tests.circleci import insights_calls, settings_calls
from tests.circleci.openapi import DOCUMENT, Json, Operation, operation, properties, sample

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="the specs are not beside this checkout")

WEB = ProjectSlug("gh", "acme", "web")
APP = ProjectSlug("circleci", "43G3kM5RtfFE7v5sa4nWAU", "44n9pujWcTnVZ2b5S8Fnat")
ID = "5034460f-c7c4-4c43-9457-de07e2029e7b"
PARAMETERS: dict[str, str | int | bool] = {"image-tag": "4.8.2", "deploy": True, "replicas": 3}

UNDECLARED_QUERIES = {
    ("/workflow/{id}/job", "page-token"): "mcp-server-circleci sends it; the operation's own link names it",
    ("/project/{project-slug}/{job-number}/tests", "page-token"): "mcp-server-circleci sends it",
    ("/project/{project-slug}/{job-number}/artifacts", "page-token"): "mcp-server-circleci sends it",
    **settings_calls.UNDECLARED,
}

UNDOCUMENTED_FIELDS = {
    models.Commit: {"author"},  # webhooks carry it (docs: outbound webhooks, pipeline.vcs.commit)
}

LEAST_IS_UNKNOWN = {"run a definition", "run a tag"}
"""Their 201 may be empty by the document; then nobody knows which pipeline it made."""


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


Call = Callable[[CircleCI], Awaitable[Any]]

CALLS: dict[str, tuple[str, Call]] = {
    "me": ("/me", lambda it: it.me()),
    "collaborations": ("/me/collaborations", lambda it: it.collaborations()),
    "user": ("/user/{id}", lambda it: it.user(ID)),
    "project": ("/project/{project-slug}", lambda it: it.project(WEB)),
    "definitions": ("/projects/{project_id}/pipeline-definitions", lambda it: it.definitions(ID)),
    "pipelines": ("/project/{project-slug}/pipeline", lambda it: _all(it.pipelines(WEB))),
    "pipelines of a branch": ("/project/{project-slug}/pipeline", lambda it: _all(it.pipelines(WEB, branch="a/b"))),
    "my pipelines": ("/project/{project-slug}/pipeline/mine", lambda it: _all(it.pipelines(APP, mine=True))),
    "org pipelines": ("/pipeline", lambda it: _all(it.org_pipelines("gh/acme"))),
    "my org pipelines": ("/pipeline", lambda it: _all(it.org_pipelines("gh/acme", mine=True))),
    "recent branches": ("/project/{project-slug}/pipeline", lambda it: it.recent_branches(WEB)),
    "pipeline": ("/pipeline/{pipeline-id}", lambda it: it.pipeline(ID)),
    "pipeline by number": (
        "/project/{project-slug}/pipeline/{pipeline-number}",
        lambda it: it.pipeline_by_number(WEB, 25),
    ),
    "pipeline workflows": ("/pipeline/{pipeline-id}/workflow", lambda it: it.pipeline_workflows(ID)),
    "pipeline config": ("/pipeline/{pipeline-id}/config", lambda it: it.pipeline_config(ID)),
    "pipeline values": ("/pipeline/{pipeline-id}/values", lambda it: it.pipeline_values(ID)),
    "trigger a branch": (
        "/project/{project-slug}/pipeline",
        lambda it: it.trigger(WEB, branch="main", parameters=PARAMETERS),
    ),
    "trigger a tag": ("/project/{project-slug}/pipeline", lambda it: it.trigger(WEB, tag="v1")),
    "trigger by default": ("/project/{project-slug}/pipeline", lambda it: it.trigger(WEB)),
    "run a definition": (
        "/project/{provider}/{organization}/{project}/pipeline/run",
        lambda it: it.trigger(APP, branch="main", parameters=PARAMETERS, definition_id=ID),
    ),
    "run a tag": (
        "/project/{provider}/{organization}/{project}/pipeline/run",
        lambda it: it.trigger(WEB, tag="v1", definition_id=ID),
    ),
    "workflow": ("/workflow/{id}", lambda it: it.workflow(ID)),
    "workflow jobs": ("/workflow/{id}/job", lambda it: it.workflow_jobs(ID)),
    "rerun": ("/workflow/{id}/rerun", lambda it: it.rerun(ID)),
    "rerun from failed": ("/workflow/{id}/rerun", lambda it: it.rerun(ID, from_failed=True)),
    "rerun jobs with SSH": ("/workflow/{id}/rerun", lambda it: it.rerun(ID, jobs=[ID], ssh=True)),
    "cancel workflow": ("/workflow/{id}/cancel", lambda it: it.cancel_workflow(ID)),
    "approve": ("/workflow/{id}/approve/{approval_request_id}", lambda it: it.approve(ID, ID)),
    "job": ("/project/{project-slug}/job/{job-number}", lambda it: it.job(WEB, 7)),
    "cancel job": ("/project/{project-slug}/job/{job-number}/cancel", lambda it: it.cancel_job(WEB, 7)),
    "cancel job by id": ("/jobs/{job-id}/cancel", lambda it: it.cancel_job_by_id(ID)),
    "tests": ("/project/{project-slug}/{job-number}/tests", lambda it: it.tests(WEB, 7)),
    "artifacts": ("/project/{project-slug}/{job-number}/artifacts", lambda it: it.artifacts(WEB, 7)),
    **insights_calls.INSIGHTS,
    **settings_calls.SETTINGS,
}

OUTSIDE = {
    "names": "made of user",
    "built_lately": "made of org_pipelines",
    "visible_projects": "made of collaborations, org_pipelines and project",
    "job_steps": "API v1.1 (docs: analyze pipelines during an incident)",
    "output": "a presigned address of a storage host",
    "artifact_size": "the address of an artifact, as the list gives it",
    "download": "the address of an artifact, as the list gives it",
    "whole_output": "a presigned address of a storage host",
}


class CircleCIByTheBook:
    """Refuses whatever the document does not allow, and answers samples of what it promises."""

    def __init__(self, *, full: bool) -> None:
        self.full = full
        self.operations: list[Operation] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        assert path.startswith("/api/v2/")
        found = operation(request.method, path.removeprefix("/api/v2"))
        assert found, f"{request.method} {path} is no operation of API v2"
        self._check_query(found, dict(request.url.params))
        self._check_body(found, request.content)
        first = found not in self.operations
        self.operations.append(found)
        return self._answer(found, more=first)

    def _check_query(self, found: Operation, query: dict[str, str]) -> None:
        for name, value in query.items():
            if (found.template, name) in UNDECLARED_QUERIES and name not in found.queries:
                continue
            assert name in found.queries, f"{found.template} declares no {name}"
            kind = found.queries[name]["schema"]["type"]
            assert kind == "string" or (kind == "boolean" and value in {"true", "false"})

    def _check_body(self, found: Operation, content: bytes) -> None:
        if found.body is None:
            assert content == b"", f"{found.template} takes no body"
        else:
            OAS30Validator(found.body).validate(json.loads(content))

    def _answer(self, found: Operation, *, more: bool) -> httpx.Response:
        status, schema = max(found.answers().items())
        body = sample(schema, full=self.full)
        if isinstance(body, dict) and "next_page_token" in schema.get("properties", {}):
            body["next_page_token"] = "a+b/c=" if more else None
        return httpx.Response(status, json=body)


@pytest.mark.parametrize("full", [True, False], ids=["everything", "the least"])
@pytest.mark.parametrize("name", CALLS)
async def test_a_request_is_allowed_and_its_answer_is_read(
    circleci: CircleCI, httpx_mock: HTTPXMock, name: str, *, full: bool
) -> None:
    template, call = CALLS[name]
    book = CircleCIByTheBook(full=full)
    httpx_mock.add_callback(book, is_reusable=True)
    if full or name not in LEAST_IS_UNKNOWN:
        await call(circleci)
    else:
        with pytest.raises(Unavailable, match="unknown"):
            await call(circleci)
    assert {found.template for found in book.operations} == {template}


@pytest.mark.parametrize("name", ["run a definition", "run a tag"])
async def test_the_documented_200_of_pipeline_run_triggered_nothing(
    circleci: CircleCI, httpx_mock: HTTPXMock, name: str
) -> None:
    template, call = CALLS[name]
    schema = Operation("POST", template).answers()[200]
    httpx_mock.add_response(status_code=200, json=sample(schema, full=True))
    assert isinstance(await call(circleci), models.NotTriggered)


def test_every_call_of_the_client_is_held_against_the_document() -> None:
    plumbing = {"ask", "get", "act", "remove", "page", "pages", "bind", "budget", "clock", "with_token"}
    public = {name for name in dir(CircleCI) if not name.startswith("_")} - plumbing - set(OUTSIDE)
    called = {name for _template, call in CALLS.values() for name in call.__code__.co_names}
    assert public <= called


READ: dict[type[models.Model], tuple[str, str]] = {
    models.Me: ("GET", "/me"),
    models.Collaboration: ("GET", "/me/collaborations"),
    models.User: ("GET", "/user/{id}"),
    models.Project: ("GET", "/project/{project-slug}"),
    models.Pipeline: ("GET", "/pipeline/{pipeline-id}"),
    models.Config: ("GET", "/pipeline/{pipeline-id}/config"),
    models.Workflow: ("GET", "/workflow/{id}"),
    models.JobDetail: ("GET", "/project/{project-slug}/job/{job-number}"),
    models.Created: ("POST", "/project/{project-slug}/pipeline"),
    models.Job: ("GET", "/workflow/{id}/job"),
    models.TestResult: ("GET", "/project/{project-slug}/{job-number}/tests"),
    models.Artifact: ("GET", "/project/{project-slug}/{job-number}/artifacts"),
    models.Definition: ("GET", "/projects/{project_id}/pipeline-definitions"),
    **insights_calls.READ,
    **settings_calls.READ,
}


def _item(schema: Json) -> Json:
    """A page's item, or the object itself."""
    for name in ("items", "flaky-tests"):
        inner: Json = schema.get("properties", {}).get(name, {})
        if inner.get("type") == "array":
            return _item(inner["items"])
    return _item(schema["items"]) if schema.get("type") == "array" else schema


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_no_field_is_read_that_the_document_does_not_know(model: type[models.Model]) -> None:
    _status, schema = max(Operation(*READ[model]).answers().items())
    known = {name.replace("-", "_") for name in properties(_item(schema))}
    assert set(model.model_fields) <= known


@pytest.mark.parametrize("model", insights_calls.WITHIN, ids=lambda model: model.__name__)
def test_no_field_of_a_part_is_read_that_the_document_does_not_know(model: type[models.Model]) -> None:
    template, steps = insights_calls.WITHIN[model]
    schema = _item(Operation("GET", template).answers()[200])
    for step in steps:
        schema = schema["properties"][step]
    assert set(model.model_fields) <= properties(schema)


def test_every_trend_that_is_read_is_told_somewhere() -> None:
    told: set[str] = set()
    for template, part in (
        ("/insights/{project-slug}/workflows/{workflow-name}/summary", ()),
        ("/insights/{org-slug}/summary", ("org_data",)),
    ):
        schema = Operation("GET", template).answers()[200]
        for step in (*part, "trends"):
            schema = schema["properties"][step]
        told |= properties(schema)
    assert set(models.Trends.model_fields) <= told


def test_the_commit_is_read_as_documented_but_for_its_author() -> None:
    schema = _item(Operation("GET", "/pipeline/{pipeline-id}").answers()[200])
    commit = schema["properties"]["vcs"]["properties"]["commit"]
    assert set(models.Commit.model_fields) - properties(commit) == UNDOCUMENTED_FIELDS[models.Commit]


def test_documented_slugs_are_slugs_to_us() -> None:
    text = DOCUMENT.read_text()
    assert "gh/CircleCI-Public/api-preview-docs" in text
    assert ProjectSlug.parse(unquote("gh%2FCircleCI-Public%2Fapi-preview-docs")).project == "api-preview-docs"
    with pytest.raises(UsageError):
        ProjectSlug.parse("gh/CircleCI-Public")
