from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.rules.policy_line import EVERYBODY, Demands, Effect, PolicyLine, PolicyScope
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.policies import write_policy
from tests.plugins.world import ADA, GRACE, Json, World

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
    """Once something of the branch runs there, the hold's announcement and its form name the pushes that are new."""
    world = connected_world
    await world.say(f"/circle subscribe {WEB} --only on-hold --only deployed")
    await world.reply("holds and deploys")
    first = await ship(world)
    run = next(one for one in await world.list_pipelines() if one["number"] == first)["workflows"][0]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")
    second = await ship(world)
    await world.message(f"#{second}> to *production*, where `1.0.{first}` runs")
    await world.say(f"/circle promote {WEB}")
    shown = get_text(await world.form("This deploys"))
    assert f"1 push is in #{second} and not in *production*, by lin:" in shown


async def test_where_no_hold_waits_the_way_is_said(connected_world: World) -> None:
    await connected_world.say(f"/circle promote {WEB}")
    await connected_world.message("has no deploy pipeline", modal=True)


KIOSK: Json = {
    "name": "till",
    "integration": "github_app",
    "branches": {"main": {"workflows": [{"name": "build", "jobs": [{"name": "test"}]}]}},
    "definitions": [
        {"name": "build"},
        {
            "name": "deploy",
            "file_path": ".circleci/deploy.yml",
            "parameters": {
                "version": {"type": "string"},
                "environment": {"type": "enum", "enum": ["staging", "production"], "default": "staging"},
                "replicas": {"type": "integer", "default": 2},
            },
        },
    ],
    "designated": {"deploy": "deploy"},
}
"""A GitHub App project whose deploy pipeline asks for a version and an environment."""


TILL = "1.0.2"
"""What runs in staging of it."""


async def begin_with_till(world: World) -> str:
    """Its slug: an older version runs in production, and a newer one came to staging by the deploy pipeline."""
    await world.connect()
    (slug,) = (await world.control("world", projects=[KIOSK]))["projects"]
    for job in ({"name": "release", "deploys": "production"}, {"name": "test"}):
        story = {"workflows": [{"name": "build", "jobs": [job]}]}
        await world.control("push", project=slug, branch="main", story=story)
        await world.control("advance", seconds=60)
    await world.say(f"/circle trigger {slug} --definition deploy version={TILL} environment=staging")
    await world.card(f"version={TILL}", number=3)
    await world.control("advance", seconds=60)
    return slug


async def test_a_deploy_pipeline_that_never_ran_is_not_started_with_its_defaults(socket_world: World) -> None:
    """Nobody knows what it declares: it hears what is promoted where, on whatever branch, or does not start."""
    world = socket_world
    await world.connect()
    (slug,) = (await world.control("world", projects=[KIOSK]))["projects"]
    for branch, job in (("main", {"deploys": "production"}), ("main", {"deploys": "staging"}), ("ship", {})):
        story = {"workflows": [{"name": "build", "jobs": [{"name": "release", **job}]}]}
        await world.control("push", project=slug, branch=branch, story=story)
        await world.control("advance", seconds=60)
    await world.say(f"/circle promote {slug} --from staging --environment production")
    form = await world.form("My guess: `version=1.0.2` and `environment=production`")
    assert find_field(form, "=")[0]["optional"] is False
    await world.choose(form, "branch", "ship")
    form = await world.form("not run on `ship`")
    assert find_field(form, "=")[1]["initial_value"] == "version=1.0.2\nenvironment=production"
    await world.submit(form)
    await world.card("`version=1.0.2`, `environment=production`", number=4)


async def list_starts(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [one for one in calls if one["method"] == "POST" and one["path"].endswith("/pipeline/run")]


async def test_where_no_hold_waits_the_deploy_pipeline_is_started_with_what_runs_there(socket_world: World) -> None:
    world = socket_world
    slug = await begin_with_till(world)
    await world.say(f"/circle promote {slug}")
    form = await world.form(
        "deploy pipeline brings `1.0.2`, which runs in *staging*, to *production*, where `1.0.1` runs"
    )
    await world.choose(form, "branch", "main")
    form = await world.form("deploy pipeline brings")
    shown = get_text(form)
    assert "1 push is in `1.0.2` and not in *production*" in shown
    assert "Filled in: `version=1.0.2` and `environment=production`" in shown
    assert "replicas" in shown
    assert "Pipeline definition" not in shown
    await world.submit(form, replicas="3")
    await world.card("version=1.0.2", number=4)
    assert len(await list_starts(world)) == 2
    await world.control("advance", seconds=60)
    await world.say(f"/circle deploys {slug} --environment production")
    await world.reply("*production* runs `1.0.2`")
    await world.say(f"/circle promote {slug}")
    await world.message("nothing runs anywhere that is newer", modal=True)


async def find_told(world: World, people: Sequence[str]) -> bool | None:
    """One of them, by a modal or a message."""
    shown = [[*await world.list_messages(as_=one), *await world.list_modals(one)] for one in people]
    told = [any("has just promoted `1.0.2` to *production*" in get_text(one) for one in seen) for seen in shown]
    return sorted(told) == [False, True] or None


async def test_of_two_who_promote_the_same_at_the_same_moment_one_does(socket_world: World) -> None:
    world, people = socket_world, (ADA, GRACE)
    slug = await begin_with_till(world)
    await world.connect(GRACE)
    for user in people:
        await world.say(f"/circle promote {slug}", as_=user)
    forms = {user: await world.form("deploy pipeline brings", as_=user) for user in people}
    await world.control(
        "faults", target="circleci", match=f"project/{slug}/pipeline/run", method="POST", status=400, count=1
    )
    await world.submit(forms[ADA], as_=ADA)
    await world.message("CircleCI", modal=True)
    await world.say(f"/circle promote {slug}")
    forms[ADA] = await world.form("deploy pipeline brings")
    await world.control(
        "faults", target="circleci", match=f"project/{slug}/pipeline/run", method="POST", delay_s=1.0, count=1
    )
    await asyncio.gather(*(world.submit(form, as_=user) for user, form in forms.items()))
    await world.card("version=1.0.2", number=4)
    await world.wait_until(lambda: find_told(world, people), "the second to be told", of="slack")
    assert len(await list_starts(world)) == 3, "one before, one that was refused, and one"


FORBIDDEN = (PolicyScope(act="trigger"), PolicyScope(act="start", parameters=(("environment", "production"),)))
DEMANDED = (
    (Demands(confirm=True), "This is protected"),
    (Demands(four_eyes=True, approvals=1, approvers=(GRACE,)), "asks to start this"),
)


async def test_what_holds_for_starts_holds_for_promoting_by_the_deploy_pipeline(socket_world: World) -> None:
    world = socket_world
    slug = await begin_with_till(world)
    await world.connect(GRACE)
    store, everybody = world.app.core.store, (EVERYBODY,)
    rows = [(PolicyLine(Effect.DENY, everybody, one), "policy does not let you use `trigger`") for one in FORBIDDEN]
    rows += [(PolicyLine(Effect.REQUIRE, everybody, FORBIDDEN[1], one), said) for one, said in DEMANDED]
    for line, said in rows:
        await write_policy(store, line)
        await world.say(f"/circle promote {slug}")
        if line.scope != FORBIDDEN[0]:
            await world.submit(await world.form("deploy pipeline brings"))
        if line.demands.approvals:
            waits = await world.message(said)
        else:
            await world.close(await world.form(said))
    assert len(await list_starts(world)) == 1
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.card(f"version={TILL}", number=4)
    await write_policy(store)
    await world.say(f'/circle freeze {slug} "Fair is on" for 2h')
    await world.message("Fair is on")
    await world.say(f"/circle promote {slug} --from production --environment staging")
    await world.message("Fair is on", modal=True)
    assert len(await list_starts(world)) == 2


async def test_the_demo_has_a_project_to_promote_and_roll_back_by_pipelines(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle promote handbook")
    form = await world.form("brings `1.0.2`, which runs in *staging*, to *production*, where `1.0.1` runs")
    assert "1 push is in `1.0.2` and not in *production*" in get_text(form)
    assert "Filled in: `version=1.0.2` and `environment=production`" in get_text(form)
    await world.submit(form)
    await world.card("version=1.0.2", number=4)
    await world.control("advance", seconds=60)
    await world.say("/circle rollback handbook --environment production")
    form = await world.form("runs `1.0.2`")
    assert "CircleCI starts the project's rollback pipeline" in get_text(form)
    await world.submit(form, reason="A page is missing")
    await world.card("rolled back production from", number=5)


UNUSUAL: Json = {
    **KIOSK,
    "name": "vault",
    "definitions": [
        {"name": "build"},
        {
            "name": "deploy",
            "file_path": ".circleci/deploy.yml",
            "parameters": {
                "release_label": {"type": "string", "default": "latest"},
                "where": {"type": "enum", "enum": ["staging", "production"], "default": "staging"},
                "replicas": {"type": "integer", "default": 2},
            },
        },
    ],
}


async def test_what_no_usual_parameter_takes_is_asked_for_and_no_default_stands_for_it(socket_world: World) -> None:
    world = socket_world
    await world.connect()
    (slug,) = (await world.control("world", projects=[UNUSUAL]))["projects"]
    for environment in ("production", "staging"):
        story = {"workflows": [{"name": "build", "jobs": [{"name": "release", "deploys": environment}]}]}
        await world.control("push", project=slug, branch="main", story=story)
        await world.control("advance", seconds=60)
    await world.say(f"/circle trigger {slug} --definition deploy release_label=0 where=staging")
    await world.card("release_label=0", number=3)
    await world.control("advance", seconds=60)
    await world.say(f"/circle promote {slug} --from staging --environment production")
    form = await world.form("Filled in: `where=production`")
    assert "No parameter of a usual name takes `1.0.2`. Say by `release_label` what it deploys" in get_text(form)
    block, element = find_field(form, "release_label")
    assert (block["optional"], element.get("initial_value")) == (False, None)
    assert find_field(form, "replicas")[1]["initial_value"] == "2"
    await world.submit(form, release_label="1.0.2")
    await world.card("release_label=1.0.2", number=4)
