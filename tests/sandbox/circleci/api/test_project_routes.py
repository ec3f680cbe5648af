from __future__ import annotations

import pytest

from tests.sandbox.circleci.circle import WEB, SimulatorClient


@pytest.mark.parametrize(
    ("slug", "provider", "url"),
    [
        ("gh/acme/web", "GitHub", "https://github.com/acme/web"),
        ("bb/acme/legacy", "Bitbucket", "https://bitbucket.org/acme/legacy"),
    ],
)
async def test_a_project_says_where_its_code_is(circle: SimulatorClient, slug: str, provider: str, url: str) -> None:
    project = await circle.get(f"/project/{slug}")
    assert project["vcs_info"] == {"vcs_url": url, "provider": provider, "default_branch": "main"}
    assert project["organization_slug"] == slug.rpartition("/")[0]


async def test_an_opaque_slug_has_a_readable_name(circle: SimulatorClient) -> None:
    project = await circle.get(f"/project/{circle.kiosk.slug}")
    assert (project["name"], project["organization_name"], project["vcs_info"]["provider"]) == (
        "kiosk",
        "Acme",
        "CircleCI",
    )
    assert circle.kiosk.slug == f"circleci/{project['organization_id']}/{project['id']}"


async def test_definitions_are_found_by_the_project_s_id(circle: SimulatorClient) -> None:
    web_id = (await circle.get(WEB))["id"]
    (only,) = (await circle.get(f"/projects/{web_id}/pipeline-definitions"))["items"]
    assert (only["name"], only["config_source"]["repo"]["full_name"]) == ("build", "acme/web")
    answer = await circle.call("GET", f"/projects/{circle.kiosk.id}/pipeline-definitions", "eve")
    assert (answer.status_code, answer.json()) == (404, {"message": "Project not found"})
