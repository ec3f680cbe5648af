"""What starts the pipelines of a project: pushes, and for GitHub App projects schedules."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3.v3_call import V3Call, V3Routes, build_entity
from sandbox.circleci.fake_projects import FakeDefinition, FakeProject
from sandbox.circleci.fake_users import build_fixed_id

_SCHEDULES = {"nightly": ("Long tests", "0 2 * * *", False), "spelling": ("Spelling, weekly", "30 7 * * 1", True)}
"""Name, cron expression and whether it is disabled, by the definition that it starts."""


def _list_triggers(call: V3Call) -> Response:
    project_id = call.require_filter("project_id")
    project = call.find_project(project_id)
    if project is None:
        raise ApiRule.HIDDEN.to_error(noun="Project")
    wanted, at = call.get_filter("pipeline_id"), format_instant(call.world.started_at)
    listed = [
        trigger
        for definition in project.definitions
        if wanted in {None, definition.id}
        for trigger in _build_triggers(project, definition, at)
    ]
    return call.list_page(listed, dict)


def _build_triggers(project: FakeProject, definition: FakeDefinition, created_at: str) -> list[Json]:
    """The default pipeline starts on a push; what has a timetable starts by it (facts 20)."""
    triggers = []
    if definition is project.definitions[0]:
        triggers.append(_build_trigger(project, definition, {"type": "vcs"}, created_at=created_at))
    if definition.name in _SCHEDULES and project.org.integration == "github_app":
        name, cron, is_disabled = _SCHEDULES[definition.name]
        event = {"type": "schedule", "schedule": {"name": name, "cron_expression": cron}}
        triggers.append(_build_trigger(project, definition, event, created_at=created_at, is_disabled=is_disabled))
    return triggers


def _build_trigger(
    project: FakeProject, definition: FakeDefinition, event: Json, *, created_at: str, is_disabled: bool = False
) -> Json:
    ref = {"ref": project.default_branch}
    attributes = {
        "is_disabled": is_disabled,
        "created_at": created_at,
        "event": event,
        "config": ref,
        "checkout": ref,
    }
    trigger_id = build_fixed_id(f"trigger/{definition.id}/{event['type']}")
    return build_entity(trigger_id, attributes, project=project.id, pipeline=definition.id)


ROUTES: V3Routes = (("GET", "/triggers", _list_triggers),)
