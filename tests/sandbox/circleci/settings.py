"""A walk through everything that a project's settings offer: read, added, changed, refused and removed."""

from __future__ import annotations

from typing import Any

from tests.sandbox.circleci.circle import WEB, SimulatorClient

TIMETABLE = {"per-hour": 2, "hours-of-day": [3, 15], "days-of-month": [1, 15], "months": ["JAN", "JUL"]}
SCHEDULE: dict[str, Any] = {
    "name": "monthly",
    "timetable": TIMETABLE,
    "attribution-actor": "current",
    "parameters": {"branch": "main", "deploy": True, "replicas": 3},
}


async def walk_settings(circle: SimulatorClient) -> None:
    await _keys(circle)
    await _variables(circle)
    await _schedules(circle)
    await _contexts(circle)


async def _keys(circle: SimulatorClient) -> None:
    path = f"{WEB}/checkout-key"
    made = await circle.post(path, {"type": "user-key"})
    assert (made.status_code, (await circle.post(path, {"type": "none"})).status_code) == (201, 400)
    await circle.get(path)
    one = f"{path}/{made.json()['fingerprint']}"
    await circle.get(one)
    for status in (200, 404):
        assert (await circle.call("DELETE", one)).status_code == status


async def _variables(circle: SimulatorClient) -> None:
    path = f"{WEB}/envvar"
    assert (await circle.post(path, {"name": "FRESH", "value": "a-secret-1234"})).status_code == 201
    assert (await circle.post(path, {"name": "not a name", "value": ""})).status_code == 400
    await circle.get(path)
    await circle.get(f"{path}/FRESH")
    for status in (200, 404):
        assert (await circle.call("DELETE", f"{path}/FRESH")).status_code == status


async def _schedules(circle: SimulatorClient) -> None:
    await circle.get(f"{WEB}/schedule")
    made = await circle.post(f"{WEB}/schedule", SCHEDULE)
    assert (made.status_code, (await circle.post(f"{WEB}/schedule", {})).status_code) == (201, 400)
    one = f"/schedule/{made.json()['id']}"
    await circle.get(one)
    assert (await circle.call("PATCH", one, json={"description": "changed"})).status_code == 200
    for status in (200, 404):
        assert (await circle.call("DELETE", one)).status_code == status


async def _contexts(circle: SimulatorClient) -> None:
    for context in (await circle.get("/context", **{"owner-slug": "gh/acme"}))["items"]:
        await circle.get(f"/context/{context['id']}")
        await circle.get(f"/context/{context['id']}/environment-variable")
    assert (await circle.call("GET", "/context", params={"owner-slug": "gh/nobody"})).status_code == 404
