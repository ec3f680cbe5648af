"""Insights summed up, each number with its trend: of a workflow, a project, an organisation (CircleCI docs: Insights).

A trend compares with as long a time before; beyond 30 days there is none to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from starlette.responses import Response

from sandbox.circleci import insight_metrics
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json
from sandbox.circleci.api.insight_routes import branch_of, records, window_of
from sandbox.circleci.api_json import Json, instant
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.fake_projects import SHORT_VCS, Project
from sandbox.circleci.run_records import Record

LONGEST_TREND = timedelta(days=30)

Now = list[Record]
Before = list[Record]


def workflow(call: Call) -> Response:
    """No window can be asked for: it is that of the longest trend."""
    everything = records(call, call.project(), branch_of(call))
    name = call.path("workflow")
    now, before = _split(call, [run for run in everything if run.workflow == name], LONGEST_TREND)
    if not now:
        raise Rule.HIDDEN.refusal(noun="Workflow")
    mttr, _ = insight_metrics.recovery(now)
    days = LONGEST_TREND.days
    metrics = insight_metrics.counts(now, days) | {
        "mttr": mttr or 0,
        "total_credits_used": sum(run.credits for run in now),
        "completed_runs": sum(run.status in {"success", "failed"} for run in now),
        "window_start": instant(now[-1].created_at),
        "window_end": instant(now[0].created_at),
    }
    trends = insight_metrics.trends(_compared(now, days), _compared(before, days))
    names = sorted({run.workflow for run in everything})
    return any_json({"metrics": metrics, "trends": trends, "workflow_names": names})


def _split(call: Call, runs: Sequence[Record], window: timedelta) -> tuple[Now, Before]:
    start_at = call.world.engine.now() - window
    now = [run for run in runs if run.created_at >= start_at]
    before = [run for run in runs if start_at - window <= run.created_at < start_at]
    return now, before if window <= LONGEST_TREND else now


def _compared(runs: Sequence[Record], days: float) -> Json:
    lengths = sorted(run.duration_s for run in runs)
    return {
        "total_runs": len(runs),
        "failed_runs": sum(run.status == "failed" for run in runs),
        "success_rate": insight_metrics.success_rate(runs),
        "p95_duration_secs": insight_metrics.p95(lengths),
        "median_duration_secs": insight_metrics.durations(lengths)["median"],
        "total_credits_used": sum(run.credits for run in runs),
        "mttr": insight_metrics.recovery(runs)[0],
        "throughput": len(runs) / max(days, 1.0),
    }


def project(call: Call) -> Response:
    """The project's page. Filters may be repeated, or separated by commas."""
    found, window = call.project(), window_of(call)
    runs = records(call, found, None)
    names, branches = sorted({run.workflow for run in runs}), sorted({run.branch for run in runs if run.branch})
    wanted, on = call.listed("workflow-names") or names, call.listed("branches") or branches
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
    return any_json(
        {
            "org_id": found.org.id,
            "project_id": found.id,
            "project_data": _totals(call, runs, window),
            "project_workflow_data": by_workflow,
            "project_workflow_branch_data": by_branch,
            "all_branches": branches,
            "all_workflows": names,
        }
    )


def _brief(call: Call, runs: Sequence[Record], window: timedelta) -> Json:
    def measured(of: Sequence[Record]) -> Json:
        shown = _compared(of, window.days)
        return {name: shown[name] for name in ("total_credits_used", "p95_duration_secs", "total_runs", "success_rate")}

    now, before = map(measured, _split(call, runs, window))
    return {"metrics": now, "trends": insight_metrics.trends(now, before)}


def _totals(call: Call, runs: Sequence[Record], window: timedelta) -> Json:
    def measured(of: Sequence[Record]) -> Json:
        return {
            "total_runs": len(of),
            "total_duration_secs": sum(run.duration_s for run in of),
            "total_credits_used": sum(run.credits for run in of),
            "success_rate": insight_metrics.success_rate(of),
            "throughput": len(of) / window.days,
        }

    now, before = map(measured, _split(call, runs, window))
    return {"metrics": now, "trends": insight_metrics.trends(now, before)}


def organisation(call: Call) -> Response:
    """Of the projects that the caller sees."""
    vcs = call.path("vcs")
    wanted = f"{SHORT_VCS.get(vcs, vcs)}/{call.path('org')}"
    visible = [one for one in call.visible_projects() if one.org.slug == wanted]
    if not visible:
        raise Rule.HIDDEN.refusal(noun="Organization")
    window = window_of(call)
    chosen = [one for one in visible if one.name in (call.listed("project-names") or [one.name])]
    runs = {one.name: records(call, one, None) for one in chosen}
    return any_json(
        {
            "org_data": _totals(call, [run for each in runs.values() for run in each], window),
            "org_project_data": [_of_project(call, one, runs[one.name], window) for one in chosen],
            "all_projects": [one.name for one in visible],
        }
    )


def _of_project(call: Call, project: Project, runs: Sequence[Record], window: timedelta) -> Json:
    data = _totals(call, runs, window)
    return {
        "project_name": project.name,
        **{part: {name: value for name, value in data[part].items() if name != "throughput"} for part in data},
    }


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}/summary", workflow),
    ("GET", f"/insights/pages/{SLUG}/summary", project),
    ("GET", "/insights/{vcs}/{org}/summary", organisation),
)
