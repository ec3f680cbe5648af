"""What a line forbids by any one respect is refused at every door: by its sentence, before CircleCI is asked.

Slash commands: test_no_command_writes_before_the_policy_is_asked.py. Nobody but Slack asks circlebot to act: it has no
API of its own (bot/web/routes.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.blocks.policy_words import format_policy_line
from bot.domain.audit_records import AuditRecord
from bot.rules.policy_line import EVERYBODY, Effect, PolicyLine, PolicyScope
from bot.rules.policy_plain import format_plain
from bot.rules.weekly_window import WeeklyWindow, parse_window
from tests.plugins.policies import write_policy
from tests.plugins.world import ADA, DEPLOYS, GRACE, TOKENS, World

Way = AsyncIterator[None]
Door = Callable[[World, str], Way]
START = "trigger gh/acme/web --branch release deploy=true"


def _build_now() -> WeeklyWindow:
    days = [f"{datetime.now(UTC) + timedelta(days=shift):%a}".casefold() for shift in (-1, 2)]
    return parse_window(f"{days[0]} 00:00-{days[1]} 00:00 UTC")


RESPECTS: Mapping[str, PolicyLine] = {
    "group": PolicyLine(Effect.DENY, ("S0DEPLOYERS",)),
    "nobody else": PolicyLine(Effect.ONLY, ("U0EVE",)),
    "sibling": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope("rerun")),
    "project": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(project="gh/acme/w*")),
    "branch": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(branch="rel*")),
    "workflow": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(workflow="deploy")),
    "parameter": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(parameters=(("deploy", "true"),))),
    "channel": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(channel=DEPLOYS)),
    "hours": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(when=_build_now())),
}

OF_TAGS = {"tag": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(tag="v*"))}
OF_HOLDS: Mapping[str, PolicyLine] = {
    "hold": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope(hold="*-staging")),
    "workflow": PolicyLine(Effect.DENY, (EVERYBODY,), PolicyScope("decide", workflow="release")),
    "group": PolicyLine(Effect.ONLY, ("S0PLATFORM",), PolicyScope("approve")),
}


async def mention(world: World, typed: str) -> Way:
    yield
    await world.say(f"<@U0CIRCLEBOT> {typed}")


async def direct_message(world: World, typed: str) -> Way:
    yield
    await world.say(typed, channel="D0ADA")


async def resumed(world: World, typed: str) -> Way:
    """Grace asked before she was connected."""
    await world.say(f"/circle {typed}", as_=GRACE)
    asked = await world.reply("Connect your CircleCI account first", as_=GRACE)
    await world.press(asked, "Connect CircleCI", as_=GRACE)
    filled = await world.form("Personal API token", as_=GRACE)
    yield
    await world.submit(filled, as_=GRACE, token=TOKENS[GRACE])


async def shortcut(world: World, _typed: str) -> Way:
    yield
    await world.choose_shortcut(await world.card("release"), "Trigger again…")


async def form_of_shortcut(world: World, _typed: str) -> Way:
    await world.choose_shortcut(await world.card("release"), "Trigger again…")
    filled = await world.form("Branch")
    yield
    await world.submit(filled)


async def button(world: World, _typed: str) -> Way:
    await world.say("/circle preset")
    shown = await world.reply("*ship*")
    yield
    await world.press(shown, "Run Preset")


async def home(world: World, _typed: str) -> Way:
    shown = await world.home("*ship*")
    yield
    await world.press(shown, "Run Preset")


async def schedule(world: World, _typed: str) -> Way:
    yield
    await world.say("/circle schedules resume gh/acme/web weekly")


async def button_of_card(world: World, _typed: str) -> Way:
    card = await world.card("Approve staging")
    yield
    await world.press(card, "Approve staging")


async def button_of_home(world: World, _typed: str) -> Way:
    shown = await world.home("Approve staging")
    yield
    await world.press(shown, "Approve staging")


TYPED: Mapping[Door, str] = {mention: "mention", direct_message: "mention", resumed: "resumed"}
STARTS = {**TYPED, form_of_shortcut: "form", button: "button", home: "home", schedule: "typed"}
WITHOUT_A_FORM = {shortcut: "shortcut"}
"""Where it is forbidden whatever is filled in, no form opens."""
HOLDS = {**TYPED, button_of_card: "button", button_of_home: "home"}


async def test_every_door_refuses_what_a_line_forbids_by_one_respect(connected_world: World) -> None:
    world = connected_world
    await world.say("/circle use gh/acme/web")
    await world.say("/circle preset save ship gh/acme/web --branch release deploy=true --workspace")
    await world.reply("Saved preset *ship*")
    await world.say("/circle schedules add gh/acme/web weekly --on MON --at 3 --branch release deploy=true")
    await world.reply("Added *weekly*")
    await world.say("/circle schedules pause gh/acme/web weekly")
    await world.reply("Paused *weekly*")
    await world.say(f"/circle {START}")
    number = (await world.card("Approve staging"))["text"].split("#")[1].split()[0]
    await world.open_home()
    wrote = await _count_writes(world)
    approve = f"approve gh/acme/web {number} approve-staging"
    at_once = {name: RESPECTS[name] for name in ("group", "nobody else", "hours")}
    for lines, doors, typed in (
        (RESPECTS, STARTS, START),
        (at_once, WITHOUT_A_FORM, START),
        (OF_HOLDS, HOLDS, approve),
        (OF_TAGS, TYPED, "trigger gh/acme/web --tag v1.0"),
    ):
        for respect, line in lines.items():
            for door, name in doors.items():
                row = await _refuse(world, line, door(world, typed))
                told = (row.result, row.door, row.decided_by, format_policy_line(line) in row.detail["said"])
                assert told == ("refused", name, format_plain(line), True), (respect, door.__name__, row)
    assert await _count_writes(world) == wrote


async def _refuse(world: World, line: PolicyLine, way: Way) -> AuditRecord:
    """What is recorded of somebody who begins where nothing is forbidden, and goes on where this line forbids it."""
    store = world.app.core.store
    await write_policy(store)
    await anext(way)
    await write_policy(store, line)
    before = await _load_acts(world)
    await anext(way, None)

    async def look() -> AuditRecord | None:
        now = await _load_acts(world)
        return now[-1] if len(now) > len(before) else None

    row = await world.wait_until(look, "a row of the record")
    for user in (ADA, GRACE):
        for view in await world.list_modals(user):
            await world.close(view, as_=user)
    if row.user == GRACE:
        await world.say("/circle disconnect", as_=GRACE)
        await world.reply("", as_=GRACE)
    return row


async def _load_acts(world: World) -> list[AuditRecord]:
    async with world.app.core.store.begin_read() as tx:
        chain = [one.record for one in await tx.audit.list_chain("T0SANDBOX")]
    return [one for one in chain if one.kind == "act" or one.result == "refused"]


async def _count_writes(world: World) -> int:
    return len([one for one in await world.list_requests("/") if one["method"] != "GET"])
