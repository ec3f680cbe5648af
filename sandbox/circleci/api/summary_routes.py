"""Insights summed up, each number with its trend: of a workflow, a project, an organisation (CircleCI docs: Insights).

A trend compares with as long a time before; beyond 30 days there is none to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from starlette.responses import Response

from sandbox.circleci import insight_metrics
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response
from sandbox.circleci.api.insight_routes import find_branch, list_records, parse_window
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_projects import SHORT_VCS, FakeProject
from sandbox.circleci.run_records import RunRecord

LONGEST_TREND = timedelta(days=30)

CurrentRuns = list[RunRecord]
EarlierRuns = list[RunRecord]


def summarise_workflow(call: CircleciCall) -> Response:
    """No window can be asked for: it is that of the longest trend."""
    everything = list_records(call, call.get_project(), find_branch(call))
    name = call.get_path_param("workflow")
    now, before = _split(call, [run for run in everything if run.workflow == name], LONGEST_TREND)
    if not now:
        raise ApiRule.HIDDEN.to_error(noun="Workflow")
    mttr, _ = insight_metrics.compute_recovery(now)
    days = LONGEST_TREND.days
    metrics = insight_metrics.count_runs(now, days) | {
        "mttr": mttr or 0,
        "total_credits_used": sum(run.credits for run in now),
        "completed_runs": sum(run.status in {"success", "failed"} for run in now),
        "window_start": format_instant(now[-1].created_at),
        "window_end": format_instant(now[0].created_at),
    }
    trends = insight_metrics.compute_trends(_build_comparable(now, days), _build_comparable(before, days))
    names = sorted({run.workflow for run in everything})
    return build_json_response({"metrics": metrics, "trends": trends, "workflow_names": names})


def _split(call: CircleciCall, runs: Sequence[RunRecord], window: timedelta) -> tuple[CurrentRuns, EarlierRuns]:
    start_at = call.world.engine.now() - window
    now = [run for run in runs if run.created_at >= start_at]
    before = [run for run in runs if start_at - window <= run.created_at < start_at]
    return now, before if window <= LONGEST_TREND else now


def _build_comparable(runs: Sequence[RunRecord], days: float) -> Json:
    lengths = sorted(run.duration_s for run in runs)
    return {
        "total_runs": len(runs),
        "failed_runs": sum(run.status == "failed" for run in runs),
        "success_rate": insight_metrics.compute_success_rate(runs),
        "p95_duration_secs": insight_metrics.compute_p95(lengths),
        "median_duration_secs": insight_metrics.compute_durations(lengths)["median"],
        "total_credits_used": sum(run.credits for run in runs),
        "mttr": insight_metrics.compute_recovery(runs)[0],
        "throughput": len(runs) / max(days, 1.0),
    }


def summarise_project(call: CircleciCall) -> Response:
    """The project's page. Filters may be repeated, or separated by commas."""
    project, window = call.get_project(), parse_window(call)
    runs = list_records(call, project, None)
    names, branches = sorted({run.workflow for run in runs}), sorted({run.branch for run in runs if run.branch})
    wanted, on = call.get_query_list("workflow-names") or names, call.get_query_list("branches") or branches
    by_workflow = [
        {"workflow_name": name, **_brief(call, [run for run in runs if run.workflow == name], window)}
        for name in names
        if name in wanted
    ]
    by_branch = [
        {"workflow_name": name, "branch": branch, **_brief(call, here, window)}
        for branch in branches
        for name in names
        if branch in on and (here := [run for run in runs if (run.workflow, run.branch) == (name, branch)])
    ]
    return build_json_response(
        {
            "org_id": project.org.id,
            "project_id": project.id,
            "project_data": _totals(call, runs, window),
            "project_workflow_data": by_workflow,
            "project_workflow_branch_data": by_branch,
            "all_branches": branches,
            "all_workflows": names,
        }
    )


def _brief(call: CircleciCall, runs: Sequence[RunRecord], window: timedelta) -> Json:
    def build_metrics(of: Sequence[RunRecord]) -> Json:
        shown = _build_comparable(of, window.days)
        return {name: shown[name] for name in ("total_credits_used", "p95_duration_secs", "total_runs", "success_rate")}

    now, before = map(build_metrics, _split(call, runs, window))
    return {"metrics": now, "trends": insight_metrics.compute_trends(now, before)}


def _totals(call: CircleciCall, runs: Sequence[RunRecord], window: timedelta) -> Json:
    def build_metrics(of: Sequence[RunRecord]) -> Json:
        return {
            "total_runs": len(of),
            "total_duration_secs": sum(run.duration_s for run in of),
            "total_credits_used": sum(run.credits for run in of),
            "success_rate": insight_metrics.compute_success_rate(of),
            "throughput": len(of) / window.days,
        }

    now, before = map(build_metrics, _split(call, runs, window))
    return {"metrics": now, "trends": insight_metrics.compute_trends(now, before)}


def summarise_organisation(call: CircleciCall) -> Response:
    """Of the projects that the caller sees."""
    vcs = call.get_path_param("vcs")
    wanted = f"{SHORT_VCS.get(vcs, vcs)}/{call.get_path_param('org')}"
    visible = [one for one in call.list_visible_projects() if one.org.slug == wanted]
    if not visible:
        raise ApiRule.HIDDEN.to_error(noun="Organization")
    window = parse_window(call)
    chosen = [one for one in visible if one.name in (call.get_query_list("project-names") or [one.name])]
    runs = {one.name: list_records(call, one, None) for one in chosen}
    return build_json_response(
        {
            "org_data": _totals(call, [run for each in runs.values() for run in each], window),
            "org_project_data": [_of_project(call, one, runs[one.name], window) for one in chosen],
            "all_projects": [one.name for one in visible],
        }
    )


def _of_project(call: CircleciCall, project: FakeProject, runs: Sequence[RunRecord], window: timedelta) -> Json:
    data = _totals(call, runs, window)
    return {
        "project_name": project.name,
        **{part: {name: value for name, value in data[part].items() if name != "throughput"} for part in data},
    }


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}/summary", summarise_workflow),
    ("GET", f"/insights/pages/{SLUG}/summary", summarise_project),
    ("GET", "/insights/{vcs}/{org}/summary", summarise_organisation),
)
