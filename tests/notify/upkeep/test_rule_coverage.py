"""Rules for several projects: what they cover comes and goes with what whoever made them can see."""

from __future__ import annotations

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_reader import get_text
from tests.plugins.world import ADA, DEPLOYS, EVE, GENERAL, World

WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")


async def test_a_project_that_is_found_later_is_covered_and_heard(connected_world: World) -> None:
    rule = await _made(connected_world, ADA)
    await _look(connected_world)
    assert await _covers(connected_world, rule, API)
    pushed = await connected_world.control("push", project="gh/acme/api", branch="broken")
    await connected_world.card("failed", number=pushed["number"])


async def test_what_its_maker_no_longer_sees_is_covered_no_more_and_never_told(connected_world: World) -> None:
    await connected_world.connect(EVE)
    rule = await _made(connected_world, EVE, API)
    await _look(connected_world)
    assert await _covers(connected_world, rule, WEB)
    assert not await _covers(connected_world, rule, API)
    hidden = await connected_world.control("push", project="gh/acme/api", branch="broken")
    seen = await connected_world.control("push", project="gh/acme/web", branch="broken")
    await connected_world.card("failed", number=seen["number"])
    shown = "".join(get_text(one) for one in await connected_world.list_messages())
    assert "acme/api" not in shown
    assert f"#{hidden['number']}" not in shown or hidden["number"] == seen["number"]


async def test_a_project_that_is_idle_is_asked_for_by_name_and_stays(connected_world: World) -> None:
    rule = await _made(connected_world, ADA, WEB)
    await connected_world.control("faults", target="circleci", match="pipeline", status=404, count=0)
    await _look(connected_world)
    assert await _covers(connected_world, rule, WEB)
    assert not await _covers(connected_world, rule, API)


async def test_whoever_is_not_connected_keeps_what_their_rules_cover(connected_world: World) -> None:
    theirs, mine = await _made(connected_world, "U0NOBODY", WEB), await _made(connected_world, ADA, channel=GENERAL)
    await _look(connected_world)
    assert await _covers(connected_world, mine, API)
    assert await _covers(connected_world, theirs, WEB)
    assert not await _covers(connected_world, theirs, API)


async def _made(world: World, user: str, *covered: ProjectSlug, channel: str = DEPLOYS) -> int:
    """As `circlebot apply` makes it: nobody has looked yet what it covers, but perhaps somebody did long ago."""
    scope, now = ProjectScope.parse("gh/acme"), world.app.core.clock.now()
    async with world.app.core.store.begin() as tx:
        rule = await tx.subscriptions.insert(Subscription(0, "T0SANDBOX", channel, scope, Rule(), user, now))
        await tx.coverage.cover(rule.id, covered, now)
    return rule.id


async def _look(world: World) -> None:
    await next(loop.tick for loop in world.app.loops if loop.name == "rule_coverage")()


async def _covers(world: World, rule: int, project: ProjectSlug) -> bool:
    async with world.app.core.store.begin_read() as tx:
        return project in await tx.coverage.list_projects(rule)
