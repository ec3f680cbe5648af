from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.circleci.circle import WEB, SimulatorClient
from tests.sandbox.circleci.settings import SCHEDULE, TIMETABLE

SCHEDULES = f"{WEB}/schedule"


async def test_one_project_has_a_schedule(circle: SimulatorClient) -> None:
    (nightly,) = (await circle.get(SCHEDULES))["items"]
    assert (nightly["name"], nightly["project-slug"], nightly["actor"]["login"]) == ("nightly", "gh/acme/web", "grace")
    assert (await circle.get("/project/gh/acme/api/schedule"))["items"] == []


async def test_a_schedule_is_made_changed_and_removed(circle: SimulatorClient) -> None:
    made = (await circle.post(SCHEDULES, SCHEDULE)).json()
    one = f"/schedule/{made['id']}"
    assert (made["actor"]["login"], made["description"], made["timetable"]) == ("ada", None, TIMETABLE)
    circle.after(60)
    new = {"per-hour": 1, "hours-of-day": [0], "days-of-week": ["SUN"]}
    changed = (await circle.call("PATCH", one, json={"timetable": new, "attribution-actor": "system"})).json()
    assert (changed["timetable"], changed["parameters"]) == (new, SCHEDULE["parameters"])
    assert changed["actor"]["login"] == "circleci-scheduler"
    assert changed["updated-at"] > changed["created-at"]
    await circle.call("DELETE", one)
    assert (await circle.call("GET", one)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"timetable": {**TIMETABLE, "per-hour": 61}},
        {"timetable": {**TIMETABLE, "hours-of-day": []}},
        {"timetable": {**TIMETABLE, "hours-of-day": [25]}},
        {"timetable": {**TIMETABLE, "days-of-week": ["MON"]}},
        {"timetable": {**TIMETABLE, "days-of-month": [32]}},
        {"timetable": {**TIMETABLE, "months": ["SMARCH"]}},
        {"parameters": {"deploy": True}},
        {"parameters": {"branch": "main", "tag": "v1"}},
        {"attribution-actor": "ada"},
        {"name": None},
    ],
)
async def test_what_is_no_schedule_is_refused(circle: SimulatorClient, wrong: dict[str, Any]) -> None:
    assert (await circle.post(SCHEDULES, {**SCHEDULE, **wrong})).status_code == 400


async def test_who_may_only_read_changes_nothing(circle: SimulatorClient) -> None:
    (nightly,) = (await circle.get(SCHEDULES, "eve"))["items"]
    one = f"/schedule/{nightly['id']}"
    assert (await circle.post(SCHEDULES, SCHEDULE, "eve")).status_code == 404
    assert (await circle.call("PATCH", one, "eve", json={"name": "mine"})).status_code == 404
    assert (await circle.call("DELETE", one, "eve")).status_code == 404


async def test_a_schedule_of_a_hidden_project_is_not_there(circle: SimulatorClient) -> None:
    made = (await circle.post("/project/gh/acme/api/schedule", SCHEDULE)).json()
    assert (await circle.call("GET", f"/schedule/{made['id']}", "eve")).status_code == 404


async def test_a_github_app_project_takes_no_schedules(circle: SimulatorClient) -> None:
    for project in (circle.kiosk, circle.firmware):
        assert (await circle.post(f"/project/{project.slug}/schedule", SCHEDULE)).status_code == 400
