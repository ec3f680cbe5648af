from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.command import Request, RequestSource
from bot.commands.rerun import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import find_button, get_buttons, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.world import ADA, DEPLOYS, GRACE, Json, World


async def test_a_failed_workflow_is_rerun_from_failed_by_its_button(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch flaky")
    card = await each_connected_world.card("*failed*")
    await each_connected_world.press(card, "Rerun from Failed")
    card = await each_connected_world.card("*success*")
    assert "<@U0ADA> reran `build-and-test` from failed" in get_text(card)
    (sent,) = await _reruns(each_connected_world)
    assert sent["body"] == {"from_failed": True}


async def test_where_a_rerun_is_not_worth_it_the_log_comes_first_and_the_rerun_is_behind_the_menu(
    connected_world: World,
) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch oom")
    card = await connected_world.card("*Not worth a rerun*")
    notice = await connected_world.thread(card, "Job *")
    assert "*Not worth a rerun*" not in get_text(notice), "the card says so"
    for told in (card, notice):
        _, main = find_button(told, lambda one: one.get("style") == "primary")
        assert main["text"]["text"] == get_buttons(told)[0] == "Show Log"
        assert "Rerun from Failed" not in get_buttons(told)
    await connected_world.pick(card, "Rerun from failed")
    await connected_world.card("reran `build-and-test` from failed")


async def test_a_button_pressed_by_a_second_person_says_who_was_first(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle trigger gh/acme/web --branch flaky")
    await connected_world.card("*failed*")
    workflow = await _workflow(connected_world, "flaky")
    press = Request("T0SANDBOX", ADA, f"rerun {workflow['id']} --failed", RequestSource.BUTTON, "the-card", DEPLOYS)
    await asyncio.gather(
        connected_world.app.dispatcher.dispatch(press),
        connected_world.app.dispatcher.dispatch(replace(press, user=GRACE)),
    )
    await connected_world.wait_until(lambda: _told_who_was_first(connected_world), "the second to hear of the first")
    assert len(await _reruns(connected_world)) == 1


async def test_only_a_failed_workflow_can_be_rerun_from_failed(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-staging")
    number = (await _newest(connected_world, "release"))["number"]
    await connected_world.say(f"/circle rerun gh/acme/web {number} --failed")
    await connected_world.reply("Only a failed workflow")
    assert await _reruns(connected_world) == []


async def test_from_failed_is_not_offered_of_a_pipeline_in_which_nothing_failed(calm_world: World) -> None:
    await calm_world.say("/circle rerun gh/acme/web 3 --failed")
    reply = await calm_world.reply("No workflow of pipeline #3 failed")
    assert "--failed" not in str(reply["blocks"])


_HALF_ENDED = [
    {"name": "build", "jobs": [{"name": "wait", "type": "approval"}]},
    {"name": "deploy", "jobs": [{"name": "ship", "outcomes": ["success"], "duration_s": 1}]},
]


async def test_the_only_one_that_has_ended_is_not_taken_for_the_one_that_is_meant(calm_world: World) -> None:
    story = {"workflows": _HALF_ENDED}
    pushed = await calm_world.control("push", project="gh/acme/web", branch="half", story=story)

    async def ended() -> bool | None:
        pipeline = next(one for one in await calm_world.list_pipelines() if one["id"] == pushed["id"])
        return any(run["status"] == "success" for run in pipeline["workflows"]) or None

    await calm_world.wait_until(ended, "deploy to end")
    await calm_world.say(f"/circle rerun gh/acme/web {pushed['number']}")
    asked = get_text(await calm_world.reply("has several workflows. Which one?"))
    assert ("deploy (success)" in asked, "build" in asked) == (True, False)
    assert not await _reruns(calm_world)


async def test_what_was_rerun_already_is_said_so(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch flaky")
    card = await connected_world.card("*failed*")
    workflow = await _workflow(connected_world, "flaky")
    await connected_world.press(card, "Rerun from Failed")
    await connected_world.card("*success*")
    await connected_world.say(f"/circle rerun {workflow['id']} --failed")
    await connected_world.reply("Somebody has rerun `build-and-test` already. Status of that run: *success*")


async def test_jobs_are_named_and_sent_by_id_with_ssh(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch flaky")
    await connected_world.card("*failed*")
    await connected_world.say("/circle rerun gh/acme/web build-and-test --jobs Test --ssh")
    await connected_world.reply("with SSH")
    (sent,) = await _reruns(connected_world)
    assert sent["body"]["enable_ssh"] is True
    assert len(sent["body"]["jobs"]) == 1


async def test_a_misspelt_job_is_told_with_the_nearest(connected_world: World) -> None:
    number = (await _newest(connected_world, "main"))["number"]
    await connected_world.say(f"/circle rerun gh/acme/web {number} build-and-test --jobs tset")
    reply = await connected_world.reply("has no job `tset`")
    assert "Did you mean `test`?" in get_text(reply)


async def test_of_several_workflows_the_person_chooses_and_the_options_stay(connected_world: World) -> None:
    await connected_world.say("/circle rerun gh/acme/web 1")
    asked = await connected_world.reply("has several workflows. Which one?")
    await connected_world.press(asked, "deploy-preview (success)")
    await connected_world.message("reran `deploy-preview`")
    assert len(await _reruns(connected_world)) == 1


async def test_a_lost_answer_is_unknown_until_it_was_looked_up(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch flaky")
    card = await connected_world.card("*failed*")
    workflow = await _workflow(connected_world, "flaky")
    await connected_world.control(
        "faults", target="circleci", match=f"workflow/{workflow['id']}/rerun", accept_then_drop=True
    )
    await connected_world.press(card, "Rerun from Failed")
    await connected_world.reply("I looked again: it did start")
    await connected_world.card("*success*")
    assert len(await _reruns(connected_world)) == 1


@pytest.mark.parametrize("text", ["1 --failed --jobs a", "1 --ssh"])
def test_options_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def _reruns(world: World) -> list[Json]:
    return await world.list_requests("/rerun")


async def _workflow(world: World, branch: str) -> Json:
    """The first workflow of the newest pipeline on the branch."""
    workflow: Json = (await _newest(world, branch))["workflows"][0]
    return workflow


async def _newest(world: World, branch: str) -> Json:
    pipelines = [one for one in await world.list_pipelines() if one["project_slug"] == "gh/acme/web"]
    return max((one for one in pipelines if one["branch"] == branch), key=lambda one: one["number"])


async def _told_who_was_first(world: World) -> bool | None:
    told = [get_text(one) for as_ in (ADA, GRACE) for one in await world.list_messages(DEPLOYS, as_=as_)]
    return any("has begun this already" in text or "has done this already" in text for text in told) or None


async def test_what_passed_is_asked_about_before_a_menu_runs_it_again(connected_world: World) -> None:
    """It may deploy once more, and a menu cannot ask by itself."""
    await connected_world.say("/circle jobs --overview gh/acme/web 28 deploy-preview")
    await connected_world.pick(await connected_world.reply("preview"), "Rerun the whole workflow")
    asked = await connected_world.message("`deploy-preview` of pipeline #28 passed.")
    assert not await connected_world.list_requests("/rerun")
    await connected_world.press(asked, "Rerun Workflow…")
    await connected_world.message("reran `deploy-preview`")
    assert len(await connected_world.list_requests("/rerun")) == 1


async def test_the_shortcut_asks_before_it_reruns_what_failed(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle trigger gh/acme/web --branch broken")
    card = await world.card("*failed*")
    await world.choose_shortcut(card, "Rerun from failed")
    dialog = await world.form("run again, in your name")
    assert (dialog["title"]["text"], dialog["submit"]["text"]) == ("Rerun from failed", "Rerun from Failed")
    assert not [call for call in await world.list_requests("/rerun") if call["method"] == "POST"]
    await world.submit(dialog)
    await world.done("CircleCI is rerunning")
    (sent,) = [call for call in await world.list_requests("/rerun") if call["method"] == "POST"]
    assert sent["body"] == {"from_failed": True}


async def test_what_was_offered_to_one_person_is_answered_in_its_place(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.card("failed")
    await connected_world.say("/circle rerun gh/acme/web --failed")
    shown = await connected_world.reply("*Rerun from Failed*: `build-and-test`")
    await connected_world.press(shown, "Rerun from Failed")
    answered = await connected_world.message("CircleCI is rerunning")
    assert "Rerun from Failed" not in get_buttons(answered)
