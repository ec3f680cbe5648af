"""Every command asked once in a lively world, and all that Slack was given to show for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

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


async def ask_everything(world: World) -> list[Json]:
    """What Slack was given to show: modals, Homes and messages. Ada is connected, Eve is not."""
    for branch in BEGUN:
        await world.say(f"/circle trigger gh/acme/web --branch {branch}")
        await world.card(branch)
    for line in LINES.replace("\n", " ").split(" · "):
        await _ask(world, line.strip())
    for person in (ADA, EVE):
        await world.open_home(as_=person)
    calls = (await world.fetch_state("slack.calls"))["slack"]["calls"]
    return [shown for call in calls for shown in _list_shown(call["args"])]


async def _ask(world: World, line: str) -> None:
    """Until the command is done."""
    before = count_done(world)
    await world.say(f"/circle {line}")

    async def is_done() -> bool | None:
        return count_done(world) > before or None

    await world.wait_until(is_done, f"the end of {line}")


def count_done(world: World, outcome: str | None = None) -> float:
    """Commands that are done, or those that ended so."""
    found = world.app.core.metrics.registry.collect()
    samples = [one for family in found for one in family.samples if one.name == "circlebot_commands_total"]
    return sum(one.value for one in samples if outcome in {None, one.labels["outcome"]})


def _list_shown(args: Json) -> Iterator[Json]:
    """A modal, a Home or a message that a call has in its arguments: each with its `blocks`."""
    if view := _parse(args.get("view")):
        yield view
    elif blocks := _parse(args.get("blocks")):
        yield {"type": "message", "text": args.get("text", ""), "blocks": blocks}


def _parse(value: Json) -> Json:
    return json.loads(value) if isinstance(value, str) else value
