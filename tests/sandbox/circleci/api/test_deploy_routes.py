from __future__ import annotations

import pytest

from tests.sandbox.circleci.circle import SimulatorClient
from tests.sandbox.circleci.deploys import list_releases, list_versions, roll_back, ship


async def _approve(circle: SimulatorClient, pipeline_id: str) -> None:
    workflow = await circle.workflow(pipeline_id)
    hold = (await circle.jobs(workflow["id"]))["approve-production"]
    answer = await circle.post(f"/workflow/{workflow['id']}/approve/{hold['approval_request_id']}")
    assert answer.status_code == 202


async def test_ship_deploys_to_staging_and_behind_its_hold_to_production(circle: SimulatorClient) -> None:
    pipeline_id = await ship(circle)
    newest = (await list_releases(circle))[0]
    assert (newest["status"], newest["pipeline_id"]) == ("SUCCESS", pipeline_id)
    await _approve(circle, pipeline_id)
    seen = []
    for seconds in (0.6, 1.0, 5.0):
        circle.after(seconds)
        seen.append((await list_releases(circle))[0]["status"])
    assert seen == ["PENDING", "RUNNING", "SUCCESS"]
    live = [one["is_live"] for one in await list_versions(circle, "production")]
    assert live == [True, False]


@pytest.mark.parametrize("changed", [{"target_version": "0.9"}, {"namespace": "other"}, {"flavour": "sweet"}], ids=str)
async def test_a_rollback_names_what_ran_there_and_nothing_unknown(
    circle: SimulatorClient, changed: dict[str, str]
) -> None:
    await ship(circle)
    assert (await roll_back(circle, **changed)).is_client_error
    assert not circle.world.deploys.rollbacks


async def test_a_rollback_brings_back_what_ran_before(circle: SimulatorClient) -> None:
    await ship(circle)
    before = (await list_versions(circle, "staging"))[1]["name"]
    await roll_back(circle)
    circle.after(20)
    newest = (await list_versions(circle, "staging"))[0]
    assert (newest["name"], newest["is_live"]) == (before, True)


async def test_a_server_has_none_of_it(circle: SimulatorClient) -> None:
    web = circle.world.projects["gh/acme/web"]
    circle.world.is_server = True
    assert (await circle.call("GET", f"/deploy/projects/{web.id}/releases")).status_code == 404
