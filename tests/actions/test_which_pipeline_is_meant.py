"""Where nobody names a pipeline: which is taken, and that the answer says so."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.command_requests import fetch_pipeline, push_branch
from tests.plugins.world import GRACE, WEB, Json, World


@pytest.mark.parametrize("command", ["why", "compare", "tests", "logs", "job", "jobs --failed"])
async def test_the_followed_branch_is_meant_before_what_failed_elsewhere(calm_world: World, command: str) -> None:
    await calm_world.say("/circle subscribe gh/acme/web --branch broken", channel=WEB)
    await calm_world.reply("You own rule", channel=WEB)
    meant = await _push_failing(calm_world, "broken")
    newer = await _push_failing(calm_world, "elsewhere", like="broken")
    await calm_world.say(f"/circle {command}", channel=WEB)
    taken = f"I took #{meant['number']} on `broken`, which this channel follows."
    assert taken in get_text(await calm_world.reply("You named no pipeline", channel=WEB))
    name, *options = command.split()
    await calm_world.say(" ".join([name, "gh/acme/web", *options]), channel="D0ADA")
    await calm_world.message(f"I took #{newer['number']} on `elsewhere`, the newest of all branches.", channel="D0ADA")


async def test_without_rules_the_default_branch_is_meant_while_it_is_red(calm_world: World) -> None:
    red = await _push_failing(calm_world, "main", like="broken")
    await _push_failing(calm_world, "broken")
    await calm_world.say("/circle why gh/acme/web")
    await calm_world.reply(f"I took #{red['number']} on `main`, the default branch.")


async def test_after_ones_own_run_was_canceled_rerun_means_that_one(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --branch broken")
    await connected_world.reply("You own rule")
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.press(await connected_world.card("*running*"), "Cancel Workflow")
    await connected_world.card("*canceled*")
    await _push_failing(connected_world, "broken")
    await connected_world.say("/circle rerun")
    shown = await connected_world.reply("the last of your own that ended")
    assert "`slow`" in get_text(shown)
    assert "· <@U0ADA> ·" in get_text(shown)
    await connected_world.press(shown, "Rerun Workflow")
    await connected_world.message("CircleCI is rerunning")


async def test_of_somebody_without_runs_rerun_means_the_failure_of_the_followed_branch(calm_world: World) -> None:
    await calm_world.connect(GRACE, channel=WEB)
    await calm_world.say("/circle subscribe gh/acme/web --branch broken", channel=WEB)
    await calm_world.reply("You own rule", channel=WEB)
    failed = await _push_failing(calm_world, "broken", author="ada")
    await _push_failing(calm_world, "elsewhere", like="broken", author="ada")
    await calm_world.say("/circle rerun", as_=GRACE, channel=WEB)
    shown = get_text(await calm_world.reply(f"I took #{failed['number']} on `broken`", as_=GRACE, channel=WEB))
    assert shown.count("<@U0ADA>") == shown.count("· <@U0ADA> ·"), "said once, beside the commit"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("logs broken", "The log of test"),
        ("pipeline broken", "#{number}"),
        ("compare broken", "#{number}"),
        ("tests broken", "of #{number}"),
    ],
)
async def test_a_branch_means_its_newest_pipeline(calm_world: World, line: str, says: str) -> None:
    await calm_world.say("/circle use gh/acme/web")
    await calm_world.message("acme/web")
    failed = await _push_failing(calm_world, "broken")
    await calm_world.control("push", project="gh/acme/web", branch="main")
    await calm_world.say(f"/circle {line}")
    await calm_world.reply(says.format(number=failed["number"]))


async def test_what_runs_on_a_branch_is_canceled_by_the_name_of_the_branch(calm_world: World) -> None:
    runs = await push_branch(calm_world, "slow")
    await calm_world.control("push", project="gh/acme/web", branch="main")
    await calm_world.say("/circle cancel gh/acme/web slow")

    async def look() -> list[Json] | None:
        return await calm_world.list_requests("/cancel") or None

    (sent,) = await calm_world.wait_until(look, "a workflow to be canceled")
    assert sent["path"].endswith(f"/workflow/{runs['workflows'][0]['id']}/cancel")


async def test_a_branch_called_like_something_inside_stands_behind_it(calm_world: World) -> None:
    await _push_failing(calm_world, "tes", like="broken")
    newest = await _push_failing(calm_world, "broken")
    await calm_world.say("/circle logs gh/acme/web tes")
    await calm_world.reply(f"Pipeline #{newest['number']} has no job `tes`. Did you mean `test`?")


async def _push_failing(world: World, branch: str, **more: str) -> Json:
    pushed = await world.control("push", project="gh/acme/web", branch=branch, **more)

    async def look() -> Json | None:
        found = await fetch_pipeline(world, pushed["number"])
        return found if any(run["status"] == "failed" for run in found["workflows"]) else None

    return await world.wait_until(look, f"{branch} to fail")
