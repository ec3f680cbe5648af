"""Every answer of the simulator's API v3 against the table of its operations."""

from __future__ import annotations

from datetime import timedelta

import httpx

from sandbox.circleci.fake_projects import GITHUB
from tests.contracts import circleci_v3
from tests.sandbox.circleci.circle import SimulatorClient


async def test_every_operation_of_the_table_is_answered_as_it_says(circle: SimulatorClient) -> None:
    seen: set[str] = set()

    async def check(answer: httpx.Response) -> None:
        path = answer.request.url.path.partition("/api/v3")[2]
        if name := circleci_v3.find_operation(answer.request.method, path):
            await answer.aread()
            assert list(circleci_v3.iter_complaints_about_answer(name, answer)) == []
            seen.add(name)

    circle.http.event_hooks["response"].append(check)
    for branch in ("broken", "oom", "bad-config", "release", "slow", "ship"):
        await _look_at_a_pipeline(circle, branch)
    await _look_at_the_rest(circle)
    assert seen == set(circleci_v3.OPERATIONS)


async def _look_at_a_pipeline(circle: SimulatorClient, branch: str) -> None:
    pipeline_id = await circle.trigger(branch)
    circle.after(60)
    for run in await circle.workflows(pipeline_id):
        for job in (await circle.jobs(run["id"])).values():
            for what in ("stdout/condensed", "tests", "resource-usage"):
                await circle.ask_v3(f"/jobs/{job['id']}/{what}")


async def _look_at_the_rest(circle: SimulatorClient) -> None:
    for by in ("ada", "eve", "expired"):
        await circle.ask_v3("/users", by, user_id="me")
        await circle.ask_v3("/projects", by, org_id=GITHUB.id)
        await circle.ask_v3("/runs", by, user_id="me")
        await circle.ask_v3("/deploy/deployments", by, org_id=GITHUB.id)
        await circle.ask_v3("/triggers", by, project_id=circle.kiosk.id)
    now = circle.world.engine.now()
    projects = [project.id for project in circle.world.projects.values()]
    scope = {"project_ids": projects, "from": (now - timedelta(days=1)).isoformat(), "to": now.isoformat()}
    for expression in ("", 'pipeline.status == "failed"', "odd"):
        await circle.ask_v3("/runs/search", body={"scope": scope, "filter": expression, "page": {"limit": 20}})
