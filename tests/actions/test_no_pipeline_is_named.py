"""Where only a project is said, or the channel's is meant: which pipeline that is, and that nothing happens unasked."""

from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.command_requests import push_branch
from tests.plugins.world import Json, World

_ONE_HOLD = {"workflows": [{"name": "ship", "jobs": [{"name": "approve-ship", "type": "approval"}]}]}


async def test_cancel_means_one_that_runs_and_shows_it_with_a_button(calm_world: World) -> None:
    runs = await push_branch(calm_world, "slow")
    await push_branch(calm_world, "broken")
    await calm_world.say("/circle cancel gh/acme/web")
    shown = await calm_world.reply("*Cancel Workflow*")
    assert f"#{runs['number']}" in get_text(shown)
    assert await calm_world.list_requests("/cancel") == []
    await calm_world.press(shown, "Cancel Workflow")
    sent = await _wait_for_request(calm_world, "/cancel")
    assert sent["path"].endswith(f"/workflow/{runs['workflows'][0]['id']}/cancel")


async def test_where_nothing_runs_cancel_offers_nothing(calm_world: World) -> None:
    await calm_world.say("/circle cancel gh/acme/web 1")
    shown = await calm_world.reply("Nothing runs in pipeline #1.")
    assert "cancel" not in str(shown["blocks"])


async def test_rerun_means_one_that_failed_and_shows_it_with_a_button(calm_world: World) -> None:
    failed = await push_branch(calm_world, "broken")
    await push_branch(calm_world, "slow")
    for line, label in (("rerun gh/acme/web --failed", "Rerun from Failed"), ("rerun gh/acme/web", "Rerun Workflow")):
        await calm_world.say(f"/circle {line}")
        shown = await calm_world.reply(f"*{label}*")
        assert f"#{failed['number']}" in get_text(shown)
        assert len(await calm_world.list_requests("/rerun")) == 0
    await calm_world.press(shown, "Rerun Workflow")
    assert (await _wait_for_request(calm_world, "/rerun"))["body"] == {}


async def test_logs_tests_and_jobs_mean_the_last_failure_of_the_channels_project(calm_world: World) -> None:
    await calm_world.say("/circle use gh/acme/web")
    await calm_world.reply("Commands here mean `acme/web`")
    failed = await push_branch(calm_world, "broken")
    await push_branch(calm_world, "slow")
    for line, says in (
        ("logs", "The log of test"),
        ("tests", f"of #{failed['number']}"),
        ("job", "Run tests"),
        ("jobs --failed", "|test> — failed"),
    ):
        await calm_world.say(f"/circle {line}")
        await calm_world.reply(says)


async def test_approve_shows_the_only_hold_with_its_button_unless_it_is_named(calm_world: World) -> None:
    await _hold(calm_world)
    await calm_world.say("/circle approve gh/acme/web")
    shown = await calm_world.reply("*Approve ship*")
    assert await calm_world.list_requests("/approve/") == []
    await calm_world.press(shown, "Approve ship")
    await _wait_for_request(calm_world, "/approve/")


async def _hold(world: World) -> Json:
    pushed = await world.control("push", project="gh/acme/web", branch="ship", story=_ONE_HOLD)

    async def waits() -> Json | None:
        found = next(one for one in await world.list_pipelines() if one["id"] == pushed["id"])
        return found if any(run["status"] == "on_hold" for run in found["workflows"]) else None

    return await world.wait_until(waits, "the hold to wait")


async def _wait_for_request(world: World, path: str) -> Json:
    """The only one."""

    async def sent() -> Json | None:
        found = await world.list_requests(path)
        return found[0] if len(found) == 1 else None

    return await world.wait_until(sent, f"a request for {path}")
