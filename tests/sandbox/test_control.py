from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.circleci.webhook_deliveries import DeliveryDisorder
from sandbox.control import TRIGGER_TYPES
from tests.sandbox.sandbox_controller import SandboxController


@pytest.fixture
async def controller() -> AsyncIterator[SandboxController]:
    controller = SandboxController()
    async with controller.http:
        yield controller


async def test_a_part_of_the_state_can_be_had_alone(controller: SandboxController) -> None:
    assert (await controller.http.get("/_control/state", params={"of": "faults"})).json().keys() == {"seq", "faults"}
    calls = (await controller.http.get("/_control/state", params={"of": "circleci.calls"})).json()
    assert (calls.keys(), calls["circleci"].keys()) == ({"seq", "circleci"}, {"calls"})
    for unknown in ("weather", "circleci.weather", ".calls"):
        assert (await controller.http.get("/_control/state", params={"of": unknown})).status_code == 400


async def test_the_state_shows_both_worlds_and_no_token(controller: SandboxController) -> None:
    await controller.http.get("/circleci/api/v2/me", headers={"Circle-Token": "CCIPAT_ada"})
    answer = await controller.http.get("/_control/state")
    state = answer.json()
    assert set(state) == {"seq", "slack", "circleci", "faults"}
    assert [project["slug"] for project in state["circleci"]["projects"]][:3] == [
        "gh/acme/web",
        "gh/acme/api",
        "gh/acme/secret",
    ]
    assert "feature/login" in state["circleci"]["projects"][0]["branches"]
    assert state["circleci"]["calls"][0]["token_owner"] == "ada"
    assert "CCIPAT" not in answer.text


async def test_a_push_starts_a_pipeline_as_circleci_does_by_itself(controller: SandboxController) -> None:
    pipeline = await controller.push("new-branch", 20, subject="Say <hello>", author="noor", trigger="schedule")
    assert (pipeline["branch"], pipeline["subject"], pipeline["author"]) == ("new-branch", "Say <hello>", "noor")
    assert pipeline["trigger"]["type"] == "scheduled_pipeline"
    assert {run["status"] for run in pipeline["workflows"]} == {"success"}


async def test_a_push_may_bring_a_story_and_a_config_of_its_own(controller: SandboxController) -> None:
    pipeline = await controller.push(
        "main", 20, like="broken", config="version: 2.1\nparameters: {x: {type: string}}\n"
    )
    assert (pipeline["branch"], pipeline["parameters"]) == ("main", {"x": None})
    assert {run["name"]: run["status"] for run in pipeline["workflows"]} == {
        "build-and-test": "failed",
        "deploy-preview": "success",
    }


async def test_a_pushed_tag_starts_a_pipeline_and_can_be_triggered_from_then_on(controller: SandboxController) -> None:
    await controller.do("push", project="gh/acme/web", tag="v5.0.0", like="release")
    await controller.do("advance", seconds=20)
    pipeline = await controller.newest()
    assert (pipeline["tag"], pipeline["branch"], pipeline["trigger"]["type"]) == ("v5.0.0", None, "webhook")
    assert [run["status"] for run in pipeline["workflows"]] == ["on_hold"]
    headers = {"Circle-Token": "CCIPAT_ada"}
    trigger = "/circleci/api/v2/project/gh/acme/web/pipeline"
    statuses = [
        (await controller.http.post(trigger, json={"tag": tag}, headers=headers)).status_code
        for tag in ("v5.0.0", "v5.0.1")
    ]
    assert statuses == [201, 400]


async def test_a_push_may_bring_a_story_that_is_new(controller: SandboxController) -> None:
    story = {"workflows": [{"name": "“ship”, --now", "jobs": [{"name": "*", "outcomes": ["failed"]}]}]}
    pipeline = await controller.push("new", 20, story=story)
    assert [(run["name"], run["status"]) for run in pipeline["workflows"]] == [("“ship”, --now", "failed")]
    again = await controller.push("new", 20)
    assert [run["name"] for run in again["workflows"]] == ["“ship”, --now"]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"project": "gh/acme/web"}, 400, "branch is missing"),
        ({"project": "gh/acme/web", "tag": ""}, 400, "tag is missing"),
        (
            {"project": "gh/acme/web", "branch": "main", "story": {"workflows": [{"name": "w", "jobs": []}]}},
            400,
            "workflows.0.jobs: List should have at least 1 item after validation, not 0",
        ),
        ({"project": "gh/acme/none", "branch": "main"}, 404, "there is no project gh/acme/none"),
        ({"project": "web", "branch": "main"}, 404, "there is no project web"),
        (
            {"project": "gh/acme/web", "branch": "main", "trigger": "magic"},
            400,
            f"trigger must be one of {', '.join(TRIGGER_TYPES)}, not 'magic'",
        ),
    ],
)
async def test_a_push_that_cannot_be_is_refused(
    controller: SandboxController, body: dict[str, Any], status: int, sentence: str
) -> None:
    answer = await controller.post("push", **body)
    assert (answer.status_code, answer.json()) == (status, {"error": sentence})


async def test_holds_are_decided_as_if_on_the_web(controller: SandboxController) -> None:
    run = (await controller.push("release", 7))["workflows"][0]
    await controller.do("decide", workflow_id=run["id"], hold="approve-staging", decision="approve", **{"as": "ada"})
    await controller.do("decide", workflow_id=run["id"], hold="approve-production", decision="cancel")
    await controller.do("advance", seconds=10)
    run = (await controller.newest())["workflows"][0]
    jobs = {job["name"]: job["status"] for job in run["jobs"]}
    assert (run["status"], jobs["deploy-staging"], jobs["deploy-production"]) == ("canceled", "success", "not_run")
    wrong = [
        await controller.post("decide", workflow_id=run["id"], hold="approve-all"),
        await controller.post("decide", workflow_id=run["id"], hold="approve-staging", **{"as": "gus"}),
        await controller.post("decide", workflow_id=run["id"], hold="approve-staging", decision="maybe"),
        await controller.post("decide", workflow_id=run["id"], hold="approve-staging"),
    ]
    assert [each.status_code for each in wrong] == [404, 400, 400, 400]
    assert wrong[0].json() == {"error": "workflow release has no hold approve-all"}


async def test_workflows_are_rerun_and_canceled_as_if_on_the_web(controller: SandboxController) -> None:
    failed = (await controller.push("flaky", 20))["workflows"][0]
    again = await controller.do("rerun", workflow_id=failed["id"], from_failed=True)
    await controller.do("advance", seconds=20)
    runs = {run["id"]: run["status"] for run in (await controller.newest())["workflows"]}
    assert runs == {failed["id"]: "failed", again["workflow_id"]: "success"}
    slow = (await controller.push("slow", 10))["workflows"][0]
    await controller.do("cancel", workflow_id=slow["id"])
    await controller.do("advance", seconds=1)
    assert (await controller.newest())["workflows"][0]["status"] == "canceled"
    assert (await controller.post("cancel", workflow_id="none")).json() == {"error": "there is no workflow none"}


async def test_faults_are_put_in_force_shown_and_refused(controller: SandboxController) -> None:
    await controller.do("faults", target="circleci", match="me", status=503, count=2)
    answer = await controller.http.get("/circleci/api/v2/me", headers={"Circle-Token": "CCIPAT_ada"})
    assert answer.status_code == 503
    assert (await controller.state())["faults"] == [{"target": "circleci", "match": "me", "status": 503, "count": 1}]
    refused = await controller.post("faults", target="jira")
    assert (refused.status_code, refused.json()["error"]) == (400, "target: Input should be 'slack' or 'circleci'")


async def test_faults_of_the_socket_strike_at_once(controller: SandboxController) -> None:
    await controller.do("faults", target="slack", match="socket", disconnect="warning")
    await controller.do("faults", target="slack", match="socket", drop_socket=True)
    assert controller.slack.calls == ["disconnect warning", "drop_socket"]
    assert (await controller.state())["faults"] == []


async def test_a_reset_takes_everything_back(controller: SandboxController) -> None:
    await controller.push("main", 1)
    await controller.do("faults", target="slack", match="chat.postMessage", status=500)
    before = len((await controller.state())["circleci"]["pipelines"])
    assert (await controller.http.post("/_control/reset")).status_code == 200
    state = await controller.state()
    assert len(state["circleci"]["pipelines"]) == before - 1
    assert (state["faults"], state["circleci"]["calls"]) == ([], [])
    await controller.do("reset", seed=False)
    assert (await controller.state())["circleci"]["pipelines"] == []
    assert controller.slack.calls == ["reset seed=True", "reset seed=False"]


async def test_waiting_ends_with_the_next_change(controller: SandboxController) -> None:
    seq = (await controller.state())["seq"]
    waiting = asyncio.ensure_future(controller.http.get("/_control/wait", params={"since": seq, "timeout_s": 30}))
    await controller.do("push", project="gh/acme/web", branch="main")
    assert (await waiting).json()["seq"] > seq
    seq = controller.changes.seq
    waiting = asyncio.ensure_future(
        controller.http.get("/_control/wait", params={"since": seq, "timeout_s": 30, "of": "slack"})
    )
    await controller.do("push", project="gh/acme/web", branch="main")
    assert not waiting.done()
    controller.slack.changes.bump()
    assert (await waiting).json()["seq"] > seq
    ended = await controller.http.get("/_control/wait", params={"since": controller.changes.seq, "timeout_s": 0.001})
    assert ended.json() == {"seq": controller.changes.seq}


@pytest.mark.parametrize("seconds", [-1, "ten", None])
async def test_time_does_not_go_back(controller: SandboxController, seconds: Any) -> None:
    answer = await controller.post("advance", seconds=seconds)
    assert (answer.status_code, "seconds must be a number" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("body", ["{", "[]"])
async def test_a_body_that_is_no_object_is_refused(controller: SandboxController, body: str) -> None:
    answer = await controller.http.post("/_control/push", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_circleci_can_be_made_a_server_until_the_reset(controller: SandboxController) -> None:
    await controller.do("server", on=True)
    assert controller.circleci.is_server
    await controller.do("server", on=False)
    assert not controller.circleci.is_server
    await controller.do("server")
    await controller.do("reset")
    assert not controller.circleci.is_server


async def test_somebody_unfollows_a_project_and_follows_it_again(controller: SandboxController) -> None:
    await controller.do("follow", project="gh/acme/web", on=False, **{"as": "ada"})
    assert controller.circleci.projects["gh/acme/web"].unfollowed_by == {"ada"}
    await controller.do("follow", project="gh/acme/web", **{"as": "ada"})
    assert controller.circleci.projects["gh/acme/web"].unfollowed_by == set()


async def test_a_token_is_limited_until_the_reset(controller: SandboxController) -> None:
    await controller.do("limit", a_minute=30, an_hour=100, **{"as": "ada"})
    assert (controller.circleci.quotas.a_minute, controller.circleci.quotas.an_hour) == ({"ada": 30}, {"ada": 100})
    for wrong in ({"a_minute": "many"}, {"an_hour": -1}, {"an_hour": True}, {}):
        assert (await controller.post("limit", **{"as": "ada"}, **wrong)).status_code == 400
    await controller.do("reset")
    assert (controller.circleci.quotas.a_minute, controller.circleci.quotas.an_hour) == ({}, {})


async def test_a_push_says_what_started_it_in_any_word_that_was_ever_seen(controller: SandboxController) -> None:
    for word in ("unknown", "Decoupled Ingestion System", "github_app", "gitlab", "bitbucket_cloud", "schedule"):
        pipeline = await controller.push("main", 0, trigger=word)
        assert pipeline["trigger"]["type"] == TRIGGER_TYPES[word]


async def test_somebody_may_see_a_project_no_longer(controller: SandboxController) -> None:
    await controller.do("see", project="gh/acme/secret", on=False, **{"as": "ada"})
    assert controller.circleci.projects["gh/acme/secret"].seen_by == frozenset()
    await controller.do("see", project="gh/acme/secret", **{"as": "eve"})
    assert controller.circleci.projects["gh/acme/secret"].seen_by == {"eve"}


async def test_a_project_is_renamed_and_its_old_name_may_still_lead_to_it(controller: SandboxController) -> None:
    project = controller.circleci.projects["gh/acme/web"]
    await controller.do("rename", project="gh/acme/web", name="site")
    assert (project.slug, project.name) == ("gh/acme/site", "site")
    assert (await controller.post("push", project="gh/acme/web", branch="main")).status_code == 404
    await controller.do("rename", project="gh/acme/site", name="shop", redirects=True)
    await controller.do("push", project="gh/acme/site", branch="main")


async def test_webhooks_are_as_unreliable_as_set(controller: SandboxController) -> None:
    await controller.do("webhooks", copies=2, late_s=30, replayed_days=90)
    assert controller.circleci.deliveries.disorder == DeliveryDisorder(copies=2, late_s=30, replayed_days=90)
    assert (await controller.post("webhooks", copied=2)).status_code == 400
    await controller.do("reset")
    assert controller.circleci.deliveries.disorder == DeliveryDisorder()


async def test_only_who_is_there_may_leave(controller: SandboxController) -> None:
    await controller.do("leave", user="U0GRACE")
    assert controller.slack.calls == ["deactivate U0GRACE"]
    assert (await controller.post("leave", user="U0NOBODY")).status_code == 400
