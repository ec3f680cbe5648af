from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


async def _search(circle: SimulatorClient, expression: str = "", by: str = "ada", **page: Any) -> Any:
    projects = [each.id for each in circle.world.projects.values()]
    now = circle.world.engine.now()
    scope = {"project_ids": projects, "from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
    answer = await circle.ask_v3("/runs/search", by, body={"scope": scope, "filter": expression, "page": page})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_failed_runs_of_many_projects_come_in_one_answer(circle: SimulatorClient) -> None:
    web, api = await circle.trigger("broken"), circle.world.push(circle.world.projects["gh/acme/api"], branch="broken")
    await circle.trigger("main")
    circle.after(60)
    found = (await _search(circle, 'pipeline.git.branch == "broken" and pipeline.status == "failed"'))["data"]
    assert {run["id"] for run in found} == {web, api.id}
    assert {run["references"]["project"]["id"] for run in found} == {
        circle.world.projects[slug].id for slug in ("gh/acme/web", "gh/acme/api")
    }
    assert len((await _search(circle, 'pipeline.status == "failed"', "eve"))["data"]) == 1


async def test_a_search_turns_its_pages_and_refuses_longer_ones(circle: SimulatorClient) -> None:
    circle.after(7200)
    for _ in range(3):
        await circle.trigger("main")
    first = await _search(circle, limit=2)
    second = await _search(circle, limit=2, cursor=first["page"]["next"])
    assert len({run["id"] for run in [*first["data"], *second["data"]]}) == 3
    assert second["page"]["next"] is None
    refused = await circle.ask_v3("/runs/search", body={"scope": {"project_ids": []}, "page": {"limit": 21}})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("branch", "after_s", "phase", "outcome"),
    [
        ("main", 0.0, "created", None),
        ("slow", 20.0, "started", None),
        ("release", 60.0, "held", None),
        ("main", 60.0, "ended", "succeeded"),
        ("broken", 60.0, "ended", "failed"),
        ("bad-config", 60.0, "ended", "errored"),
    ],
)
async def test_a_run_has_a_phase_and_its_outcome_so_far(
    circle: SimulatorClient, branch: str, after_s: float, phase: str, outcome: str | None
) -> None:
    run_id = await circle.trigger(branch)
    circle.after(after_s)
    run = (await circle.ask_v3(f"/runs/{run_id}")).json()["data"]["attributes"]
    assert (run["phase"], run["current_outcome"]) == (phase, outcome)
    assert "outcome" not in run


async def test_my_runs_are_mine_over_all_projects(circle: SimulatorClient) -> None:
    mine, _hers = await circle.trigger("main"), await circle.trigger("main", "grace")
    listed = (await circle.ask_v3("/runs", user_id="me")).json()["data"]
    assert listed[0]["id"] == mine
    assert {run["references"]["user"]["attributes"]["login"] for run in listed} == {"ada"}
