from __future__ import annotations

from bot.rules.asked_demands import WHY
from bot.rules.policy_line import Demands, Effect, PolicyLine, PolicyScope
from bot.store.store import Store
from tests.plugins.block_reader import get_text
from tests.plugins.policies import TEAM, write_policy
from tests.plugins.world import World


def require(demands: Demands, scope: PolicyScope) -> PolicyLine:
    return PolicyLine(Effect.REQUIRE, ("everybody",), scope, demands)


async def test_a_protected_start_is_named_and_confirmed_before_circleci_is_asked(connected_world: World) -> None:
    production = PolicyScope(act="start", branch="main", parameters=(("environment", "production"),))
    await write_policy(connected_world.app.core.store, require(Demands(confirm=True), production))
    before = len(await connected_world.list_pipelines())
    await connected_world.say("/circle trigger gh/acme/web --branch main environment=production")
    asked = await connected_world.reply("*This is protected:*")
    told = get_text(asked)
    assert "branch `main` · parameter `environment=production`" in told
    assert "Line 1 of your workspace's policy: Required of everybody: a confirmation" in told
    assert len(await connected_world.list_pipelines()) == before
    await connected_world.press(asked, "Confirm and Start")
    await connected_world.card("environment=production")
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("environment")
    await connected_world.submit(form, environment="production")
    form = await connected_world.form("This is protected")
    await connected_world.submit(form, confirmed="Confirm and start")
    await connected_world.done("Started")
    assert len(await connected_world.list_pipelines()) == before + 2
    await connected_world.say("/circle requests confirm guessed 'trigger gh/acme/web'")
    await connected_world.reply("Press the button of what waits for you.")


async def test_a_rerun_and_a_schedule_are_confirmed_too(connected_world: World) -> None:
    web = PolicyScope(act="start", project="gh/acme/web")
    await write_policy(connected_world.app.core.store, require(Demands(confirm=True), web))
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    await connected_world.press(await connected_world.reply("branch `broken`"), "Confirm and Start")
    failed = await connected_world.card("Rerun from failed")
    await connected_world.pick(failed, "Rerun from failed")
    asked = await connected_world.reply("`rerun` · project `gh/acme/web` · branch `broken` · workflow")
    await connected_world.press(asked, "Confirm and Start")
    await connected_world.card("reran")
    added = "/circle schedules add gh/acme/web nightly --on MON-FRI --at 2 --branch main"
    await connected_world.say(added)
    asked = await connected_world.reply("`schedules` · project `gh/acme/web` · branch `main`")
    await connected_world.press(asked, "Confirm and Start")
    await connected_world.message("Added *nightly*")


async def test_a_start_that_needs_a_reason_asks_its_person_why(connected_world: World) -> None:
    world, store = connected_world, connected_world.app.core.store
    await write_policy(store, require(Demands(reason=True), PolicyScope(act="start", project="gh/acme/web")))
    before = len(await world.list_pipelines())
    await world.say("/circle trigger gh/acme/web --branch broken")
    asked = await world.reply("Required of everybody: a reason")
    assert len(await world.list_pipelines()) == before
    await world.press(asked, "Add Reason…")
    await world.submit(await world.form("Reason"), **{WHY: "JIRA-1, the hotfix"})
    await world.card("— “JIRA-1, the hotfix”")
    await world.pick(await world.card("Rerun from failed"), "Rerun from failed")
    await world.press(await world.reply("`rerun` · project `gh/acme/web`"), "Add Reason…")
    await world.submit(await world.form("Reason"), **{WHY: "It was the network"})
    await world.card("reran")
    await world.say("/circle trigger gh/acme/web")
    await world.submit(await world.form("environment"), environment="staging")
    await world.submit(await world.form("This is protected"), **{WHY: "JIRA-2"})
    await world.done("Started")
    assert len(await world.list_pipelines()) == before + 2
    async with store.begin_read() as tx:
        rows = [row.record for row in await tx.audit.list_chain(TEAM)]
    done = [(one.act, one.detail["why"]) for one in rows if one.result == "done" and "why" in one.detail]
    assert done == [("trigger", "JIRA-1, the hotfix"), ("rerun", "It was the network"), ("trigger", "JIRA-2")]


async def test_a_reason_is_typed_with_what_it_is_for(connected_world: World) -> None:
    world, store = connected_world, connected_world.app.core.store
    await write_policy(store, require(Demands(reason=True), PolicyScope(act="start", project="gh/acme/web")))
    await world.say("/circle trigger gh/acme/web --branch broken --reason 'JIRA-1, the *hotfix*'")
    await world.card("— “JIRA-1, the")
    await world.say("/circle rerun gh/acme/web --failed --reason=Network")
    await world.press(await world.reply("You named no pipeline"), "Rerun from Failed")
    await world.card("— “Network”")
    await world.say("/circle trigger gh/acme/web --form --reason JIRA-2")
    await world.submit(await world.form("environment"), environment="staging")
    await world.done("Started")
    assert await list_reasons(store) == ["JIRA-1, the *hotfix*", "Network", "JIRA-2"]


async def test_a_reason_that_nobody_demands_is_kept_too(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main --reason 'Try the new runner'")
    await connected_world.card("— “Try the new runner”")
    assert await list_reasons(connected_world.app.core.store) == ["Try the new runner"]


async def list_reasons(store: Store) -> list[object]:
    """Of what was done."""
    async with store.begin_read() as tx:
        rows = [row.record for row in await tx.audit.list_chain(TEAM)]
    return [one.detail["why"] for one in rows if one.result == "done" and "why" in one.detail]
