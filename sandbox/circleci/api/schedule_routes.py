"""A project's schedules: the one family that really is kebab on the wire, in requests and answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json, message
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_schedules import SYSTEM, Schedule
from sandbox.circleci.fake_users import Person

_REQUIRED = {"name", "timetable", "attribution-actor", "parameters"}
_DAYS = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}
_MONTHS = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
_ALLOWED: dict[str, Any] = {
    "hours-of-day": set(range(25)),
    "days-of-week": _DAYS,
    "days-of-month": set(range(1, 32)),
    "months": _MONTHS,
}


def listing(call: Call) -> Response:
    return call.page(call.world.schedules.of(call.project()), shown)


def create(call: Call) -> Response:
    project = call.project()
    call.must_write()
    if project.has_opaque_slug:
        raise Rule.APP_SCHEDULES.refusal()
    if not set(call.body) >= _REQUIRED:
        raise Rule.BODY.refusal()
    _check(call.body)
    now = call.world.engine.now()
    schedule = Schedule(
        id=call.world.mint.id(),
        project=project,
        name=call.body["name"],
        description=call.body.get("description"),
        timetable=call.body["timetable"],
        parameters=call.body["parameters"],
        actor=_actor(call),
        created_at=now,
        updated_at=now,
    )
    call.world.schedules.add(schedule)
    return JSONResponse(shown(schedule), HTTPStatus.CREATED)


def _check(body: Json) -> None:
    """Raises Refused unless what is given is of its kind; on an update not everything is given."""
    kinds = {"name": str, "description": str, "timetable": dict, "parameters": dict}
    if not all(isinstance(body[key], kind) for key, kind in kinds.items() if key in body):
        raise Rule.BODY.refusal()
    if body.get("attribution-actor", "system") not in {"current", "system"}:
        raise Rule.BODY.refusal()
    if "parameters" in body and len({"branch", "tag"} & body["parameters"].keys()) != 1:
        raise Rule.SCHEDULED_REF.refusal()
    if "timetable" in body:
        _check_timetable(body["timetable"])


def _check_timetable(timetable: Json) -> None:
    per_hour = timetable.get("per-hour")
    if not isinstance(per_hour, int) or not 1 <= per_hour <= 60:
        raise Rule.PER_HOUR.refusal()
    if not timetable.get("hours-of-day") or bool(timetable.get("days-of-week")) == bool(timetable.get("days-of-month")):
        raise Rule.DAYS.refusal()
    for name, allowed in _ALLOWED.items():
        if not set(timetable.get(name, ())) <= allowed:
            raise Rule.TIMES.refusal(name=name)


def _actor(call: Call) -> Person:
    return call.person if call.body["attribution-actor"] == "current" else SYSTEM


def get(call: Call) -> Response:
    return any_json(shown(_schedule(call)))


def update(call: Call) -> Response:
    schedule = _schedule(call)
    call.must_write("Schedule")
    _check(call.body)
    for key in call.body.keys() & {"name", "description", "timetable", "parameters"}:
        setattr(schedule, key, call.body[key])
    if "attribution-actor" in call.body:
        schedule.actor = _actor(call)
    schedule.updated_at = call.world.engine.now()
    return any_json(shown(schedule))


def delete(call: Call) -> Response:
    schedule = _schedule(call)
    call.must_write("Schedule")
    call.world.schedules.remove(schedule)
    return message("Schedule deleted.")


def _schedule(call: Call) -> Schedule:
    schedule = call.world.schedules.find(call.path("id"))
    if schedule is None or not call.may_see(schedule.project):
        raise Rule.HIDDEN.refusal(noun="Schedule")
    return schedule


def shown(schedule: Schedule) -> Json:
    return {
        "id": schedule.id,
        "name": schedule.name,
        "description": schedule.description,
        "project-slug": schedule.project.slug,
        "created-at": instant(schedule.created_at),
        "updated-at": instant(schedule.updated_at),
        "timetable": schedule.timetable,
        "parameters": schedule.parameters,
        "actor": api_json.person(schedule.actor),
    }


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/schedule", listing),
    ("POST", f"/project/{SLUG}/schedule", create),
    ("GET", "/schedule/{id}", get),
    ("PATCH", "/schedule/{id}", update),
    ("DELETE", "/schedule/{id}", delete),
)
