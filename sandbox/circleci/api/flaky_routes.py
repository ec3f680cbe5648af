"""Insights about tests: which are flaky, and those of a workflow's ten latest runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from sandbox.circleci import insight_metrics
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response
from sandbox.circleci.api.insight_routes import find_branch
from sandbox.circleci.api_json import Json, format_instant
from sandbox.circleci.entities import FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_projects import FakeProject
from sandbox.circleci.job_results import list_test_results

LATEST_RUNS = 10
MOST_LISTED = 10

_REPORTED = {
    "gh/acme/web": (
        ("test_the_basket_survives_a_reload", "tests/test_basket.py", 9, 512),
        ("test_search_answers_within_a_second", "tests/test_search.py", 7, 380),
        ("test_two_people_buy_the_last_one", "tests/test_stock.py", 3, 190),
        ("test_mails_leave_in_order", "tests/test_mails.py", 3, 75),
        *((f"test_page_{number}_renders", "tests/test_pages.py", 1, 20 + number) for number in range(1, 9)),
    )
}
"""Tests that are said to be flaky though no pipeline here shows it: name, file, times, seconds wasted."""


def list_flaky_tests(call: CircleciCall) -> Response:
    """Tests that failed and passed on the same commit. Snake case on the wire, whatever the document says."""
    project = call.get_project()
    tests: dict[str, Json] = {}
    for pipeline in call.world.archive.list_pipelines(project):
        for name, shown in _iter_flaky_tests(pipeline):
            times = tests[name]["times_flaked"] + 1 if name in tests else 1
            tests[name] = {**(tests.get(name) or shown), "times_flaked": times}
    tests |= _list_reported_tests(call, project)
    return build_json_response({"flaky_tests": list(tests.values()), "total_flaky_tests": len(tests)})


def _iter_flaky_tests(pipeline: FakePipeline) -> Iterable[tuple[str, Json]]:
    jobs = [(run, job) for run in pipeline.workflows for job in run.jobs if not job.is_reused]
    passed = {(run.name, job.name) for run, job in jobs if job.status == "success"}
    for run, job in jobs:
        if job.status == "failed" and (run.name, job.name) in passed:
            for test in job.plan.failing_tests:
                yield test.name, _flaky_test(test.name, test.classname, test.file, run, job)


def _list_reported_tests(call: CircleciCall, project: FakeProject) -> dict[str, Json]:
    """Reported tests, each with an existing job as the last one."""
    pipelines = call.world.archive.list_pipelines(project, project.default_branch)
    places = [
        (run, job) for pipeline in pipelines for run in pipeline.workflows for job in run.jobs if list_test_results(job)
    ]
    reported = zip(_REPORTED.get(project.slug, ()), places * 3, strict=False) if places else ()
    return {
        name: _flaky_test(name, f"{file[:-3].replace('/', '.')}.Test", file, *place)
        | {"times_flaked": times, "time_wasted": wasted}
        for (name, file, times, wasted), place in reported
    }


def _flaky_test(name: str, classname: str, file: str, run: FakeWorkflow, job: FakeJob) -> Json:
    return {
        "test_name": name,
        "classname": classname,
        "file": file,
        "source": "pytest",
        "job_name": job.name,
        "job_number": job.number,
        "pipeline_number": run.pipeline.number,
        "workflow_id": run.id,
        "workflow_name": run.name,
        "workflow_created_at": format_instant(run.created_at),
        "time_wasted": round((run.stopped_at - run.created_at).total_seconds()) if run.stopped_at else 0,
    }


def get_test_metrics(call: CircleciCall) -> Response:
    """Of runs that stored tests; the lists are cut."""
    runs = _latest(call)
    tests = _tests(runs)
    failing = sorted((test for test in tests if test["failed_runs"]), key=lambda test: -test["failed_runs"])
    slowest = sorted(tests, key=lambda test: -test["p95_duration"])
    total = sum(test["total_runs"] for test in tests)
    return build_json_response(
        {
            "average_test_count": round(total / len(runs)) if runs else 0,
            "most_failed_tests": failing[:MOST_LISTED],
            "most_failed_tests_extra": max(0, len(failing) - MOST_LISTED),
            "slowest_tests": slowest[:MOST_LISTED],
            "slowest_tests_extra": 0,
            "total_test_runs": total,
            "test_runs": [_count_results(run) for run in runs],
        }
    )


def _latest(call: CircleciCall) -> list[FakeWorkflow]:
    pipelines = call.world.archive.list_pipelines(call.get_project(), find_branch(call))
    ended = [run for pipeline in pipelines for run in reversed(pipeline.workflows) if run.has_ended]
    return [run for run in ended if run.name == call.get_path_param("workflow")][:LATEST_RUNS]


def _tests(runs: Sequence[FakeWorkflow]) -> list[Json]:
    results: dict[tuple[str, ...], list[Json]] = defaultdict(list)
    for run in runs:
        for job in run.jobs:
            for test in list_test_results(job):
                results[test["name"], test["classname"], test["file"], job.name].append(test)
    flaky = {name for run in runs for name, _shown in _iter_flaky_tests(run.pipeline)}
    return [_test(*key, ran=ran, is_flaky=key[0] in flaky) for key, ran in results.items()]


def _test(name: str, classname: str, file: str, job: str, *, ran: Sequence[Json], is_flaky: bool) -> Json:
    seconds = sorted(test["run_time"] for test in ran)
    return {
        "test_name": name,
        "classname": classname,
        "file": file,
        "job_name": job,
        "source": "pytest",
        "total_runs": len(ran),
        "failed_runs": sum(test["result"] != "success" for test in ran),
        "p95_duration": insight_metrics.compute_p95(seconds),
        "flaky": is_flaky,
    }


def _count_results(run: FakeWorkflow) -> Json:
    results = [test["result"] for job in run.jobs for test in list_test_results(job)]
    counts = {word: results.count(word) for word in ("error", "failure", "skipped", "success")}
    return {
        "pipeline_number": run.pipeline.number,
        "workflow_id": run.id,
        "success_rate": counts["success"] / len(results) if results else 0.0,
        "test_counts": {**counts, "total": len(results)},
    }


ROUTES: Routes = (
    ("GET", f"/insights/{SLUG}/flaky-tests", list_flaky_tests),
    ("GET", f"/insights/{SLUG}/workflows/{{workflow}}/test-metrics", get_test_metrics),
)
