from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import run_sandbox
from tests.sandbox.sandbox_controller import SandboxController


@pytest.fixture
async def users() -> AsyncIterator[SlackUsers]:
    """A sandbox without a bot: the test posts what a bot would."""
    async with run_sandbox() as http:
        yield SlackUsers(str(http.base_url).rstrip("/"), http)


async def _post(users: SlackUsers, text: str) -> None:
    bot = {"Authorization": "Bearer xoxb-sandbox"}
    message = {"channel": "C0DEPLOYS", "text": text}
    answer = await users.http.post("/slack/api/chat.postMessage", json=message, headers=bot)
    assert answer.json()["ok"], answer.text


async def _ask(users: SlackUsers) -> Any:
    return (await users.http.get("/_control/breaks")).json()["incident"]


async def _fail_a_workflow(users: SlackUsers) -> str:
    await users.control("push", project="gh/acme/web", branch="flaky")
    await users.control("advance", seconds=600)
    pipeline = (await users.list_pipelines())[0]
    return (
        f"<http://x/circleci/pipelines/gh/acme/web/{pipeline['number']}/workflows/{pipeline['workflows'][0]['id']}|it>"
    )


async def test_what_is_said_twice_is_counted_as_twice(users: SlackUsers) -> None:
    await users.control("break", name="circleci-outage")
    link = await _fail_a_workflow(users)
    assert (await _ask(users))["words"] == "CircleCI's API is down. 1 outcome waits to be posted."
    await users.control("break", name="circleci-outage", on=False)
    await _post(users, f"{link} failed")
    assert (await _ask(users))["counts"] == {"happened": 1, "posted": 1, "twice": 0}
    await _post(users, f"{link} failed")
    assert (await _ask(users))["counts"] == {"happened": 1, "posted": 1, "twice": 1}


async def test_what_slack_had_before_it_happened_is_no_message_of_it(users: SlackUsers) -> None:
    await users.control("push", project="gh/acme/web", branch="slow")
    await users.control("advance", seconds=5)
    run = (await users.list_pipelines())[0]["workflows"][0]["id"]
    await _post(users, f"{run} is running")
    await users.control("break", name="circleci-outage")
    await users.control("cancel", workflow_id=run)
    await users.control("advance", seconds=5)
    assert "1 outcome waits" in (await _ask(users))["words"]


async def test_several_breaks_make_one_incident_that_ends_with_the_last(users: SlackUsers) -> None:
    await users.control("break", name="slack-limit")
    await users.control("break", name="slack-outage")
    await users.control("break", name="slack-limit", on=False)
    assert (await _ask(users))["words"].startswith("Slack is down")
    await users.control("break", name="slack-outage", on=False)
    assert not (await _ask(users))["is_broken"]
    assert (await users.fetch_state("faults"))["faults"] == []


async def test_a_reset_mends_everything_and_forgets_it(users: SlackUsers) -> None:
    await users.control("break", name="slack-outage")
    await users.control("pace", pace="fast")
    await users.control("reset")
    answer = (await users.http.get("/_control/breaks")).json()
    assert (answer["incident"], answer["pace"]) == (None, "normal")
    assert not any(each["on"] for each in answer["switches"])


async def test_a_sandbox_alone_has_no_bot_to_kill(users: SlackUsers) -> None:
    answer = (await users.http.get("/_control/breaks")).json()
    assert not answer["runs_bot"]
    assert "bot" not in [each["name"] for each in answer["switches"]]
    assert (await users.http.post("/_control/break", json={"name": "bot"})).status_code == 400


@pytest.mark.parametrize(("pace", "ends_within_s"), [("fast", 5), ("normal", 20), ("slow", 70)])
async def test_pipelines_run_at_the_pace_that_is_set(pace: str, ends_within_s: float) -> None:
    controller = SandboxController()
    async with controller.http:
        await controller.do("pace", pace=pace)
        early = await controller.push("main", ends_within_s / 5)
        assert {run["status"] for run in early["workflows"]} <= {"running"}
        await controller.do("advance", seconds=ends_within_s * 4 / 5)
        assert {run["status"] for run in (await controller.newest())["workflows"]} == {"success"}


async def test_there_is_no_other_pace() -> None:
    controller = SandboxController()
    async with controller.http:
        assert (await controller.post("pace", pace="warp")).status_code == 400
