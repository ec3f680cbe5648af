from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from bot.circleci.client import CircleCI
from bot.domain import ProjectSlug
from bot.errors import Unauthorized

V2 = "https://circleci.test/api/v2"
OPAQUE = "circleci/o-1/p-1"


def _pipelines(*slugs: str) -> dict[str, object]:
    return {"items": [{"id": f"{n}", "project_slug": slug} for n, slug in enumerate(slugs)], "next_page_token": None}


async def test_visible_projects_are_read_off_the_newest_pipelines(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    orgs = [{"slug": "gh/acme"}, {"slug": "circleci/o-1"}, {"slug": ""}, {"slug": "gh/hidden"}]
    httpx_mock.add_response(url=f"{V2}/me/collaborations", json=orgs)
    httpx_mock.add_response(
        url=f"{V2}/pipeline?org-slug=gh%2Facme",
        json=_pipelines("gh/acme/web", "gh/acme/api", "gh/acme/web", "hg/acme/new-kind"),
    )
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=circleci%2Fo-1", json=_pipelines(OPAQUE))
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=gh%2Fhidden", status_code=404)
    httpx_mock.add_response(
        url=f"{V2}/project/{OPAQUE}", json={"slug": OPAQUE, "name": "mobile", "organization_name": "acme"}
    )
    found = await circleci.list_visible_projects()
    assert [(project.slug, project.full_name) for project in found] == [
        ("gh/acme/web", "acme/web"),
        ("gh/acme/api", "acme/api"),
        (OPAQUE, "acme/mobile"),
    ]


async def test_an_opaque_project_that_will_not_say_its_name_keeps_its_slug(
    circleci: CircleCI, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=f"{V2}/me/collaborations", json=[{"slug": "circleci/o-1"}])
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=circleci%2Fo-1", json=_pipelines(OPAQUE))
    httpx_mock.add_response(url=f"{V2}/project/{OPAQUE}", status_code=404)
    (project,) = await circleci.list_visible_projects()
    assert (project.project, project.name) == (ProjectSlug("circleci", "o-1", "p-1"), "p-1")


async def test_a_token_that_expired_sees_no_empty_list_but_an_error(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/me/collaborations", json=[{"slug": "gh/acme"}])
    httpx_mock.add_response(url=f"{V2}/pipeline?org-slug=gh%2Facme", status_code=401)
    with pytest.raises(Unauthorized):
        await circleci.list_visible_projects()


async def test_definitions_are_asked_for_by_the_projects_uuid(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    source = {"provider": "github_app", "repo": {"full_name": "acme/mobile", "external_id": "1"}, "file_path": "c.yml"}
    body = {"items": [{"id": "d-1", "name": "build", "config_source": source}, {"id": "d-2", "name": "nightly"}]}
    httpx_mock.add_response(url=f"{V2}/projects/u-1/pipeline-definitions", json=body)
    build, nightly = await circleci.list_definitions("u-1")
    assert (build.name, nightly.name) == ("build", "nightly")
    assert build.config_source is not None
    assert build.config_source.file_path == "c.yml"
