from __future__ import annotations

from tests.sandbox.circleci.circle import SimulatorClient


async def test_a_github_app_project_has_schedules_among_its_triggers(circle: SimulatorClient) -> None:
    listed = (await circle.ask_v3("/triggers", project_id=circle.kiosk.id)).json()["data"]
    assert [one["attributes"]["event"]["type"] for one in listed] == ["vcs", "schedule"]
    assert listed[1]["attributes"]["event"]["schedule"] == {"name": "Long tests", "cron_expression": "0 2 * * *"}
    assert listed[1]["references"]["pipeline"]["id"] == circle.kiosk.definitions[1].id


async def test_triggers_are_those_of_a_project_that_is_seen(circle: SimulatorClient) -> None:
    web = circle.world.projects["gh/acme/web"]
    listed = (await circle.ask_v3("/triggers", project_id=web.id)).json()["data"]
    assert [one["attributes"]["event"]["type"] for one in listed] == ["vcs"]
    assert (await circle.ask_v3("/triggers", "eve", project_id=circle.kiosk.id)).status_code == 404
    assert (await circle.ask_v3("/triggers")).status_code == 400
