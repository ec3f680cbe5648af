from __future__ import annotations

import asyncio

from bot.rules.policy_line import EVERYBODY, READ, Demands, Effect, PolicyLine, PolicyScope
from tests.plugins.block_reader import get_text
from tests.plugins.policies import write_policy
from tests.plugins.world import ADA, DEPLOYS, GRACE, Json, World

WEB = "gh/acme/web"
API = "gh/acme/api"
MOBILE = "gh/acme/mobile"
STAGING = f"/circle rollback {WEB} --environment staging"


async def ship(world: World, project: str = WEB) -> int:
    """What runs in staging from now on: 1.0.N, N being its pipeline's number."""
    number: int = (await world.control("push", project=project, branch="ship", subject="Ship it"))["number"]
    await world.control("advance", seconds=60)
    return number


async def find_pipeline(world: World, project: str, number: int) -> Json:
    return next(
        one for one in await world.list_pipelines() if (one["number"], one["project_slug"]) == (number, project)
    )


async def list_rollbacks(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [one for one in calls if one["method"] == "POST" and one["path"].endswith("/rollback")]


async def test_what_ran_before_is_brought_back_once_with_a_reason(each_connected_world: World) -> None:
    world = each_connected_world
    await world.say(f"/circle subscribe {WEB} --only rolled-back")
    number = await ship(world)
    await world.say(STAGING)
    form = await world.form("runs `1.0")
    shown = get_text(form)
    assert f"*staging* of `acme/web` runs `1.0.{number}`" in shown
    assert "CircleCI starts the project's rollback pipeline" in shown
    assert (await world.submit(form, reason="  "))["errors"] == {"reason": "Say why."}
    await world.submit(form, reason="Checkout is <slow>")
    card = await world.card("rolled back staging from")
    assert "Checkout is &lt;slow&gt;" in get_text(card)
    assert len(await list_rollbacks(world)) == 1
    await world.control("advance", seconds=60)
    await world.message(f"rolled *staging* back from `1.0.{number}` to `1.0.12`: Checkout is &lt;slow&gt;")
    await world.say(f"/circle deploys {WEB} --environment staging")
    shown = get_text(await world.reply("runs `1.0.12` again: rolled back"))
    assert f"Rolled back: `1.0.{number}`" in shown
    async with world.app.core.store.begin_read() as tx:
        rows = [one.record for one in await tx.audit.list_chain("T0SANDBOX") if one.record.act == "rollback"]
    assert [(row.kind, row.result, row.user, bool(row.detail["circleci"])) for row in rows] == [
        ("act", "done", "U0ADA", True)
    ]


async def test_somebody_deployed_meanwhile_so_nothing_is_done(connected_world: World) -> None:
    world = connected_world
    seen = await ship(world)
    await world.say(STAGING)
    form = await world.form("runs `1.0")
    newer = await ship(world)
    await world.submit(form, reason="Slow")
    await world.message(f"runs `1.0.{newer}` by now, not `1.0.{seen}`", modal=True)
    assert await list_rollbacks(world) == []


async def ship_twice(world: World, project: str = API) -> int:
    """Of a project without a rollback pipeline: what ran before."""
    first = await ship(world, project)
    (run,) = (await find_pipeline(world, project, first))["workflows"]
    await world.control("decide", workflow_id=run["id"], hold="approve-production")
    await world.control("advance", seconds=60)
    await ship(world, project)
    return first


async def list_reruns(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [one for one in calls if one["method"] == "POST" and one["path"].endswith("/rerun")]


async def test_by_another_road_than_the_form_said_nothing_is_done(connected_world: World) -> None:
    world = connected_world
    await ship(world)
    for status, said in (
        (403, "“Forbidden”"),
        (404, "is not what it was when you were asked"),
    ):
        await world.say(STAGING)
        form = await world.form("CircleCI starts the project's rollback pipeline")
        await world.control("faults", target="circleci", match="deploy/projects/*/settings", status=status, count=1)
        await world.submit(form, reason="Slow")
        await world.close(await world.form(said))
        assert [*await list_rollbacks(world), *await list_reruns(world)] == []


async def test_what_runs_is_looked_at_once_more_right_before_a_rerun(connected_world: World) -> None:
    world = connected_world
    first = await ship_twice(world)
    await world.say(f"/circle rollback {API} --environment staging --to 1.0.{first}")
    form = await world.form("has no rollback pipeline")
    slow = "deploy/projects/*/settings"
    asked = await count_calls(world, "settings")
    await world.control("faults", target="circleci", match=slow, delay_s=2.0, count=1)
    handed_in = asyncio.create_task(world.submit(form, reason="Slow"))

    async def is_asked() -> bool | None:
        return await count_calls(world, "settings") > asked or None

    await world.wait_until(is_asked, "the road to be asked for, after the place was read")
    newer = await ship(world, API)
    await handed_in
    await world.message(f"runs `1.0.{newer}` by now", modal=True)
    assert await list_reruns(world) == []


async def count_calls(world: World, last: str) -> int:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return sum(one["path"].endswith(f"/{last}") for one in calls)


async def test_of_two_reruns_that_are_handed_in_at_once_one_happens(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    first = await ship_twice(world)
    forms = {}
    for each in (ADA, GRACE):
        await world.say(f"/circle rollback {API} --environment staging --to 1.0.{first}", as_=each)
        forms[each] = await world.form("has no rollback pipeline", as_=each)
    await asyncio.gather(*(world.submit(form, as_=each, reason="Slow") for each, form in forms.items()))

    async def find_told() -> bool | None:
        told = {each: [*await world.list_messages(DEPLOYS, as_=each), *await world.list_modals(each)] for each in forms}
        said = "\n".join(get_text(one) for several in told.values() for one in several)
        return ("is under way already" in said and "CircleCI reruns the workflow" in said) or None

    await world.wait_until(find_told, "one to be done and one to be refused")
    assert len(await list_reruns(world)) == 1


async def test_a_rerun_whose_answer_is_lost_is_found(connected_world: World) -> None:
    """CircleCI may not tell of releases: then the workflow's runs do."""
    world = connected_world
    ran = {project: await ship_twice(world, project) for project in (API, MOBILE)}
    await world.control("faults", target="circleci", match="deploy/projects/*/releases", status=404, count=0)
    lost = (
        (API, {"status": 500}, "Look at CircleCI before you repeat it"),
        (MOBILE, {"accept_then_drop": True}, "is being brought back, or runs already"),
    )
    for project, how, said in lost:
        await world.say(f"/circle rollback {project} --environment staging --to 1.0.{ran[project]}")
        form = await world.form("has no rollback pipeline")
        await world.control("faults", target="circleci", match="workflow/*/rerun", method="POST", **how)
        await world.submit(form, reason="Slow")
        await world.message(said, modal=True)


async def test_by_rerun_nothing_overtakes_what_is_on_its_way(connected_world: World) -> None:
    world = connected_world
    first = await ship_twice(world)
    slow = {"name": "deploy-staging", "duration_s": 80_000, "deploys": "staging"}
    story = {"workflows": [{"name": "ship", "jobs": [slow]}]}
    number = (await world.control("push", project=API, branch="ship", author="ada", story=story))["number"]
    await world.control("advance", seconds=60)
    await world.say(f"/circle rollback {API} --environment staging --to 1.0.{first}")
    await world.submit(await world.form("has no rollback pipeline"), reason="Slow")
    await world.message(f"`1.0.{number}` is on its way to *staging* just now", modal=True)
    assert await list_reruns(world) == []


async def test_what_never_ran_there_is_not_offered(connected_world: World) -> None:
    await ship(connected_world)
    await connected_world.say(f"{STAGING} --to 9.9.9")
    await connected_world.message("`9.9.9` did not run there", modal=True)
    await connected_world.say(f"{STAGING} --by magic")
    await connected_world.message("`--by` is `pipeline` or `rerun`", modal=True)


async def test_without_a_rollback_pipeline_the_old_workflow_runs_again_and_the_form_says_so(
    connected_world: World,
) -> None:
    world = connected_world
    await world.say(f"/circle subscribe {API} --only rolled-back")
    first = await ship_twice(world)
    await world.say(f"/circle rollback {API} --environment staging --to 1.0.{first}")
    form = await world.form("has no rollback pipeline: I rerun the whole workflow")
    await world.submit(form, reason="Slow")
    await world.message(f"CircleCI reruns the workflow that deployed `1.0.{first}`", modal=True)
    pipeline = next(one for one in await world.list_pipelines() if (one["number"], one["project_slug"]) == (first, API))
    assert [run["name"] for run in pipeline["workflows"]] == ["ship", "ship"]
    assert await list_rollbacks(world) == []
    await world.control("advance", seconds=60)
    await world.message(f"to `1.0.{first}`: Slow")


async def test_a_lost_answer_is_looked_up_and_not_repeated(connected_world: World) -> None:
    world = connected_world
    await ship(world)
    await world.say(STAGING)
    form = await world.form("runs `1.0")
    await world.control("faults", target="circleci", match="projects/", method="POST", accept_then_drop=True, count=1)
    await world.submit(form, reason="Slow")
    await world.message("I looked again", modal=True)
    assert len(await list_rollbacks(world)) == 1


AT_ONCE = ({"act": "start"}, {"act": "rollback"}, {"act": "trigger"}, {"project": "gh/acme/w*"}, {"channel": DEPLOYS})
WHEN_CHOSEN = (
    {"branch": "main"},
    {"branch": "release"},
    {"tag": "v*"},
    {"workflow": "[a-z]*"},
    {"parameters": (("deploy", "false"),)},
)
"""Of a rollback pipeline nobody tells where it starts: what may hold does."""


async def test_what_a_line_forbids_by_one_respect_is_not_rolled_back(connected_world: World) -> None:
    """A line about starts is about rolling back, too."""
    world = connected_world
    await ship(world)
    for scope in (*AT_ONCE, *WHEN_CHOSEN):
        await write_policy(world.app.core.store, PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(**scope)))
        await world.say(STAGING)
        if scope in WHEN_CHOSEN:
            await world.submit(await world.form("runs `1.0"), reason="Slow")
        refusal = await world.form("policy does not let you use `rollback`")
        assert await list_rollbacks(world) == [], scope
        await world.close(refusal)


async def test_where_one_version_ran_there_is_nothing_to_bring_back(connected_world: World) -> None:
    await connected_world.say(f"/circle rollback {WEB} --environment production")
    await connected_world.message("Nothing else ran there", modal=True)


async def test_who_confirms_and_who_approves_read_what_it_brings_where_and_why(connected_world: World) -> None:
    world = connected_world
    await world.connect(GRACE)
    number = await ship(world)
    told = f"It brings *staging* of `acme/web` back from `1.0.{number}` to `1.0.12`: “Slow”"
    for demands in (Demands(confirm=True), Demands(approvals=1, approvers=(GRACE,))):
        line = PolicyLine(Effect.REQUIRE, (EVERYBODY,), PolicyScope(act="rollback"), demands)
        await write_policy(world.app.core.store, line)
        await world.say(STAGING)
        await world.submit(await world.form("runs `1.0"), reason="Slow")
        if demands.confirm:
            form = await world.form("This is protected")
            assert told in get_text(form)
            await world.close(form)
        else:
            waits = await world.message("asks to start this")
            assert told in get_text(waits)
    assert await list_rollbacks(world) == []
    await world.press(waits, "Approve Start", as_=GRACE)
    await world.card("rolled back staging from")
    assert len(await list_rollbacks(world)) == 1


async def test_a_freeze_lets_back_what_is_older_and_stops_what_is_newer(connected_world: World) -> None:
    world = connected_world
    newer = await ship(world)
    await world.say(f'/circle freeze {WEB} "Bad release" for 2h')
    await world.message("Bad release")
    await world.say(STAGING)
    await world.submit(await world.form("runs `1.0"), reason="Slow")
    await world.card("rolled back staging from")
    await world.control("advance", seconds=60)
    await world.say(f"{STAGING} --to 1.0.{newer}")
    await world.submit(await world.form("runs `1.0.12`"), reason="Slow")
    await world.message("Bad release", modal=True)
    assert len(await list_rollbacks(world)) == 1


async def test_where_circleci_refuses_it_is_said_what_is_there_by_now(connected_world: World) -> None:
    world = connected_world
    await ship(world)
    for status, said in ((409, "A rollback of *staging* is under way already"), (400, "Show Deploys")):
        await world.say(STAGING)
        form = await world.form("runs `1.0")
        await world.control("faults", target="circleci", match="projects/", method="POST", status=status, count=1)
        await world.submit(form, reason="Slow")
        await world.close(await world.form(said))


async def test_whoever_may_not_read_of_the_project_gets_no_form(connected_world: World) -> None:
    world = connected_world
    await ship(world)
    scope = PolicyScope(act=READ, project=WEB)
    await write_policy(world.app.core.store, PolicyLine(Effect.DENY, (EVERYBODY,), scope))
    await world.say(STAGING)
    await world.message("policy does not let you use", modal=True)
