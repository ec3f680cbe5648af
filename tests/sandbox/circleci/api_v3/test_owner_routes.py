from __future__ import annotations

from sandbox.circleci.fake_projects import GITHUB, GITHUB_APP
from tests.sandbox.circleci.circle import SimulatorClient


async def test_a_token_is_told_who_it_is(circle: SimulatorClient) -> None:
    (me,) = (await circle.ask_v3("/users", user_id="me")).json()["data"]
    assert me["attributes"]["login"] == "ada"
    assert (await circle.ask_v3("/users")).status_code == 400


async def test_organisations_have_no_slug_and_those_of_circlecis_own_no_host(circle: SimulatorClient) -> None:
    listed = (await circle.ask_v3("/orgs")).json()["data"]
    hosts = {one["id"]: one["attributes"]["vcs"] for one in listed}
    assert (hosts[GITHUB.id], hosts[GITHUB_APP.id]) == ({"provider": "github"}, None)
    assert not any("slug" in one["attributes"] for one in listed)


async def test_projects_of_an_organisation_come_whether_followed_or_not(circle: SimulatorClient) -> None:
    circle.world.projects["gh/acme/api"].unfollowed_by.add("ada")
    listed = (await circle.ask_v3("/projects", org_id=GITHUB.id)).json()
    assert {one["attributes"]["name"] for one in listed["data"]} == {"web", "api", "secret", "mobile"}
    assert {one["references"]["org"]["id"] for one in listed["data"]} == {GITHUB.id}
    assert listed["page"] == {"next": None, "prev": None}


async def test_pages_follow_a_cursor_and_an_unknown_slug_is_an_empty_list(circle: SimulatorClient) -> None:
    first = (await circle.ask_v3("/projects", org_id=GITHUB.id, page={"limit": 1})).json()
    turned = {"limit": 1, "cursor": first["page"]["next"]}
    second = (await circle.ask_v3("/projects", org_id=GITHUB.id, page=turned)).json()
    assert first["data"][0]["id"] != second["data"][0]["id"]
    assert (await circle.ask_v3("/projects", slug="gh/acme/nothing")).json()["data"] == []
