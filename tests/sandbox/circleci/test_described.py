from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.circleci.described import parse_projects
from tests.plugins.each_case import each_case
from tests.sandbox.circleci.circle import SimulatorClient

DOCUMENT = (Path(__file__).parents[3] / "docs/sandbox.md").read_text()
SHOP: dict[str, Any] = json.loads(DOCUMENT.split("```json")[1].split("```")[0])


async def test_the_world_of_the_document_lives_as_it_is_described(circle: SimulatorClient) -> None:
    circle.world.reset(seed=False, described=SHOP)
    shop = await circle.get("/project/gh/acme/shop")
    assert shop["vcs_info"]["default_branch"] == "trunk"
    started = await circle.post("/project/gh/acme/shop/pipeline", {"branch": "release/*"})
    circle.after(10)
    (ship,) = await circle.workflows(started.json()["id"])
    assert (ship["name"], ship["status"]) == ("ship", "failed")
    await circle.post(f"/workflow/{ship['id']}/rerun", {"from_failed": True})
    circle.after(10)
    again, _ = await circle.workflows(started.json()["id"])
    assert again["status"] == "on_hold"
    hold = (await circle.jobs(again["id"]))["go?"]
    await circle.post(f"/workflow/{again['id']}/approve/{hold['approval_request_id']}")
    circle.after(10)
    assert {run["status"] for run in await circle.workflows(started.json()["id"])} == {"failed", "success"}


async def test_a_described_tag_and_the_default_branch_are_what_a_trigger_finds(circle: SimulatorClient) -> None:
    circle.world.reset(seed=False, described=SHOP)
    pipelines = [
        (await circle.post("/project/gh/acme/shop/pipeline", body)).json()["id"] for body in ({}, {"tag": "v1"})
    ]
    circle.after(10)
    on_trunk, on_tag = [await circle.get(f"/pipeline/{one}") for one in pipelines]
    assert (on_trunk["vcs"]["branch"], on_trunk["state"]) == ("trunk", "created")
    assert (on_tag["vcs"]["tag"], on_tag["state"]) == ("v1", "errored")
    assert on_tag["errors"][0]["message"].startswith("Cannot find")


async def test_parameters_are_those_of_the_described_definition(circle: SimulatorClient) -> None:
    circle.world.reset(seed=False, described=SHOP)
    sent = ({"image-tag": "8"}, {"image-tag": 8}, {"other": "8"})
    answers = [
        await circle.post("/project/gh/acme/shop/pipeline", {"branch": "trunk", "parameters": one}) for one in sent
    ]
    assert [answer.status_code for answer in answers] == [201, 400, 400]
    config = await circle.get(f"/pipeline/{answers[0].json()['id']}/config")
    assert "image-tag" in config["source"]


async def test_a_reset_brings_the_usual_world_back(circle: SimulatorClient) -> None:
    circle.world.reset(seed=False, described=SHOP)
    assert set(circle.world.projects) == {"gh/acme/shop"}
    circle.world.reset(seed=True)
    assert "gh/acme/web" in circle.world.projects


def _with(**changed: Any) -> dict[str, Any]:
    return {"projects": [{**SHOP["projects"][0], **changed}]}


def _jobs(*jobs: Any) -> dict[str, Any]:
    return _with(branches={"trunk": {"workflows": [{"name": "w", "jobs": list(jobs)}]}})


@each_case(
    ("description", "sentence"),
    [
        ({}, "projects: Field required"),
        ({"projects": []}, "at least 1 item"),
        (_with(default_branch="main"), "branches has no main, the default branch of shop"),
        (_with(name="a/b"), "a/b is no name of a repository"),
        (_with(weather="fine"), "projects.0.weather: Extra inputs are not permitted"),
        ({"projects": SHOP["projects"] * 2}, "two projects have one name"),
        (_with(definitions=[{}, {}]), "two definitions have one name"),
        (_with(branches={"trunk": {"workflows": [{"name": "w", "jobs": [{"name": "j"}]}] * 2}}), "two workflows"),
        (_jobs({"name": "j"}, {"name": "j"}), "job j has the name of another"),
        (_jobs({"name": "j", "requires": ["k"]}, {"name": "k"}), "requires one that does not stand before it"),
        (_jobs({"name": "j", "outcomes": ["lucky"]}), "outcomes.0"),
        (_jobs({"name": "j" * 300}), "at most 250 characters"),
        (_jobs({"name": "j", "duration_s": "1"}), "should be a valid number"),
    ],
)
def test_a_world_that_cannot_be_is_refused_and_changes_nothing(description: Any, sentence: str) -> None:
    circle = SimulatorClient()
    with pytest.raises(ValueError, match=re.escape(sentence)):
        circle.world.reset(seed=False, described=description)
    assert "gh/acme/web" in circle.world.projects


def test_a_project_whose_slug_is_opaque_may_have_any_name() -> None:
    circle = SimulatorClient()
    (project,) = parse_projects(_with(integration="github_app", name="a/b “c” 🚀"), circle.clock.now()).values()
    assert (project.name, project.slug.count("/")) == ("a/b “c” 🚀", 2)


def test_every_control_stands_in_the_document() -> None:
    source = (Path(__file__).parents[3] / "sandbox/control.py").read_text()
    routes = re.findall(r'^ +"(/\w+)": control\.|Route\("(/\w+)"', source, re.MULTILINE)
    assert len(routes) > 15
    assert [route for pair in routes for route in pair if route and f"/_control{route}" not in DOCUMENT] == []
