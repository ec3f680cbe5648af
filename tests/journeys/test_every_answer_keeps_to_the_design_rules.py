"""Every command is asked in a lively world, and all that goes to Slack is read by the rules of its design guide."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.plugins.slack_design import Surface, find_design_problems
from tests.plugins.world import ADA, EVE, Json, World

BEGUN = ("main", "broken", "release", "slow")

LINES = """
help · help --all · help trigger · use gh/acme/web · use · project · project --keys · projects · projects --orgs ·
preset save staging environment=staging --ask image-tag · preset list · run staging · status ·
status gh/acme/web broken · recent · recent --branch main · pipeline · pipeline --timeline · pipeline --config ·
pipeline --values · jobs · jobs --overview · jobs gh/acme/web 28 · job · why · why gh/acme/web 26 ·
logs gh/acme/web 26 · tests gh/acme/web 26 · artifacts · compare gh/acme/web 26 · flaky · insights ·
insights gh/acme/web build-and-test · insights gh/acme/web build-and-test --jobs · insights --org gh/acme ·
subscribe gh/acme/web · subscribe · subscriptions · mute 2h · mute · unmute · quiet ·
quiet 22:00-08:00 --zone Europe/Berlin · env · env set · env rm gh/acme/web NPM_TOKEN · env --contexts · schedules ·
schedules add · webhooks · me · me --edit · connect · trigger · trigger gh/acme/web --branch nope ·
trigger gh/acme/wbe · again gh/acme/web 28 environment=production · rerun gh/acme/web 26 · approve · cancel ·
unsubscribe · undo · disconect · why did it fail · stop it · hi
"""

DEVIATIONS = {
    ("few_inputs", "8 inputs"): "a schedule is these eight facts, and CircleCI takes it with all or not at all",
    ("what_destroys_asks_first", "Cancel Workflow"): "the message is the question: it says what was understood",
    ("what_destroys_asks_first", "Cancel build-and-test"): "the same, of several workflows",
    ("what_destroys_asks_first", "Cancel deploy-preview"): "the same, of several workflows",
    ("what_destroys_asks_first", "Remove Rule 1"): "the channel is told, with Undo",
}
"""What breaks a rule on purpose, and why."""


async def test_every_answer_keeps_to_the_design_rules(connected_world: World) -> None:
    for branch in BEGUN:
        await connected_world.say(f"/circle trigger gh/acme/web --branch {branch}")
        await connected_world.card(branch)
    for line in LINES.replace("\n", " ").split(" · "):
        await _ask(connected_world, line.strip())
    for person in (ADA, EVE):
        await connected_world.open_home(as_=person)
    calls = (await connected_world.fetch_state("slack.calls"))["slack"]["calls"]
    problems = {
        (rule, said, surface.title or str(call["args"].get("text"))[:80])
        for call in calls
        for surface in _list_drawn(call["args"])
        for rule, said in find_design_problems(surface)
        if (rule, said) not in DEVIATIONS
    }
    assert not problems, "\n".join(map(" | ".join, sorted(problems)))


async def _ask(world: World, line: str) -> None:
    """Until the command is done."""
    before = _count_done(world)
    await world.say(f"/circle {line}")

    async def is_done() -> bool | None:
        return _count_done(world) > before or None

    await world.wait_until(is_done, f"the end of {line}")


def _count_done(world: World) -> float:
    found = world.app.core.metrics.registry.collect()
    return sum(one.value for family in found for one in family.samples if one.name == "circlebot_commands_total")


def _list_drawn(args: Json) -> Iterator[Surface]:
    """What a call to Slack shows."""
    if view := _parse(args.get("view")):
        labels = [(view.get(name) or {}).get("text", "") for name in ("title", "submit")]
        yield Surface(view["type"], view["blocks"], *labels)
    elif blocks := _parse(args.get("blocks")):
        yield Surface("message", blocks)


def _parse(value: Json) -> Json:
    return json.loads(value) if isinstance(value, str) else value
