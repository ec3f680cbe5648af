"""Runs, as v3 calls pipelines: one's own, one by its id, and a search over projects and time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from starlette.responses import Response

from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3.v3_call import V3Call, V3Routes, build_one, build_page
from sandbox.circleci.entities import FakePipeline, FakeWorkflow

MOST_RUNS = 20

_CONDITION = re.compile(r'pipeline\.(git\.branch|status) == "((?:[^"\\]|\\.)*)"')
_OUTCOMES = {"success": "succeeded", "error": "errored"}


def get_status(pipeline: FakePipeline) -> str:
    """What the newest run of each workflow comes to together, in the words of v2, which a search takes."""
    if pipeline.state == "errored":
        return "error"
    newest: dict[str, FakeWorkflow] = {}
    for run in pipeline.workflows:
        newest[run.name] = run
    statuses = {run.status for run in newest.values()}
    for status in ("failing", "running", "on_hold", "failed", "error", "unauthorized", "canceled", "success"):
        if status in statuses:
            return "failing" if status == "running" and statuses & {"failed", "failing"} else status
    return "queued"


def _get_phase(pipeline: FakePipeline) -> tuple[str, str | None]:
    """The phase, and the outcome so far."""
    status = get_status(pipeline)
    if status == "queued":
        return "created", None
    if status in {"running", "on_hold"}:
        return ("held" if status == "on_hold" else "started"), None
    return ("started", "failed") if status == "failing" else ("ended", _OUTCOMES.get(status, status))


def _build_run(pipeline: FakePipeline) -> Json:
    """Runs have `current_outcome` and no `outcome`, since a rerun may change it (facts 14.2)."""
    phase, outcome = _get_phase(pipeline)
    attributes = {
        "number": pipeline.number,
        "phase": phase,
        "current_outcome": outcome,
        "created_at": format_instant(pipeline.created_at),
        "errors": list(pipeline.errors),
        "warnings": [],
    }
    return {"id": pipeline.id, "attributes": attributes, "references": _build_references(pipeline)}


def _build_references(pipeline: FakePipeline) -> Json:
    commit = pipeline.commit
    vcs = {
        "branch": pipeline.branch or "",
        "tag": pipeline.tag or "",
        "revision": commit.sha,
        "origin_repository_url": pipeline.project.repository_url,
        "commit": {"subject": commit.subject, "author": {"name": commit.author, "login": commit.author}},
    }
    return {
        "event": {"attributes": {"type": "push", "action": "", "vcs": vcs}},
        "trigger": {"attributes": {"event_source": {"type": pipeline.trigger_type}}},
        "project": {"id": pipeline.project.id},
        "user": {"id": pipeline.actor.id, "attributes": {"login": pipeline.actor.login}},
    }


def _list_runs(call: V3Call) -> Response:
    if call.require_filter("user_id") != "me":
        raise ApiRule.V3_SCOPE.to_error(names="filter[user_id]=me")
    own = (each for each in call.world.archive.list_pipelines(actor=call.person) if call.can_see(each.project))
    return call.list_page(list(own), _build_run, MOST_RUNS)


def _get_run(call: V3Call) -> Response:
    return build_one(_build_run(call.get_pipeline()))


def _search_runs(call: V3Call) -> Response:
    scope, page = (_get_object(call.body, name) for name in ("scope", "page"))
    wanted = scope.get("project_ids")
    if not isinstance(wanted, list) or not wanted or not scope.get("from") or not scope.get("to"):
        raise ApiRule.V3_SCOPE.to_error(names="scope.project_ids, scope.from and scope.to")
    begin, end = (_parse_instant(scope[name]) for name in ("from", "to"))
    conditions = _parse_filter(call.body.get("filter") or "")
    found = [
        run
        for run in call.world.archive.list_pipelines()
        if run.project.id in wanted and call.can_see(run.project) and begin <= run.created_at <= end
    ]
    matching = [run for run in found if all(_matches(run, *condition) for condition in conditions)]
    return build_page(matching, _build_run, page.get("limit"), page.get("cursor"), most=MOST_RUNS)


def _get_object(body: Json, name: str) -> Json:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise ApiRule.BODY.to_error()
    return value


def _parse_instant(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise ApiRule.DATE.to_error(name="scope") from None


def _parse_filter(expression: str) -> Iterable[tuple[str, str]]:
    conditions = [_CONDITION.fullmatch(part.strip()) for part in expression.split(" and ") if part.strip()]
    found = [(match[1], match[2]) for match in conditions if match]
    if len(found) < len(conditions):
        raise ApiRule.V3_FILTER.to_error()
    return found


def _matches(run: FakePipeline, what: str, value: str) -> bool:
    return value == (run.branch if what == "git.branch" else get_status(run))


ROUTES: V3Routes = (
    ("GET", "/runs", _list_runs),
    ("POST", "/runs/search", _search_runs),
    ("GET", "/runs/{id}", _get_run),
)
