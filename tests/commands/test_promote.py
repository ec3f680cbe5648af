from __future__ import annotations

from tests.plugins.block_reader import get_text
from tests.plugins.world import GRACE, Json, World

WEB = "gh/acme/web"
API = "gh/acme/api"


async def ship(world: World, project: str = WEB) -> int:
    """What runs in staging from now on and waits to go to production."""
    pushed = await world.control("push", project=project, branch="ship", subject="Ship the basket")
    await world.control("advance", seconds=60)
    number: int = pushed["number"]
    return number


async def find_hold(world: World, number: int) -> Json:
    pipeline = next(one for one in await world.list_pipelines() if one["number"] == number)
    return next(job for job in pipeline["workflows"][0]["jobs"] if job["name"] == "approve-production")


async def test_what_runs_in_staging_is_promoted_by_its_hold_in_one_act(each_connected_world: World) -> None:
    world = each_connected_world
    number = await ship(world)
    await world.say(f"/circle promote {WEB} --from staging --environment production")
    form = await world.form("This deploys")
    shown = get_text(form)
    assert f"#{number}> to *production*, where `1.0.12` runs" in shown
    assert "Approve and Promote" in shown
    await world.submit(form, reason="Looked at staging")
    await world.card("approved `approve-production`")
    assert (await find_hold(world, number))["status"] == "success"
    await world.control("advance", seconds=60)
    await world.say(f"/circle deploys {WEB} --environment production")
    await world.reply(f"*production* runs `1.0.{number}`")


async def test_two_people_promote_where_the_policy_wants_two(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    await world.say("/circle policy add require everybody do approve --hold *production* --approvals 2")
    await world.reply("The policy is changed")
    number = await ship(world)
    for who, status in (("U0ADA", "on_hold"), (GRACE, "success")):
        await world.say(f"/circle promote {WEB}", as_=who)
        await world.submit(await world.form("This deploys", as_=who), as_=who, reason="Fine")

        async def is_decided(status: str = status) -> bool | None:
            return (await find_hold(world, number))["status"] == status or None

        await world.message("approve" if who == "U0ADA" else "2 of 2", as_=who, modal=True)
        await world.wait_until(is_decided, f"the hold to be {status}")


async def test_what_production_gets_is_what_it_lacks(connected_world: World) -> None:
    """Once something of the branch runs there, the form names the pushes that are new."""
    world = connected_world
    first = await ship(world)
    run = next(one for one in await world.list_pipelines() if one["number"] == first)["workflows"][0]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")
    second = await ship(world)
    await world.say(f"/circle promote {WEB}")
    shown = get_text(await world.form("This deploys"))
    assert f"1 push is in #{second} and not in *production*, by lin:" in shown


async def test_where_no_hold_waits_the_way_is_said(connected_world: World) -> None:
    await connected_world.say(f"/circle promote {WEB}")
    await connected_world.message("has no deploy pipeline", modal=True)
