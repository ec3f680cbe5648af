from __future__ import annotations

from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.circleci.secret_masking import fetch_secret_names
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")
V2 = "https://circleci.test/api/v2"


async def test_names_of_the_project_and_of_the_contexts_in_use_are_known(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=f"{V2}/project/gh/acme/web/envvar", json={"items": [{"name": "SENTRY_DSN"}]})
    contexts = [{"id": "c-1", "name": "docker-hub"}, {"id": "c-2", "name": "other"}]
    httpx_mock.add_response(url=f"{V2}/context?owner-slug=gh%2Facme", json={"items": contexts})
    held = [{"variable": "DOCKERHUB_USERNAME", "context_id": "c-1"}]
    httpx_mock.add_response(url=f"{V2}/context/c-1/environment-variable", json={"items": held})
    assert await fetch_secret_names(circleci, WEB, ["docker-hub"]) == {"SENTRY_DSN", "DOCKERHUB_USERNAME"}


async def test_a_job_without_contexts_costs_one_request(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/project/gh/acme/web/envvar", json={"items": [{"name": "SENTRY_DSN"}]})
    assert await fetch_secret_names(circleci, WEB, []) == {"SENTRY_DSN"}
    assert len(httpx_mock.get_requests()) == 1


async def test_whoever_may_not_list_them_gets_none(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/project/gh/acme/web/envvar", status_code=403)
    httpx_mock.add_response(url=f"{V2}/context?owner-slug=gh%2Facme", status_code=404)
    assert await fetch_secret_names(circleci, WEB, ["docker-hub"]) == frozenset()
