"""Every request that the client makes, and every answer that it reads, against the table of CircleCI's operations.

Where CircleCI's document and the wire differ, the table's corrections say so, with who has seen it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from pytest_httpx import HTTPXMock

from bot.circleci import models
from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import NotFound, Unavailable, UsageError
from tests.circleci import deploys_calls, insights_calls, settings_calls, v3_calls
from tests.contracts.circleci import OPERATIONS, Operation, operation, properties, renamed
from tests.plugins.each_case import each_case

WEB = ProjectSlug("gh", "acme", "web")
APP = ProjectSlug("circleci", "43G3kM5RtfFE7v5sa4nWAU", "44n9pujWcTnVZ2b5S8Fnat")
ID = "5034460f-c7c4-4c43-9457-de07e2029e7b"
PARAMETERS: dict[str, str | int | bool] = {"image-tag": "4.8.2", "deploy": True, "replicas": 3}

UNDOCUMENTED_FIELDS = {
    models.Commit: {"author"},  # webhooks carry it (docs: outbound webhooks, pipeline.vcs.commit)
}

LEAST_IS_UNKNOWN = {"run a definition", "run a tag", "roll back"}
"""Their success may be empty by the document; then nobody knows which pipeline it made."""

Json = Any
Call = Callable[[CircleCI], Awaitable[Any]]


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


CALLS: dict[str, tuple[str, Call]] = {
    "me": ("/me", lambda it: it.fetch_me()),
    "collaborations": ("/me/collaborations", lambda it: it.list_collaborations()),
    "user": ("/user/{id}", lambda it: it.fetch_user(ID)),
    "project": ("/project/{project-slug}", lambda it: it.fetch_project(WEB)),
    "definitions": ("/projects/{project_id}/pipeline-definitions", lambda it: it.list_definitions(ID)),
    "pipelines": ("/project/{project-slug}/pipeline", lambda it: _all(it.list_pipelines(WEB))),
    "pipelines of a branch": (
        "/project/{project-slug}/pipeline",
        lambda it: _all(it.list_pipelines(WEB, branch="a/b")),
    ),
    "my pipelines": ("/project/{project-slug}/pipeline/mine", lambda it: _all(it.list_pipelines(APP, mine=True))),
    "org pipelines": ("/pipeline", lambda it: _all(it.list_org_pipelines("gh/acme"))),
    "my org pipelines": ("/pipeline", lambda it: _all(it.list_org_pipelines("gh/acme", mine=True))),
    "recent branches": ("/project/{project-slug}/pipeline", lambda it: it.list_recent_branches(WEB)),
    "pipeline": ("/pipeline/{pipeline-id}", lambda it: it.fetch_pipeline(ID)),
    "pipeline by number": (
        "/project/{project-slug}/pipeline/{pipeline-number}",
        lambda it: it.fetch_pipeline_by_number(WEB, 25),
    ),
    "pipeline workflows": ("/pipeline/{pipeline-id}/workflow", lambda it: it.list_pipeline_workflows(ID)),
    "pipeline config": ("/pipeline/{pipeline-id}/config", lambda it: it.fetch_pipeline_config(ID)),
    "pipeline values": ("/pipeline/{pipeline-id}/values", lambda it: it.fetch_pipeline_values(ID)),
    "trigger a branch": (
        "/project/{project-slug}/pipeline",
        lambda it: it.trigger_pipeline(WEB, branch="main", parameters=PARAMETERS),
    ),
    "trigger a tag": ("/project/{project-slug}/pipeline", lambda it: it.trigger_pipeline(WEB, tag="v1")),
    "trigger by default": ("/project/{project-slug}/pipeline", lambda it: it.trigger_pipeline(WEB)),
    "run a definition": (
        "/project/{provider}/{organization}/{project}/pipeline/run",
        lambda it: it.trigger_pipeline(APP, branch="main", parameters=PARAMETERS, definition_id=ID),
    ),
    "run a tag": (
        "/project/{provider}/{organization}/{project}/pipeline/run",
        lambda it: it.trigger_pipeline(WEB, tag="v1", definition_id=ID),
    ),
    "workflow": ("/workflow/{id}", lambda it: it.fetch_workflow(ID)),
    "workflow jobs": ("/workflow/{id}/job", lambda it: it.list_workflow_jobs(ID)),
    "rerun": ("/workflow/{id}/rerun", lambda it: it.rerun_workflow(ID)),
    "rerun from failed": ("/workflow/{id}/rerun", lambda it: it.rerun_workflow(ID, from_failed=True)),
    "rerun jobs with SSH": ("/workflow/{id}/rerun", lambda it: it.rerun_workflow(ID, jobs=[ID], ssh=True)),
    "cancel workflow": ("/workflow/{id}/cancel", lambda it: it.cancel_workflow(ID)),
    "approve": ("/workflow/{id}/approve/{approval_request_id}", lambda it: it.approve_job(ID, ID)),
    "job": ("/project/{project-slug}/job/{job-number}", lambda it: it.fetch_job(WEB, 7)),
    "cancel job": ("/project/{project-slug}/job/{job-number}/cancel", lambda it: it.cancel_job(WEB, 7)),
    "cancel job by id": ("/jobs/{job-id}/cancel", lambda it: it.cancel_job_by_id(ID)),
    "tests": ("/project/{project-slug}/{job-number}/tests", lambda it: it.list_tests(WEB, 7)),
    "artifacts": ("/project/{project-slug}/{job-number}/artifacts", lambda it: it.list_artifacts(WEB, 7)),
    **insights_calls.INSIGHTS,
    **settings_calls.SETTINGS,
    **deploys_calls.DEPLOYS,
}

OUTSIDE = {
    "load_cached": "no request of its own",
    "drop_cached": "no request",
    "fetch_user_names": "made of user",
    "list_recent_projects": "made of org_pipelines",
    "list_visible_projects": "made of collaborations, org_pipelines and project",
    "list_job_steps": "API v1.1 (docs: analyze pipelines during an incident)",
    "fetch_output": "a presigned address of a storage host",
    "fetch_artifact_size": "the address of an artifact, as the list gives it",
    "download": "the address of an artifact, as the list gives it",
    "fetch_whole_output": "a presigned address of a storage host",
}


class CircleCIByTheBook:
    """Refuses whatever the table does not allow, and answers samples of what it promises."""

    def __init__(self, *, full: bool, otherwise: bool = False) -> None:
        self.full = full
        self.otherwise = otherwise
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
        queries = found.queries
        for name, value in query.items():
            assert name in queries, f"{found.template} declares no {name}"
            whole = int(value) if name == "page-size" and value.isdigit() else value
            queries[name].validate({"true": True, "false": False}.get(value, whole))

    def _check_body(self, found: Operation, content: bytes) -> None:
        if found.body is None:
            assert content == b"", f"{found.template} takes no body"
        else:
            found.body.validate(json.loads(content))

    def _answer(self, found: Operation, *, more: bool) -> httpx.Response:
        status, shape = max(found.answers().items())
        body = found.sample(full=self.full)
        if "next_page_token" in properties(shape):
            body["next_page_token"] = "a+b/c=" if more else None
        return httpx.Response(status, json=renamed(body, found.spellings()) if self.otherwise else body)


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


def _is_spelt_otherwise(template: str) -> bool:
    """An operation that answers with one of the words that others spell otherwise."""
    return any(Operation(*name.split()).spellings() for name in OPERATIONS if name.split()[1] == template)


SPELT_OTHERWISE = [name for name, (template, _call) in CALLS.items() if _is_spelt_otherwise(template)]


@pytest.mark.parametrize("name", SPELT_OTHERWISE)
async def test_an_answer_in_another_spelling_is_read_alike(
    circleci: CircleCI, httpx_mock: HTTPXMock, name: str
) -> None:
    _template, call = CALLS[name]
    read = []
    for otherwise in (False, True):
        httpx_mock.reset()
        httpx_mock.add_callback(CircleCIByTheBook(full=True, otherwise=otherwise), is_reusable=True)
        read.append(await call(circleci))
    assert read[0] == read[1]


@pytest.mark.parametrize("name", ["run a definition", "run a tag"])
async def test_the_documented_200_of_pipeline_run_triggered_nothing(
    circleci: CircleCI, httpx_mock: HTTPXMock, name: str
) -> None:
    template, call = CALLS[name]
    httpx_mock.add_response(status_code=200, json=Operation("POST", template).sample(full=True, status=200))
    assert isinstance(await call(circleci), models.NotTriggered)


async def test_every_write_of_a_token_that_may_only_read_says_what_it_may_be(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    """CircleCI answers each of them 404, also for what it shows (facts 1.5)."""
    written: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return CircleCIByTheBook(full=True)(request)
        written.append(request.method)
        return httpx.Response(404, json={"message": "not found"})

    httpx_mock.add_callback(answer, is_reusable=True)
    silent = []
    for name, (_template, call) in CALLS.items():
        written.clear()
        try:
            await call(circleci)
        except NotFound as error:
            if not (error.wrote and "may only read" in " ".join(map(str, error.next_steps))):
                silent.append(name)
        else:
            silent += [name] * bool(written)
    assert silent == []


def test_every_call_of_the_client_is_held_against_the_table() -> None:
    plumbing = {"request", "fetch", "send", "delete", "list_items", "iter_items", "iter_pages"}
    plumbing |= {name for _template, call in v3_calls.CALLS.values() for name in call.__code__.co_names}
    plumbing |= {"has_v3", "record_fallback", "ask_v3", "fetch_v3", "list_v3", "find_v3", "list_v3_lines"}
    plumbing |= {"bind", "budget", "clock", "request_counts", "with_token", "record_output", "sign_in", "stop_changes"}
    plumbing |= {"wait_for_v3", "get_v3_state"}
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
    models.TriggeredPipeline: ("POST", "/project/{project-slug}/pipeline"),
    models.Job: ("GET", "/workflow/{id}/job"),
    models.TestResult: ("GET", "/project/{project-slug}/{job-number}/tests"),
    models.Artifact: ("GET", "/project/{project-slug}/{job-number}/artifacts"),
    models.PipelineDefinition: ("GET", "/projects/{project_id}/pipeline-definitions"),
    **insights_calls.READ,
    **settings_calls.READ,
    **deploys_calls.READ,
}


def _item(shape: Json) -> Json:
    """A page's item, or the object itself."""
    held = properties(shape)
    for name in ("items", "flaky_tests"):
        if isinstance(held.get(name), list):
            return held[name][0]
    return shape[0] if isinstance(shape, list) else shape


@each_case("model", READ, ids=lambda model: model.__name__)
def test_no_field_is_read_that_circleci_does_not_have(model: type[models.Model]) -> None:
    _status, shape = max(Operation(*READ[model]).answers().items())
    known = {name.replace("-", "_") for name in properties(_item(shape))}
    assert set(model.model_fields) <= known


@each_case("model", insights_calls.WITHIN, ids=lambda model: model.__name__)
def test_no_field_of_a_part_is_read_that_circleci_does_not_have(model: type[models.Model]) -> None:
    template, steps = insights_calls.WITHIN[model]
    assert set(model.model_fields) <= set(_within(_item(Operation("GET", template).answers()[200]), *steps))


def test_every_trend_that_is_read_is_told_somewhere() -> None:
    of_a_workflow = Operation("GET", "/insights/{project-slug}/workflows/{workflow-name}/summary").answers()[200]
    of_an_organisation = Operation("GET", "/insights/{org-slug}/summary").answers()[200]
    told = {*_within(of_a_workflow, "trends"), *_within(of_an_organisation, "org_data", "trends")}
    assert set(models.Trends.model_fields) <= told


def test_the_commit_is_read_as_documented_but_for_its_author() -> None:
    commit = _within(Operation("GET", "/pipeline/{pipeline-id}").answers()[200], "vcs", "commit")
    assert set(models.Commit.model_fields) - set(commit) == UNDOCUMENTED_FIELDS[models.Commit]


def _within(shape: Json, *steps: str) -> Json:
    """The properties of a part."""
    for step in steps:
        shape = properties(shape)[step]
    return properties(shape)


def test_documented_slugs_are_slugs_to_us() -> None:
    assert ProjectSlug.parse(unquote("gh%2FCircleCI-Public%2Fapi-preview-docs")).project == "api-preview-docs"
    with pytest.raises(UsageError):
        ProjectSlug.parse("gh/CircleCI-Public")
