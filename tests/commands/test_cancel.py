from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.voting import decline
from tests.plugins.world import GUS, World


async def test_a_running_workflow_is_canceled_by_its_button_and_the_card_follows(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch slow")
    card = await each_connected_world.card("*running*")
    await each_connected_world.press(card, "Cancel Workflow")
    card = await each_connected_world.card("*canceled*")
    assert "<@U0ADA> canceled `build-and-test`" in get_text(card)


async def test_cancel_alone_means_what_runs_in_the_newest_pipeline_of_the_channel(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger --branch slow")
    await connected_world.card("*running*")
    await connected_world.say("/circle cancel")
    await connected_world.press(await connected_world.reply("*Cancel Workflow*"), "Cancel Workflow")
    await connected_world.card("*canceled*")


async def test_what_has_ended_is_not_canceled(connected_world: World) -> None:
    await connected_world.say("/circle cancel gh/acme/web 1 build-and-test")
    await connected_world.reply("has ended already: *success*")


async def test_one_job_is_canceled_by_its_name(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.card("*running*")
    await connected_world.wait_until(lambda: _soaking(connected_world), "the soak to run")
    await connected_world.say("/circle cancel gh/acme/web --job soak")
    await connected_world.reply("CircleCI is canceling the job `soak`")
    await connected_world.card("*canceled*")


async def test_a_hold_is_declined_by_canceling_it_and_whoever_says_no_reason_is_asked_for_one(
    connected_world: World,
) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle cancel gh/acme/web --job approve-production")
    asked = await connected_world.reply("A form asks why you decline `approve-production`.")
    assert not await connected_world.list_requests("/cancel")
    await decline(connected_world, asked, why="Not today")
    card = await connected_world.card("<@U0ADA> declined `approve-production` — “Not today”")
    assert "approve-staging" in get_text(card)
    await connected_world.press(card, "Approve staging")
    await connected_world.card("<@U0ADA> approved `approve-staging`")
    await connected_world.say(f"/circle cancel {await _released(connected_world)} --job approve-staging")
    assert "<!date^" in get_text(await connected_world.reply("You approved `approve-staging` already"))


async def test_who_declines_again_is_told_that_they_have(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    workflow = await _released(connected_world)
    await connected_world.say(f"/circle cancel {workflow} --job approve-production --reason Later")
    await connected_world.card("<@U0ADA> declined `approve-production` — “Later”")
    await connected_world.say(f"/circle cancel {workflow} --job approve-production")
    assert get_buttons(await connected_world.reply("You declined `approve-production` already.")) == ["Show Pipeline"]
    await connected_world.say(f"/circle cancel {workflow}")
    await connected_world.card("— *canceled* ·")
    await connected_world.say(f"/circle approve {workflow} approve-staging")
    await connected_world.reply("You canceled `approve-staging` with its workflow.")


async def test_a_job_that_is_not_there_is_told_with_those_that_are(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle cancel gh/acme/web --job nothing")
    reply = await connected_world.reply("has no job `nothing`")
    assert "`approve-staging`" in get_text(reply)


async def test_a_guest_cannot_cancel(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch slow", channel="C0WEB")
    card = await connected_world.card("*running*", channel="C0WEB")
    await connected_world.press(card, "Cancel Workflow", as_=GUS)
    await connected_world.reply("you are a guest in it", as_=GUS, channel="C0WEB")
    calls = (await connected_world.fetch_state("circleci.calls"))["circleci"]["calls"]
    assert not [call for call in calls if call["path"].endswith("/cancel")]


async def _soaking(world: World) -> bool | None:
    pipelines = (await world.fetch_state("circleci.pipelines"))["circleci"]["pipelines"]
    newest = max((one for one in pipelines if one.get("branch") == "slow"), key=lambda one: one["number"])
    jobs = [job for workflow in newest["workflows"] for job in workflow["jobs"]]
    return any(job["name"] == "soak" and job["status"] == "running" for job in jobs) or None


async def _released(world: World) -> str:
    """The id of the newest workflow of the branch `release`."""
    newest = max(
        (one for one in await world.list_pipelines() if one.get("branch") == "release"), key=lambda one: one["number"]
    )
    return str(newest["workflows"][0]["id"])


async def test_what_is_no_hold_has_no_form_and_is_not_canceled_by_one(connected_world: World) -> None:
    """A form is drawn before the attempt is written down, so nothing is changed while it is."""
    await connected_world.say("/circle trigger gh/acme/web --branch slow")
    await connected_world.card("Cancel workflow")
    await connected_world.say("/circle cancel gh/acme/web slow --form")
    await connected_world.form("is for a hold")
    assert not [call for call in await connected_world.list_requests("cancel") if call["method"] == "POST"]
