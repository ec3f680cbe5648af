from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.command_requests import push_branch, record_requests
from tests.plugins.voting import decline
from tests.plugins.world import GRACE, Json, World


async def test_the_hold_that_was_chosen_is_approved_and_no_other(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch release")
    card = await each_connected_world.card("approve-production")
    await each_connected_world.press(card, "Approve staging")
    card = await each_connected_world.card("<@U0ADA> approved `approve-staging`")
    card = await each_connected_world.wait_until(
        lambda: _only_production_waits(each_connected_world), "only production to wait"
    )
    statuses = {job["name"]: job["status"] for job in await _jobs(each_connected_world)}
    assert statuses["approve-staging"] == "success"
    assert statuses["approve-production"] == "on_hold"


async def test_when_several_wait_and_none_is_named_the_person_chooses(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle approve")
    asked = await connected_world.reply("2 holds of `release` wait in #29 on `release`. Which one?")
    await connected_world.press(asked, "Approve production")
    await connected_world.message("You approved `approve-production`")


async def test_the_only_hold_is_shown_with_both_answers(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle approve gh/acme/web approve-staging")
    await connected_world.message("You approved `approve-staging`")
    await connected_world.say("/circle approve gh/acme/web")
    shown = await connected_world.reply("*Approve production*")
    assert get_buttons(shown) == ["Approve production", "Decline…"]
    await decline(connected_world, shown)
    await connected_world.message("You declined `approve-production`")


async def test_the_card_of_what_waits_leads_to_decline(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.pick(await connected_world.card("approve-production"), "Decline…")
    await decline(connected_world, await connected_world.reply("approve-staging"))
    await connected_world.message("You declined `approve-")


async def test_in_a_channel_with_a_project_the_hold_alone_is_enough(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle approve approve-staging")
    await connected_world.reply("You approved `approve-staging`")


async def test_what_somebody_else_approved_on_the_web_is_told_with_their_name(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    workflow = await _workflow(connected_world)
    await connected_world.control(
        "decide", workflow_id=workflow["id"], hold="approve-staging", decision="approve", **{"as": "grace"}
    )
    await connected_world.say(f"/circle approve {workflow['id']} approve-staging")
    await connected_world.reply("Grace approved `approve-staging` already")


async def test_a_second_press_finds_it_done(connected_world: World) -> None:
    await connected_world.connect(GRACE)
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    card = await connected_world.card("approve-production")
    await connected_world.press(card, "Approve staging")
    await connected_world.card("<@U0ADA> approved `approve-staging`")
    workflow = await _workflow(connected_world)
    await connected_world.say(f"/circle approve {workflow['id']} approve-staging", as_=GRACE)
    await connected_world.reply("<@U0ADA> approved", as_=GRACE)
    approvals = await connected_world.list_requests("/approve/")
    assert len(approvals) == 1


async def test_who_was_a_moment_too_late_is_told_who_was_quicker_and_when(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    card = await connected_world.card("approve-production")
    approval = f"workflow/{(await _workflow(connected_world))['id']}/approve"
    await connected_world.control("faults", target="circleci", match=approval, status=400, delay_s=1.0)
    await connected_world.press(card, "Approve staging")
    await connected_world.wait_until(lambda: _struck(connected_world), "the approval to be on its way")
    await connected_world.control(
        "decide", workflow_id=(await _workflow(connected_world))["id"], hold="approve-staging"
    )
    told = get_text(await connected_world.reply("Grace approved `approve-staging` already"))
    assert "<!date^" in told


async def _struck(world: World) -> bool | None:
    return not (await world.fetch_state("faults"))["faults"] or None


async def test_where_nothing_waits_it_is_said_how_things_stand(connected_world: World) -> None:
    await connected_world.say("/circle approve gh/acme/web 1 build-and-test")
    await connected_world.reply("waits for approval. Its status: *success*")


async def test_without_a_word_the_newest_pipeline_that_waits_is_meant(calm_world: World) -> None:
    waits = await push_branch(calm_world, "release")
    await push_branch(calm_world, "broken")
    await record_requests(calm_world, "approve gh/acme/web")
    await calm_world.reply("2 holds of `release` wait in #29 on `release`. Which one?")
    asked = await record_requests(calm_world, "approve gh/acme/web approve-staging")
    (release,) = [run for run in waits["workflows"] if run["name"] == "release"]
    assert [one for one in asked if one.startswith(f"POST /workflow/{release['id']}/approve/")]
    await record_requests(calm_world, f"approve gh/acme/web {waits['number'] + 1}")
    await calm_world.reply("waits for approval")


async def test_where_nothing_waits_at_all_no_workflow_is_offered(calm_world: World) -> None:
    await push_branch(calm_world, "broken")
    await record_requests(calm_world, "approve gh/acme/web")
    await calm_world.reply("Nothing of `acme/web` waits for approval. I looked at the")


async def test_a_job_is_no_hold(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle approve gh/acme/web release build")
    await connected_world.reply("`build` is not a hold")


async def test_a_lost_answer_is_looked_up_and_the_approval_is_on_the_card(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch release")
    card = await connected_world.card("approve-production")
    workflow = await _workflow(connected_world)
    await connected_world.control(
        "faults", target="circleci", match=f"workflow/{workflow['id']}/approve", accept_then_drop=True
    )
    await connected_world.press(card, "Approve staging")
    reply = await connected_world.reply("I looked again")
    assert "`approve-staging` *success*" in get_text(reply)
    await connected_world.card("<@U0ADA> approved `approve-staging`")


async def _workflow(world: World) -> Json:
    pipelines = (await world.fetch_state("circleci.pipelines"))["circleci"]["pipelines"]
    newest = max((one for one in pipelines if one.get("branch") == "release"), key=lambda one: one["number"])
    workflow: Json = newest["workflows"][0]
    return workflow


async def _jobs(world: World) -> list[Json]:
    return list((await _workflow(world))["jobs"])


async def _only_production_waits(world: World) -> Json | None:
    card = await world.card("approve-production")
    return card if "Approve staging" not in get_text(card) else None


async def test_a_hold_is_named_as_its_button_says_it_and_only_holds_are_offered(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger --branch release")
    await connected_world.card("approve-production")
    await connected_world.say("/circle approve prod")
    missing = await connected_world.reply("has no hold `prod`.")
    assert get_buttons(missing) == ["Approve staging", "Approve production"]
    await connected_world.say("/circle approve production")
    await connected_world.reply("You approved `approve-production`")
