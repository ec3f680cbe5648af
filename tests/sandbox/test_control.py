from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.circleci.webhook_deliveries import DeliveryDisorder
from sandbox.control import TRIGGER_TYPES
from tests.sandbox.sandbox_controller import SandboxController


@pytest.fixture
async def owner() -> AsyncIterator[SandboxController]:
    owner = SandboxController()
    async with owner.http:
        yield owner


async def test_a_part_of_the_state_can_be_had_alone(owner: SandboxController) -> None:
    assert (await owner.http.get("/_control/state", params={"of": "faults"})).json().keys() == {"seq", "faults"}
    calls = (await owner.http.get("/_control/state", params={"of": "circleci.calls"})).json()
    assert (calls.keys(), calls["circleci"].keys()) == ({"seq", "circleci"}, {"calls"})
    for unknown in ("weather", "circleci.weather", ".calls"):
        assert (await owner.http.get("/_control/state", params={"of": unknown})).status_code == 400


async def test_the_state_shows_both_worlds_and_no_token(owner: SandboxController) -> None:
    await owner.http.get("/circleci/api/v2/me", headers={"Circle-Token": "CCIPAT_ada"})
    answer = await owner.http.get("/_control/state")
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


async def test_a_push_starts_a_pipeline_as_circleci_does_by_itself(owner: SandboxController) -> None:
    pipeline = await owner.push("new-branch", 20, subject="Say <hello>", author="noor", trigger="schedule")
    assert (pipeline["branch"], pipeline["subject"], pipeline["author"]) == ("new-branch", "Say <hello>", "noor")
    assert pipeline["trigger"]["type"] == "scheduled_pipeline"
    assert {run["status"] for run in pipeline["workflows"]} == {"success"}


async def test_a_push_may_bring_a_story_and_a_config_of_its_own(owner: SandboxController) -> None:
    pipeline = await owner.push("main", 20, like="broken", config="version: 2.1\nparameters: {x: {type: string}}\n")
    assert (pipeline["branch"], pipeline["parameters"]) == ("main", {"x": None})
    assert {run["name"]: run["status"] for run in pipeline["workflows"]} == {
        "build-and-test": "failed",
        "deploy-preview": "success",
    }


async def test_a_pushed_tag_starts_a_pipeline_and_can_be_triggered_from_then_on(owner: SandboxController) -> None:
    await owner.do("push", project="gh/acme/web", tag="v5.0.0", like="release")
    await owner.do("advance", seconds=20)
    pipeline = await owner.newest()
    assert (pipeline["tag"], pipeline["branch"], pipeline["trigger"]["type"]) == ("v5.0.0", None, "webhook")
    assert [run["status"] for run in pipeline["workflows"]] == ["on_hold"]
    headers = {"Circle-Token": "CCIPAT_ada"}
    trigger = "/circleci/api/v2/project/gh/acme/web/pipeline"
    statuses = [
        (await owner.http.post(trigger, json={"tag": tag}, headers=headers)).status_code for tag in ("v5.0.0", "v5.0.1")
    ]
    assert statuses == [201, 400]


async def test_a_push_may_bring_a_story_that_nobody_has_told_yet(owner: SandboxController) -> None:
    story = {"workflows": [{"name": "“ship”, --now", "jobs": [{"name": "*", "outcomes": ["failed"]}]}]}
    pipeline = await owner.push("new", 20, story=story)
    assert [(run["name"], run["status"]) for run in pipeline["workflows"]] == [("“ship”, --now", "failed")]
    again = await owner.push("new", 20)
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
    owner: SandboxController, body: dict[str, Any], status: int, sentence: str
) -> None:
    answer = await owner.post("push", **body)
    assert (answer.status_code, answer.json()) == (status, {"error": sentence})


async def test_holds_are_decided_as_if_on_the_web(owner: SandboxController) -> None:
    run = (await owner.push("release", 7))["workflows"][0]
    await owner.do("decide", workflow_id=run["id"], hold="approve-staging", decision="approve", **{"as": "ada"})
    await owner.do("decide", workflow_id=run["id"], hold="approve-production", decision="cancel")
    await owner.do("advance", seconds=10)
    run = (await owner.newest())["workflows"][0]
    jobs = {job["name"]: job["status"] for job in run["jobs"]}
    assert (run["status"], jobs["deploy-staging"], jobs["deploy-production"]) == ("canceled", "success", "not_run")
    wrong = [
        await owner.post("decide", workflow_id=run["id"], hold="approve-all"),
        await owner.post("decide", workflow_id=run["id"], hold="approve-staging", **{"as": "gus"}),
        await owner.post("decide", workflow_id=run["id"], hold="approve-staging", decision="maybe"),
        await owner.post("decide", workflow_id=run["id"], hold="approve-staging"),
    ]
    assert [each.status_code for each in wrong] == [404, 400, 400, 400]
    assert wrong[0].json() == {"error": "workflow release has no hold approve-all"}


async def test_workflows_are_rerun_and_canceled_as_if_on_the_web(owner: SandboxController) -> None:
    failed = (await owner.push("flaky", 20))["workflows"][0]
    again = await owner.do("rerun", workflow_id=failed["id"], from_failed=True)
    await owner.do("advance", seconds=20)
    runs = {run["id"]: run["status"] for run in (await owner.newest())["workflows"]}
    assert runs == {failed["id"]: "failed", again["workflow_id"]: "success"}
    slow = (await owner.push("slow", 10))["workflows"][0]
    await owner.do("cancel", workflow_id=slow["id"])
    await owner.do("advance", seconds=1)
    assert (await owner.newest())["workflows"][0]["status"] == "canceled"
    assert (await owner.post("cancel", workflow_id="none")).json() == {"error": "there is no workflow none"}


async def test_faults_are_put_in_force_shown_and_refused(owner: SandboxController) -> None:
    await owner.do("faults", target="circleci", match="me", status=503, count=2)
    answer = await owner.http.get("/circleci/api/v2/me", headers={"Circle-Token": "CCIPAT_ada"})
    assert answer.status_code == 503
    assert (await owner.state())["faults"] == [{"target": "circleci", "match": "me", "status": 503, "count": 1}]
    refused = await owner.post("faults", target="jira")
    assert (refused.status_code, refused.json()["error"]) == (400, "target: Input should be 'slack' or 'circleci'")


async def test_faults_of_the_socket_strike_at_once(owner: SandboxController) -> None:
    await owner.do("faults", target="slack", match="socket", disconnect="warning")
    await owner.do("faults", target="slack", match="socket", drop_socket=True)
    assert owner.slack.told == ["disconnect warning", "drop_socket"]
    assert (await owner.state())["faults"] == []


async def test_a_reset_takes_everything_back(owner: SandboxController) -> None:
    await owner.push("main", 1)
    await owner.do("faults", target="slack", match="chat.postMessage", status=500)
    before = len((await owner.state())["circleci"]["pipelines"])
    assert (await owner.http.post("/_control/reset")).status_code == 200
    state = await owner.state()
    assert len(state["circleci"]["pipelines"]) == before - 1
    assert (state["faults"], state["circleci"]["calls"]) == ([], [])
    await owner.do("reset", seed=False)
    assert (await owner.state())["circleci"]["pipelines"] == []
    assert owner.slack.told == ["reset seed=True", "reset seed=False"]


async def test_waiting_ends_with_the_next_change(owner: SandboxController) -> None:
    seq = (await owner.state())["seq"]
    waiting = asyncio.ensure_future(owner.http.get("/_control/wait", params={"since": seq, "timeout_s": 30}))
    await owner.do("push", project="gh/acme/web", branch="main")
    assert (await waiting).json()["seq"] > seq
    ended = await owner.http.get("/_control/wait", params={"since": owner.changes.seq, "timeout_s": 0.001})
    assert ended.json() == {"seq": owner.changes.seq}


@pytest.mark.parametrize("seconds", [-1, "ten", None])
async def test_time_does_not_go_back(owner: SandboxController, seconds: Any) -> None:
    answer = await owner.post("advance", seconds=seconds)
    assert (answer.status_code, "seconds must be a number" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("body", ["{", "[]"])
async def test_a_body_that_is_no_object_is_refused(owner: SandboxController, body: str) -> None:
    answer = await owner.http.post("/_control/push", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_circleci_can_be_made_a_server_until_the_reset(owner: SandboxController) -> None:
    await owner.do("server", on=True)
    assert owner.circleci.is_server
    await owner.do("server", on=False)
    assert not owner.circleci.is_server
    await owner.do("server")
    await owner.do("reset")
    assert not owner.circleci.is_server


async def test_somebody_unfollows_a_project_and_follows_it_again(owner: SandboxController) -> None:
    await owner.do("follow", project="gh/acme/web", on=False, **{"as": "ada"})
    assert owner.circleci.projects["gh/acme/web"].unfollowed_by == {"ada"}
    await owner.do("follow", project="gh/acme/web", **{"as": "ada"})
    assert owner.circleci.projects["gh/acme/web"].unfollowed_by == set()


async def test_a_token_is_limited_until_the_reset(owner: SandboxController) -> None:
    await owner.do("limit", a_minute=30, an_hour=100, **{"as": "ada"})
    assert (owner.circleci.quotas.a_minute, owner.circleci.quotas.an_hour) == ({"ada": 30}, {"ada": 100})
    for wrong in ({"a_minute": "many"}, {"an_hour": -1}, {"an_hour": True}, {}):
        assert (await owner.post("limit", **{"as": "ada"}, **wrong)).status_code == 400
    await owner.do("reset")
    assert (owner.circleci.quotas.a_minute, owner.circleci.quotas.an_hour) == ({}, {})


async def test_a_push_says_what_started_it_in_any_word_that_was_ever_seen(owner: SandboxController) -> None:
    for word in ("unknown", "Decoupled Ingestion System", "github_app", "gitlab", "bitbucket_cloud", "schedule"):
        pipeline = await owner.push("main", 0, trigger=word)
        assert pipeline["trigger"]["type"] == TRIGGER_TYPES[word]


async def test_somebody_may_see_a_project_no_longer(owner: SandboxController) -> None:
    await owner.do("see", project="gh/acme/secret", on=False, **{"as": "ada"})
    assert owner.circleci.projects["gh/acme/secret"].seen_by == frozenset()
    await owner.do("see", project="gh/acme/secret", **{"as": "eve"})
    assert owner.circleci.projects["gh/acme/secret"].seen_by == {"eve"}


async def test_a_project_is_renamed_and_its_old_name_may_still_lead_to_it(owner: SandboxController) -> None:
    project = owner.circleci.projects["gh/acme/web"]
    await owner.do("rename", project="gh/acme/web", name="site")
    assert (project.slug, project.name) == ("gh/acme/site", "site")
    assert (await owner.post("push", project="gh/acme/web", branch="main")).status_code == 404
    await owner.do("rename", project="gh/acme/site", name="shop", redirects=True)
    await owner.do("push", project="gh/acme/site", branch="main")


async def test_webhooks_come_as_badly_as_they_are_told(owner: SandboxController) -> None:
    await owner.do("webhooks", copies=2, late_s=30, replayed_days=90)
    assert owner.circleci.deliveries.disorder == DeliveryDisorder(copies=2, late_s=30, replayed_days=90)
    assert (await owner.post("webhooks", copied=2)).status_code == 400
    await owner.do("reset")
    assert owner.circleci.deliveries.disorder == DeliveryDisorder()


async def test_only_who_is_there_may_leave(owner: SandboxController) -> None:
    await owner.do("leave", user="U0GRACE")
    assert owner.slack.told == ["deactivate U0GRACE"]
    assert (await owner.post("leave", user="U0NOBODY")).status_code == 400
