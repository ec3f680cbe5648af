"""For each rule that refuses, a request that it refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.sandbox.circleci import deploys
from tests.sandbox.circleci.circle import WEB, SimulatorClient
from tests.sandbox.circleci.oauth_client import OAuthClient

NOBODY = "00000000-0000-4000-8000-000000000000"
HOOK = {
    "name": "ours",
    "events": ["workflow-completed"],
    "url": "https://example.com/",
    "verify-tls": True,
    "signing-secret": "s",
}
TIMETABLE = {"per-hour": 1, "hours-of-day": [2], "days-of-week": ["MON"]}
SCHEDULE = {
    "name": "n",
    "timetable": TIMETABLE,
    "attribution-actor": "system",
    "parameters": {"branch": "main"},
}

SEARCH = {"scope": {"project_ids": [NOBODY], "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}}

Show = Callable[[SimulatorClient], Awaitable[httpx.Response]]


def _post(path: str, body: Any = None, by: str | None = "ada") -> Show:
    return lambda circle: circle.post(path, body, by)


def _get(path: str, by: str | None = "ada", **query: str) -> Show:
    return lambda circle: circle.call("GET", path, by, params=query)


def _trigger(**body: Any) -> Show:
    return _post(f"{WEB}/pipeline", body)


def _run(**body: Any) -> Show:
    return _post(f"{WEB}/pipeline/run", body)


def _ask(**changed: str) -> Show:
    async def show(circle: SimulatorClient) -> httpx.Response:
        client = OAuthClient(circle.http, str(circle.http.base_url).rstrip("/"))
        await client.register()
        return await client.ask(**changed)

    return show


async def _unknown_code(circle: SimulatorClient) -> httpx.Response:
    return await OAuthClient(circle.http, str(circle.http.base_url).rstrip("/")).exchange("nothing")


def _web_id(circle: SimulatorClient) -> str:
    return circle.world.projects["gh/acme/web"].id


async def _ended(circle: SimulatorClient, branch: str = "broken", after_s: float = 30) -> dict[str, Any]:
    pipeline_id = await circle.trigger(branch)
    circle.after(after_s)
    return await circle.workflow(pipeline_id)


def _rerun(branch: str = "broken", after_s: float = 30, **body: Any) -> Show:
    async def show(circle: SimulatorClient) -> httpx.Response:
        run = await _ended(circle, branch, after_s)
        return await circle.post(f"/workflow/{run['id']}/rerun", body)

    return show


async def _rerun_too_often(circle: SimulatorClient) -> httpx.Response:
    workflow_id = (await _ended(circle, "unauthorized", 10))["id"]
    for _ in range(100):
        workflow_id = (await circle.post(f"/workflow/{workflow_id}/rerun", {})).json()["workflow_id"]
        circle.after(10)
    return await circle.post(f"/workflow/{workflow_id}/rerun", {})


async def _rerun_of_old(circle: SimulatorClient) -> httpx.Response:
    run = await _ended(circle)
    circle.after(90 * 86400)
    return await circle.post(f"/workflow/{run['id']}/rerun", {})


async def _held(circle: SimulatorClient) -> tuple[str, str]:
    run = await _ended(circle, "release", 7)
    hold = (await circle.jobs(run["id"]))["approve-staging"]
    return f"/workflow/{run['id']}", hold["approval_request_id"]


async def _approve_what_is_not_held(circle: SimulatorClient) -> httpx.Response:
    path, _ = await _held(circle)
    return await circle.post(f"{path}/approve/{NOBODY}")


async def _approve_twice(circle: SimulatorClient) -> httpx.Response:
    path, request = await _held(circle)
    await circle.post(f"{path}/approve/{request}")
    return await circle.post(f"{path}/approve/{request}")


async def _approve_what_was_declined(circle: SimulatorClient) -> httpx.Response:
    path, request = await _held(circle)
    await circle.post(f"{path}/cancel")
    circle.after(2)
    return await circle.post(f"{path}/approve/{request}")


async def _approve_too_late(circle: SimulatorClient) -> httpx.Response:
    path, request = await _held(circle)
    circle.after(90 * 86400 + 1)
    return await circle.post(f"{path}/approve/{request}")


async def _cancel_what_ended(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/workflow/{(await _ended(circle))['id']}/cancel")


async def _jobs_of_old(circle: SimulatorClient) -> httpx.Response:
    run = await _ended(circle)
    circle.after(31 * 86400)
    return await circle.call("GET", f"/workflow/{run['id']}/job")


async def _too_busy(circle: SimulatorClient) -> httpx.Response:
    circle.world.quotas.an_hour["ada"] = 0
    return await circle.call("GET", "/me")


async def _on_a_server(circle: SimulatorClient) -> httpx.Response:
    circle.world.is_server = True
    return await circle.post(f"{WEB}/pipeline/run", {"checkout": {"branch": "main"}})


def _of_handbook(**refs: Any) -> Show:
    """A run whose config lies in another repository than its code."""

    async def show(circle: SimulatorClient) -> httpx.Response:
        project = next(each for each in circle.world.projects.values() if each.name == "handbook")
        body = {"definition_id": project.definitions[1].id, **refs}
        return await circle.post(f"/project/{project.slug}/pipeline/run", body)

    return show


async def _classic_of_an_app(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/project/{circle.kiosk.slug}/pipeline", {"branch": "main"})


async def _run_of_gitlab(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/project/{circle.firmware.slug}/pipeline/run", {"checkout": {"branch": "main"}})


async def _run_of_nothing(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/project/{circle.kiosk.slug}/pipeline/run", {"checkout": {"branch": "main"}})


async def _sixth_hook(circle: SimulatorClient) -> httpx.Response:
    for _ in range(5):
        await _hook()(circle)
    return await _hook()(circle)


def _hook(**changed: Any) -> Show:
    async def show(circle: SimulatorClient) -> httpx.Response:
        scope = {"id": _web_id(circle), "type": "project"}
        return await circle.post("/webhook", {**HOOK, "scope": scope, **changed})

    return show


async def _app_key(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/project/{circle.kiosk.slug}/checkout-key", {"type": "deploy-key"})


async def _app_schedule(circle: SimulatorClient) -> httpx.Response:
    return await circle.post(f"/project/{circle.kiosk.slug}/schedule", SCHEDULE)


def _schedule(timetable: Any = TIMETABLE, **changed: Any) -> Show:
    return _post(f"{WEB}/schedule", {**SCHEDULE, "timetable": timetable, **changed})


_RUNS = f"/insights{WEB.removeprefix('/project')}/workflows/build-and-test"


def _ask_v3(path: str, **page: str) -> Show:
    return lambda circle: circle.ask_v3(path, page=page)


SHOWN: dict[str, Show] = {
    "NO_TOKEN": _get("/me", None),
    "BAD_TOKEN": _get("/me", "expired"),
    "READ_ONLY": _post(f"{WEB}/pipeline", {"branch": "main"}, "eve"),
    "HIDDEN": _get("/project/gh/acme/secret", "eve"),
    "HIDDEN_CONTEXT": _get("/context", "eve", **{"owner-slug": "gh/acme"}),
    "NO_ROUTE": _get("/nowhere"),
    "SERVER": _on_a_server,
    "BODY": _trigger(branch=7),
    "PAGE": _get(f"{WEB}/pipeline", **{"page-token": "next"}),
    "BUSY": _too_busy,
    "V3_BEARER": _get("http://sandbox/circleci/api/v3/orgs"),
    "V3_SCOPE": _ask_v3("/projects"),
    "V3_LIMIT": _ask_v3("/orgs", limit="51"),
    "V3_FILTER": lambda circle: circle.ask_v3("/runs/search", body={**SEARCH, "filter": "status = failed"}),
    "V3_CURSOR": _ask_v3("/orgs", cursor="2"),
    "CLIENT": _ask(client_id="nobody"),
    "REDIRECT": _ask(redirect_uri="http://127.0.0.1:53117/other"),
    "STATE": _ask(state=""),
    "CHALLENGE": _ask(code_challenge_method="plain"),
    "CODE": _unknown_code,
    "BRANCH": _trigger(branch="nowhere"),
    "TAG": _trigger(tag="v9.9.9"),
    "PULL_REQUEST": _trigger(branch="pull/9999/head"),
    "TWO_REFS": _trigger(branch="main", tag="v1"),
    "CONFIG_REF": _of_handbook(config={"branch": "broken"}, checkout={"branch": "broken"}),
    "CHECKOUT_REF": _of_handbook(config={"branch": "next"}, checkout={"branch": "next"}),
    "CLASSIC": _classic_of_an_app,
    "GITLAB": _run_of_gitlab,
    "ESCAPED": _post("/project/gh%2Facme%2Fweb/pipeline/run", {"checkout": {"branch": "main"}}),
    "WHICH": _run_of_nothing,
    "DEFINITION": _run(definition_id=NOBODY, checkout={"branch": "main"}),
    "PARAMETERS": _trigger(branch="setup", parameters={"suite": "quick"}),
    "TYPES": _trigger(branch="main", parameters={"replicas": "2"}),
    "MANY": _trigger(branch="main", parameters={f"p{number}": "" for number in range(101)}),
    "LONG_NAME": _trigger(branch="main", parameters={"n" * 129: ""}),
    "LONG_VALUE": _trigger(branch="main", parameters={"image-tag": "v" * 513}),
    "CI_SKIP": _run(checkout={"branch": "ci-skip"}),
    "RUNNING": _rerun("slow", 5),
    "PASSED": _rerun("main", from_failed=True),
    "OFTEN": _rerun_too_often,
    "OLD": _rerun_of_old,
    "JOBS": _rerun(jobs=[NOBODY]),
    "BOTH": _rerun(from_failed=True, jobs=[NOBODY]),
    "SSH": _rerun(enable_ssh=True),
    "NO_HOLD": _approve_what_is_not_held,
    "APPROVED": _approve_twice,
    "TOO_LATE": _approve_too_late,
    "DECLINED": _approve_what_was_declined,
    "ENDED": _cancel_what_ended,
    "FORGOTTEN": _jobs_of_old,
    **deploys.REFUSED,
    "HOOKS": _sixth_hook,
    "EVENTS": _hook(events=["job-started"]),
    "HTTPS": _hook(url="http://example.com/"),
    "SCOPE": _get("/webhook"),
    "DIGEST": _get(f"{WEB}/checkout-key", digest="crc32"),
    "APP_KEYS": _app_key,
    "USER_KEY": _post(f"{WEB}/checkout-key", {"type": "user-key"}, "grace"),
    "VARIABLE": _post(f"{WEB}/envvar", {"name": "not one", "value": ""}),
    "APP_SCHEDULES": _app_schedule,
    "SCHEDULED_REF": _schedule(parameters={}),
    "PER_HOUR": _schedule({**TIMETABLE, "per-hour": 61}),
    "DAYS": _schedule({"per-hour": 1, "hours-of-day": [2]}),
    "TIMES": _schedule({**TIMETABLE, "hours-of-day": [25]}),
    "WINDOW": _get(f"/insights{WEB.removeprefix('/project')}/workflows", **{"reporting-window": "last-year"}),
    "END_DATE": _get(_RUNS, **{"end-date": "2026-01-01T00:00:00Z"}),
    "LONG_AGO": _get(_RUNS, **{"start-date": "2025-01-01T00:00:00Z", "end-date": "2026-01-01T00:00:00Z"}),
    "DATE": _get(_RUNS, **{"start-date": "soon"}),
}
