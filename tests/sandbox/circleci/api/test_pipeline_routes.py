from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from sandbox.circleci.api.pipeline_routes import MOST_LISTED
from tests.sandbox.circleci.circle import WEB, SimulatorClient


async def test_lists_come_in_pages_of_twenty_newest_first(circle: SimulatorClient) -> None:
    first = await circle.get(f"{WEB}/pipeline")
    second = await circle.get(f"{WEB}/pipeline", **{"page-token": first["next_page_token"]})
    numbers = [item["number"] for item in (*first["items"], *second["items"])]
    assert len(first["items"]) == 20
    assert second["next_page_token"] is None
    assert numbers == list(range(len(numbers), 0, -1))


async def test_a_page_token_must_be_encoded(circle: SimulatorClient) -> None:
    token = (await circle.get(f"{WEB}/pipeline"))["next_page_token"]
    assert "+" in token
    for broken in (f"?page-token={token}", "?page-token=nonsense", "?page-token=OTk="):
        answer = await circle.call("GET", f"{WEB}/pipeline{broken}")
        assert (answer.status_code, answer.json()) == (400, {"message": "Invalid page token"})


async def test_pages_shift_when_something_new_arrives(circle: SimulatorClient) -> None:
    first = await circle.get(f"{WEB}/pipeline")
    await circle.trigger("main")
    second = await circle.get(f"{WEB}/pipeline", **{"page-token": first["next_page_token"]})
    assert second["items"][0]["id"] == first["items"][-1]["id"]


async def test_lists_are_filtered_by_branch_and_by_who_triggered(circle: SimulatorClient) -> None:
    mine = await circle.trigger("feature/login", by="grace")
    branch = await circle.get(f"{WEB}/pipeline", branch="feature/login")
    assert {item["vcs"]["branch"] for item in branch["items"]} == {"feature/login"}
    listed = await circle.get(f"{WEB}/pipeline/mine", by="grace")
    assert listed["items"][0]["id"] == mine
    assert {item["trigger"]["actor"]["login"] for item in listed["items"]} == {"grace"}
    elsewhere = await circle.get(f"{WEB}/pipeline/mine", by="grace", branch="feature/login")
    assert [item["id"] for item in elsewhere["items"]] == [mine]


async def test_an_organisation_lists_only_what_one_may_see(circle: SimulatorClient) -> None:
    async def slugs(person: str, **params: str) -> set[str]:
        items = (await circle.get("/pipeline", person, **params))["items"]
        return {item["project_slug"] for item in items}

    assert await slugs("ada", **{"org-slug": "github/acme"}) == {
        f"gh/acme/{name}" for name in ("web", "api", "secret", "mobile")
    }
    assert await slugs("grace", **{"org-slug": "gh/acme"}) == {f"gh/acme/{name}" for name in ("web", "api", "mobile")}
    assert await slugs("eve", **{"org-slug": "gh/acme"}) == {"gh/acme/web"}
    of_app = {project.slug for project in circle.world.projects.values() if project.org is circle.kiosk.org}
    assert await slugs("ada", **{"org-slug": circle.kiosk.org.slug}) == of_app
    assert (await circle.call("GET", "/pipeline", "eve", params={"org-slug": "bb/acme"})).status_code == 404
    await circle.trigger("main", by="ada")
    items = (await circle.get("/pipeline", "ada", mine="true"))["items"]
    assert {item["trigger"]["actor"]["login"] for item in items} == {"ada"}


async def test_an_organisation_lists_only_the_projects_that_built_last(circle: SimulatorClient) -> None:
    web = circle.world.projects["gh/acme/web"]
    for number in range(MOST_LISTED):
        project = replace(web, key=f"web-{number}", name=f"web-{number}")
        circle.world.projects[project.slug] = project
        circle.world.push(project, branch="main")
    listed, token = set(), ""
    while token is not None:
        page = await circle.get(
            "/pipeline", "ada", **{"org-slug": "gh/acme"} | ({"page-token": token} if token else {})
        )
        listed |= {item["project_slug"] for item in page["items"]}
        token = page["next_page_token"]
    assert len(listed) == MOST_LISTED
    assert "gh/acme/web" not in listed


async def test_a_pipeline_is_found_by_its_number_too(circle: SimulatorClient) -> None:
    pipeline_id = await circle.trigger("main")
    pipeline = await circle.get(f"/pipeline/{pipeline_id}")
    assert await circle.get(f"{WEB}/pipeline/{pipeline['number']}") == pipeline
    assert (await circle.call("GET", f"{WEB}/pipeline/99999")).json() == {"message": "Pipeline not found"}


async def test_the_config_of_a_pipeline_declares_its_parameters(circle: SimulatorClient) -> None:
    config = await circle.get(f"/pipeline/{await circle.trigger('main', replicas=3)}/config")
    declared = yaml.safe_load(config["source"])["parameters"]
    assert {name: each["type"] for name, each in declared.items()} == {
        "image-tag": "string",
        "deploy": "boolean",
        "replicas": "integer",
        "environment": "enum",
    }
    assert yaml.safe_load(config["compiled"])["jobs"]["test"]["environment"]["REPLICAS"] == 3
    assert set(config) == {"source", "compiled"}


@pytest.mark.parametrize(
    ("branch", "keys"), [("setup", {"setup-config", "compiled-setup-config"}), ("bad-config", set())]
)
async def test_dynamic_and_broken_configs_look_different(circle: SimulatorClient, branch: str, keys: set[str]) -> None:
    config = await circle.get(f"/pipeline/{await circle.trigger(branch)}/config")
    assert set(config) - {"source", "compiled"} == keys
    assert (config["compiled"] == "") is (branch == "bad-config")


async def test_the_newest_run_of_a_workflow_comes_first(circle: SimulatorClient) -> None:
    flaky = circle.world.archive.list_pipelines(branch="flaky")[0]
    runs = (await circle.get(f"/pipeline/{flaky.id}/workflow"))["items"]
    assert [run["status"] for run in runs] == ["success", "failed"]


async def test_an_organisation_lists_only_what_one_follows(circle: SimulatorClient) -> None:
    circle.world.projects["gh/acme/web"].unfollowed_by.add("ada")
    listed = (await circle.get("/pipeline", **{"org-slug": "gh/acme"}))["items"]
    assert {pipeline["project_slug"] for pipeline in listed} == {
        f"gh/acme/{name}" for name in ("api", "secret", "mobile")
    }
    assert (await circle.get("/project/gh/acme/web/pipeline"))["items"]
