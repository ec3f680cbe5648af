"""Several people approve one hold: each vote is recorded where it waits, and the last one reaches CircleCI."""

from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.voting import TEAM, list_approvals, release, require
from tests.plugins.world import ADA, GRACE, World


async def test_the_second_of_two_reaches_circleci_with_their_own_token(each_connected_world: World) -> None:
    world = each_connected_world
    await world.connect(GRACE)
    await require(world, {"hold": "approve-staging", "approvals": 2})
    card = await release(world)
    await world.thread(card, "0 of 2 approvals")
    await world.press(card, "Approve staging")
    await world.card("<@U0ADA> approved `approve-staging` (1 of 2)")
    told = get_text(await world.thread(card, "1 of 2 approvals"))
    assert "<@U0ADA>, <!date^" in told
    assert "0 of 2" not in told
    assert not await list_approvals(world)
    await world.say("/circle approve gh/acme/web approve-staging --reason Tes\0ted", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging` — “Tested”")
    assert len(await list_approvals(world)) == 1
    ended = get_text(await world.thread(card, "<@U0GRACE> approved `approve-staging`"))
    assert "2 of 2 approvals" in ended
    assert "— Tested" in ended


async def test_who_approves_twice_has_one_vote(connected_world: World) -> None:
    world = connected_world
    await require(world, {"approvals": 2})
    card = await release(world)
    await world.press(card, "Approve staging")
    await world.card("(1 of 2)")
    await world.say("/circle approve gh/acme/web approve-staging")
    await world.reply("1 of 2. 1 more approval is needed.")
    assert not await list_approvals(world)


async def test_a_reason_is_asked_in_a_form_that_says_it_all_and_told_in_the_thread(connected_world: World) -> None:
    world = connected_world
    await require(world, {"reason": True})
    card = await release(world)
    notice = await world.thread(card, "waits for approval")
    await world.press(notice, "Approve staging…")
    form = await world.form("Why is this right?")
    assert "Once you approve `approve-staging`, `deploy-staging`" in get_text(form)
    assert "*<http" in get_text(form)
    assert "Started by <@U0ADA>" in get_text(form)
    assert "No hold of this name was approved here before." in get_text(form)
    assert "Your workspace's policy demands a reason." in get_text(form)
    await world.submit(form, reason="OPS-12 <!here>")
    await world.card("<@U0ADA> approved `approve-staging` — “OPS-12 &lt;!here&gt;”")
    await world.thread(card, "— OPS-12 &lt;!here&gt;")
    await world.say("/circle approve gh/acme/web approve-production")
    asked = await world.reply("A form asks why you approve `approve-production`.")
    assert len(await list_approvals(world)) == 1
    await world.press(asked, "Approve production…")
    await world.submit(await world.form("Why is this right?"), reason="OPS-13")
    await world.card("<@U0ADA> approved `approve-production` — “OPS-13”")


async def test_the_form_of_the_first_of_two_promises_nothing_by_it_alone(connected_world: World) -> None:
    world = connected_world
    await require(world, {"reason": True, "approvals": 2})
    await world.press(await world.thread(await release(world), "0 of 2"), "Approve staging…")
    form = get_text(await world.form("Why is this right?"))
    assert "`approve-staging` takes 2 more approvals, yours among them. Then `deploy-staging` runs." in form


async def test_a_vote_can_be_taken_back(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"approvals": 2})
    card = await release(world)
    await world.press(card, "Approve staging")
    await world.press(await world.reply("1 of 2"), "Withdraw My Approval")
    await world.thread(card, "<@U0ADA> withdrew their approval")
    await world.press(card, "Approve staging")
    await world.press(await world.reply("1 of 2"), "Withdraw My Approval")
    await world.message("You withdrew your approval")
    await world.say("/circle approve gh/acme/web approve-staging", as_=GRACE)
    await world.reply("1 of 2", as_=GRACE)
    assert not await list_approvals(world)


async def test_who_declines_is_asked_why_and_the_thread_and_the_card_tell(connected_world: World) -> None:
    world = connected_world
    card = await release(world)
    await world.press(await world.thread(card, "approve-staging"), "Decline…")
    form = await world.form("Why not?")
    assert "`deploy-staging`" in get_text(form)
    await world.submit(form, reason="The migration is missing")
    await world.card("<@U0ADA> declined `approve-staging` — “The migration is missing”")
    await world.thread(card, "The migration is missing")


async def test_whoever_started_it_is_none_of_the_four_eyes_and_is_told_who_may(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"four-eyes": True})
    card = await release(world)
    await world.press(card, "Approve staging")
    refused = get_text(await world.reply("You started pipeline #29."))
    assert "needs four eyes" in refused
    assert "Ask <@U0GRACE>" in refused
    assert not await list_approvals(world)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging`")


async def test_who_made_the_schedule_that_started_it_is_none_of_the_four_eyes(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle schedules add gh/acme/web weekly --on MON --at 3 --branch release --as system")
    await world.reply("Added *weekly*")
    await require(world, {"four-eyes": True})
    await world.say("/circle subscribe gh/acme/web --only hold")
    await world.control(
        "push",
        project="gh/acme/web",
        branch="release",
        trigger="schedule",
        schedule="weekly",
        author="circleci-scheduler",
    )
    card = await world.message("approve-staging")
    await world.press(card, "Approve staging")
    told = get_text(await world.reply("You added or changed the schedule that started pipeline #"))
    assert "Ask <@U0GRACE>" in told
    await world.press(card, "Approve staging", as_=GRACE)
    await world.message("<@U0GRACE> approved `approve-staging`")


async def test_a_vote_of_somebody_who_may_not_any_more_does_not_count_and_it_is_said(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"approvals": 2})
    card = await release(world)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging` (1 of 2)")
    await require(world, {"approvals": 2}, {"deny": [GRACE]})
    await world.press(card, "Approve staging")
    said = get_text(await world.reply("1 of 2"))
    assert "The approval of <@U0GRACE> no longer counts: they may not approve this any more" in said
    await world.thread(card, "The approval of <@U0GRACE> no longer counts")
    assert not await list_approvals(world)


async def test_a_vote_of_somebody_who_disconnected_does_not_count(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"approvals": 2})
    card = await release(world)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.card("(1 of 2)")
    async with world.app.core.store.begin() as tx:
        assert await tx.accounts.delete(TEAM, GRACE)
    await world.press(card, "Approve staging")
    assert "their CircleCI account is not connected any more" in get_text(await world.reply("1 of 2"))
    assert not await list_approvals(world)


async def test_a_token_that_circleci_refuses_takes_its_vote_with_it(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await require(world, {"approvals": 2})
    card = await release(world)
    await world.press(card, "Approve staging")
    await world.card("(1 of 2)")
    await world.control("faults", target="circleci", match="workflow/", method="POST", status=403, count=1)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.reply("Your own rights at CircleCI are not enough", as_=GRACE)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging`")
    assert len(await list_approvals(world)) == 2


async def test_a_group_that_slack_no_longer_shows_takes_its_votes_with_it(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    by_group = {"approvals": 2, "approvers": [ADA, "S0RELEASE"]}
    await require(world, by_group)
    card = await release(world)
    await world.press(card, "Approve staging", as_=GRACE)
    await world.card("<@U0GRACE> approved `approve-staging` (1 of 2)")
    await world.control("usergroup", group="S0RELEASE", disabled=True)
    await require(world, by_group, {"deny": ["S0PLATFORM"]})  # Another group is named: Slack is asked at once.
    await world.press(card, "Approve staging")
    said = get_text(await world.reply("1 of 2"))
    assert "The approval of <@U0GRACE> no longer counts: they may not approve this any more" in said
    assert not await list_approvals(world)


async def test_what_hangs_on_a_parameter_is_said_before_anybody_presses(connected_world: World) -> None:
    world = connected_world
    await require(world, {"approvals": 2, "reason": True, "parameters": {"environment": "production"}})
    for environment, asks in (("production", True), ("staging", False)):
        await world.say(f"/circle trigger gh/acme/web --branch release environment={environment}")
        card = await world.card("approve-production")
        told = get_text(await world.thread(card, "`approve-production` of"))
        assert ("0 of 2 approvals" in told) is asks
        assert ("Approve staging…" in get_buttons(card)) is asks
        await world.press(card, "Cancel Workflow")
        await world.card("*canceled*")
