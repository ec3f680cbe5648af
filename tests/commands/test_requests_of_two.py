"""A start that others have to approve: it waits where it was asked for, and runs as whoever asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.app.builders import build_start_expiry
from bot.rules.asked_demands import WHY
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from bot.rules.project_freeze import Freeze
from bot.rules.voting import ApprovalState
from bot.store.tables.approving import approvals, start_requests
from tests.plugins.block_reader import get_text
from tests.plugins.policies import TEAM, only, write_policy
from tests.plugins.world import ADA, DEPLOYS, EVE, GRACE, Json, World

MAIN = PolicyScope(act="start", project="gh/acme/web")
ASKED = "<@U0ADA> asks to start this: `trigger` · project `gh/acme/web` · branch `main`"
LINE = "/circle trigger gh/acme/web --branch main image-tag=48"


async def protect(world: World, demands: Demands, *more: PolicyLine) -> None:
    await write_policy(world.app.core.store, PolicyLine(Effect.REQUIRE, ("everybody",), MAIN, demands), *more)


async def ask(world: World) -> Json:
    await world.connect(GRACE)
    await world.say(LINE)
    await world.reply("Others have to approve this first: I asked <@U0GRACE>.")
    return await world.message(ASKED)


async def test_a_second_person_starts_it_in_the_name_of_who_asked(connected_world: World) -> None:
    world = connected_world
    await protect(world, Demands(approvals=1, confirm=True))
    await world.connect(GRACE)
    before = len(await world.list_pipelines())
    await world.say(LINE)
    await world.press(await world.reply("*This is protected:*"), "Confirm and Start")
    waits = await world.message(ASKED)
    assert "<@U0GRACE>: do you approve it?" in get_text(waits)
    await world.press(waits, "Approve Start")
    await world.reply("You asked for this yourself: somebody else has to approve it.")
    await world.say(LINE)
    await world.press(await world.reply("*This is protected:*"), "Confirm and Start")
    await world.message("You have asked for this already")
    assert len(await world.list_pipelines()) == before
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.card("<@U0ADA> triggered it with `image-tag=48`")
    done = get_text(await world.message("This was approved, and started in the name of <@U0ADA>"))
    assert "<@U0GRACE>, <!date^" in done
    assert len(await world.list_pipelines()) == before + 1
    async with world.app.core.store.begin_read() as tx:
        rows = await tx.audit.list_chain(TEAM)
    done = next(row.record for row in rows if row.record.act == "trigger" and row.record.result == "done")
    assert (done.user, done.detail["approved_by"]) == (ADA, [GRACE])
    assert {"trigger: asked", "trigger: approved"} <= {row.record.what for row in rows}


async def test_it_is_declined_with_a_reason_and_withdrawn_by_who_asked(connected_world: World) -> None:
    world = connected_world
    await protect(world, Demands(four_eyes=True))
    before, waits = len(await world.list_pipelines()), await ask(world)
    await world.press(waits, "Decline…", as_=GRACE)
    await world.submit(await world.form("Why not?", as_=GRACE), as_=GRACE, reason="Not on a Friday")
    ended = get_text(await world.message("<@U0GRACE> declined what <@U0ADA> asked to start"))
    assert "Not on a Friday" in ended
    await world.say(LINE)
    again = await world.message(ASKED)
    await world.say("/circle requests")
    await world.reply("1 start waits here:")
    await world.press(again, "Withdraw")
    await world.message("<@U0ADA> withdrew what they asked to start")
    assert len(await world.list_pipelines()) == before


async def test_nothing_runs_in_the_name_of_who_has_left_though_no_event_told_us(connected_world: World) -> None:
    world = connected_world
    await protect(world, Demands(approvals=1))
    waits, before = await ask(world), len(await world.list_pipelines())
    await world.control("leave", user=ADA)
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.message("Whoever asked for it has left Slack")
    assert len(await world.list_pipelines()) == before


async def test_what_was_counted_before_a_crash_is_counted_after_it_once(connected_world: World) -> None:
    world = connected_world
    await protect(world, Demands(approvals=1))
    waits = await ask(world)
    store, before = world.app.core.store, len(await world.list_pipelines())
    async with store.begin() as tx:
        [start] = await tx.start_requests.list_waiting(TEAM, DEPLOYS)
        opened = await tx.approvals.open(start.build_approval(Demands(approvals=1)), start.asked_at)
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        await tx.approvals.set_state(opened, ApprovalState.CALLING, GRACE, now=long_ago)
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.card("<@U0ADA> triggered it")
    assert len(await world.list_pipelines()) == before + 1
    old = replace(start, id="old", ends_at=long_ago)
    async with store.begin() as tx:
        await tx.start_requests.insert(old)
        await tx.approvals.open(old.build_approval(Demands(approvals=1)), long_ago)
    await build_start_expiry(world.app.core, world.app.dispatcher).run(world.app.core.clock.now())
    await world.message("<@U0ADA>: what you asked for is not started.")
    await world.say("/circle requests approve old", as_=GRACE)
    await world.reply("Nobody approved in time what <@U0ADA> asked to start", as_=GRACE)
    async with store.begin_read() as tx:
        last = (await tx.audit.list_chain(TEAM))[-1].record
    assert (last.kind, last.act, last.what, last.result) == ("act", "requests", "trigger: expired", "refused")
    assert (last.detail, last.project) == ({"asked_by": ADA, "request": "old"}, "gh/acme/web")


async def test_a_rerun_and_a_schedule_wait_for_a_second_person_too(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle trigger gh/acme/web --branch broken")
    failed = await world.card("Rerun from failed")
    await protect(world, Demands(four_eyes=True))
    await world.pick(failed, "Rerun from failed")
    waits = await world.message("asks to start this: `rerun` · project `gh/acme/web` · branch `broken` · workflow")
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.card("<@U0ADA> reran `build-and-test` from failed")
    await world.say("/circle schedules add gh/acme/web nightly --on MON-FRI --at 2 --branch main deploy=true")
    waits = await world.message("asks to start this: `schedules` · project `gh/acme/web` · branch `main`")
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.reply("Added *nightly*")
    await world.message("started in the name of <@U0ADA>: `schedules`")


async def test_who_started_what_runs_again_is_none_of_its_four_eyes(connected_world: World) -> None:
    world = connected_world
    for who in (GRACE, EVE):
        await world.connect(who)
    await world.say("/circle trigger gh/acme/web --branch broken", as_=GRACE)
    failed = await world.card("Rerun from failed")
    await protect(world, Demands(four_eyes=True))
    await world.pick(failed, "Rerun from failed")
    await world.reply("Others have to approve this first: I asked <@U0EVE>.")
    waits = await world.message("asks to start this: `rerun`")
    await world.press(waits, "Approve Start", as_=GRACE)
    told = get_text(await world.reply("Somebody else has to approve it.", as_=GRACE))
    async with world.app.core.store.begin_read() as tx:
        last = (await tx.audit.list_chain(TEAM))[-1].record
    assert (last.kind, last.what, last.result, last.user) == ("act", "rerun: approve", "refused", GRACE)
    assert (last.project, last.branch, last.detail["asked_by"]) == ("gh/acme/web", "broken", ADA)
    assert "You started pipeline" in last.detail["said"]
    assert "You started pipeline #" in told
    assert "Ask <@U0EVE>" in told
    await world.press(waits, "Approve Start", as_=EVE)
    await world.card("<@U0ADA> reran `build-and-test` from failed")


async def test_a_group_that_holds_nobody_but_the_asker_is_nobody_to_ask(connected_world: World) -> None:
    world = connected_world
    await world.control("usergroup", group="S0RELEASE", users=[ADA])
    await protect(world, Demands(approvals=1, approvers=("S0RELEASE",)))
    await world.say(LINE)
    await world.reply("Others have to approve this, and I know nobody here who may.")


async def test_the_right_the_branch_and_a_freeze_are_looked_at_when_it_starts(connected_world: World) -> None:
    world, store, now = connected_world, connected_world.app.core.store, datetime.now(UTC)
    asking = Demands(approvals=1, approvers=(GRACE,))
    await protect(world, asking)
    before = len(await world.list_pipelines())
    waits = await ask(world)
    await protect(world, asking, only("trigger", "U0NOBODY"))
    await world.press(waits, "Approve Start", as_=GRACE)
    told = get_text(await world.message("This was not started for <@U0ADA>"))
    assert "policy does not let you use `trigger`" in told
    await protect(world, asking)
    await world.say(LINE)
    waits = await world.message(ASKED)
    freeze = Freeze(
        id=0,
        workspace=TEAM,
        scope=None,
        name="Black Friday",
        since=now,
        until=now + timedelta(hours=1),
        exempt=(),
        made_by=ADA,
        made_at=now,
    )
    async with store.begin() as tx:
        number = await tx.freezes.insert(freeze)
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.message("parameter `image-tag=48`\n> :snowflake: Every project is frozen until")
    async with store.begin() as tx:
        found = await tx.freezes.find(TEAM, number)
        assert found
        await tx.freezes.end(found.end(datetime.now(UTC), ADA) or found)
    await world.say(LINE)
    waits = await world.message(ASKED)
    assert len(await world.list_pipelines()) == before
    await world.control("push", project="gh/acme/web", branch="main", like="main")
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.message("The branch has another commit by now: ask for it again.")
    async with store.begin_read() as tx:
        last = (await tx.audit.list_chain(TEAM))[-1].record
    assert (last.what, last.result) == ("trigger: refused", "refused")
    assert last.detail["why"] == "The branch has another commit by now: ask for it again."
    assert len(await world.list_pipelines()) == before + 1, "the push alone"


async def test_who_approves_reads_the_reason_and_after_a_while_others_are_asked_once(connected_world: World) -> None:
    world, core = connected_world, connected_world.app.core
    await world.connect(EVE)
    asking = Demands(approvals=1, approvers=(GRACE,), reason=True, escalates_s=1800, escalate_to=(EVE,))
    await protect(world, asking)
    await world.say(LINE)
    await world.press(await world.reply("a reason"), "Add Reason…")
    await world.submit(await world.form("Reason"), **{WHY: "JIRA-1"})
    waits = await world.message(ASKED)
    assert "The reason: “JIRA-1”" in get_text(waits)
    await world.press(waits, "Approve Start", as_=EVE)
    await world.reply("Your approval does not count for this.", as_=EVE)
    async with core.store.begin() as tx:
        [start] = await tx.start_requests.list_waiting(TEAM, DEPLOYS)
        early = start.asked_at - timedelta(hours=1)
        await tx._connection.execute(update(start_requests).values(asked_at=early))
        await tx._connection.execute(update(approvals).values(escalates_at=early))
    for _each in range(2):
        await build_start_expiry(core, world.app.dispatcher).run(core.clock.now())
    others = await world.message("<@U0EVE>: nobody has approved this yet.")
    await world.press(others, "Approve Start", as_=EVE)
    await world.card("<@U0ADA> triggered it with `image-tag=48`")
    async with core.store.begin_read() as tx:
        rows = [row.record for row in await tx.audit.list_chain(TEAM)]
    done = next(one for one in rows if one.act == "trigger" and one.result == "done")
    assert (done.detail["approved_by"], done.detail["why"]) == ([EVE], "JIRA-1")
    assert [one.what for one in rows].count("trigger: escalated") == 1

    async def list_ended() -> list[Json] | None:
        ended = [one for one in await world.list_messages() if "This was approved, and started" in get_text(one)]
        return ended if len(ended) == 2 else None

    await world.wait_until(list_ended, "both messages to say what became of it")
