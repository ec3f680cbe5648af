"""A project's schedules: the one family that really is kebab on the wire, in requests and answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_schedules import SYSTEM, FakeSchedule
from sandbox.circleci.fake_users import FakeCircleciUser

_REQUIRED = {"name", "timetable", "attribution-actor", "parameters"}
_DAYS = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}
_MONTHS = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
_ALLOWED: dict[str, Any] = {
    "hours-of-day": set(range(25)),
    "days-of-week": _DAYS,
    "days-of-month": set(range(1, 32)),
    "months": _MONTHS,
}


def list_schedules(call: CircleciCall) -> Response:
    return call.paginate(call.world.schedules.list_for(call.get_project()), to_json)


def create(call: CircleciCall) -> Response:
    project = call.get_project()
    call.check_can_write()
    if project.has_opaque_slug:
        raise ApiRule.APP_SCHEDULES.to_error()
    if not set(call.body) >= _REQUIRED:
        raise ApiRule.BODY.to_error()
    _check(call.body)
    now = call.world.engine.now()
    schedule = FakeSchedule(
        id=call.world.id_generator.generate_id(),
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
    return JSONResponse(to_json(schedule), HTTPStatus.CREATED)


def _check(body: Json) -> None:
    """Raises FakeCircleciError unless what is given is of its kind; on an update not everything is given."""
    kinds = {"name": str, "description": str, "timetable": dict, "parameters": dict}
    if not all(isinstance(body[key], kind) for key, kind in kinds.items() if key in body):
        raise ApiRule.BODY.to_error()
    if body.get("attribution-actor", "system") not in {"current", "system"}:
        raise ApiRule.BODY.to_error()
    if "parameters" in body and len({"branch", "tag"} & body["parameters"].keys()) != 1:
        raise ApiRule.SCHEDULED_REF.to_error()
    if "timetable" in body:
        _check_timetable(body["timetable"])


def _check_timetable(timetable: Json) -> None:
    per_hour = timetable.get("per-hour")
    if not isinstance(per_hour, int) or not 1 <= per_hour <= 60:
        raise ApiRule.PER_HOUR.to_error()
    if not timetable.get("hours-of-day") or bool(timetable.get("days-of-week")) == bool(timetable.get("days-of-month")):
        raise ApiRule.DAYS.to_error()
    for name, allowed in _ALLOWED.items():
        if not set(timetable.get(name, ())) <= allowed:
            raise ApiRule.TIMES.to_error(name=name)


def _actor(call: CircleciCall) -> FakeCircleciUser:
    return call.person if call.body["attribution-actor"] == "current" else SYSTEM


def get(call: CircleciCall) -> Response:
    return build_json_response(to_json(_schedule(call)))


def update(call: CircleciCall) -> Response:
    schedule = _schedule(call)
    call.check_can_write("Schedule")
    _check(call.body)
    for key in call.body.keys() & {"name", "description", "timetable", "parameters"}:
        setattr(schedule, key, call.body[key])
    if "attribution-actor" in call.body:
        schedule.actor = _actor(call)
    schedule.updated_at = call.world.engine.now()
    return build_json_response(to_json(schedule))


def delete(call: CircleciCall) -> Response:
    schedule = _schedule(call)
    call.check_can_write("Schedule")
    call.world.schedules.remove(schedule)
    return build_message_response("Schedule deleted.")


def _schedule(call: CircleciCall) -> FakeSchedule:
    schedule = call.world.schedules.find(call.get_path_param("id"))
    if schedule is None or not call.can_see(schedule.project):
        raise ApiRule.HIDDEN.to_error(noun="Schedule")
    return schedule


def to_json(schedule: FakeSchedule) -> Json:
    return {
        "id": schedule.id,
        "name": schedule.name,
        "description": schedule.description,
        "project-slug": schedule.project.slug,
        "created-at": format_instant(schedule.created_at),
        "updated-at": format_instant(schedule.updated_at),
        "timetable": schedule.timetable,
        "parameters": schedule.parameters,
        "actor": api_json.build_person(schedule.actor),
    }


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/schedule", list_schedules),
    ("POST", f"/project/{SLUG}/schedule", create),
    ("GET", "/schedule/{id}", get),
    ("PATCH", "/schedule/{id}", update),
    ("DELETE", "/schedule/{id}", delete),
)
