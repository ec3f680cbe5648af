from __future__ import annotations

from typing import Any

import pytest

from bot.commands.schedules import COMMAND
from bot.errors import UsageError
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.command_lines import parse_args
from tests.plugins.each_case import each_case
from tests.plugins.world import EVE, World

WEB = "gh/acme/web"
NIGHTLY = {"per-hour": 1, "hours-of-day": [2], "days-of-week": ["MON", "TUE", "WED", "THU", "FRI"]}


async def test_a_schedule_is_added_by_a_form(each_connected_world: World) -> None:
    await each_connected_world.say(f"/circle schedules {WEB}")
    await each_connected_world.press(
        await each_connected_world.reply("Mon to Fri at 02:00 UTC, as Grace"), "Add a Schedule…"
    )
    form = await each_connected_world.form("Times an hour")
    assert find_field(form, "ref")[1]["initial_value"] == "main"
    filled = {"name": "weekly", "on": "SAT,SUN", "at": "8,20", "kind": "tag", "ref": "v1"}
    await each_connected_world.submit(form, **filled, parameters="deploy=true\nreplicas=3", **{"as": "system"})
    await each_connected_world.answer(
        "Added *weekly* to `acme/web`: tag `v1`, Sat to Sun at 08:00 and 20:00 UTC, `deploy=True`"
    )
    made = (await schedules(each_connected_world))["weekly"]
    assert made == {"per-hour": 1, "hours-of-day": [8, 20], "days-of-week": ["SAT", "SUN"]}
    sent = [call["body"] for call in await circleci_calls(each_connected_world) if call["method"] == "POST"][-1]
    assert sent["parameters"] == {"tag": "v1", "deploy": True, "replicas": 3}
    assert sent["attribution-actor"] == "system"


async def test_what_is_wrong_in_the_form_is_told_above_it_and_what_was_filled_in_stays(connected_world: World) -> None:
    await connected_world.say(f"/circle schedules add {WEB}")
    form = await connected_world.form("Times an hour")
    await connected_world.submit(form, name="mixed", on="MON,1", at="8")
    wrong = await connected_world.form("CircleCI takes no mixture")
    assert find_field(wrong, "name")[1]["initial_value"] == "mixed"
    assert [one["value"] for one in find_field(wrong, "on")[1]["initial_options"]] == ["MON", "1"]
    await connected_world.submit(wrong, on="1")
    await connected_world.answer("Added *mixed*")
    assert (await schedules(connected_world))["mixed"] == {"per-hour": 1, "hours-of-day": [8], "days-of-month": [1]}


async def test_a_schedule_is_added_by_a_line(connected_world: World) -> None:
    await connected_world.say(f"/circle schedules add {WEB} half-yearly --on 1,15 --at 8-10 --times 2 --months JAN,JUL")
    await connected_world.reply(
        "branch `main`, on days 1 and 15 of the month in Jan and Jul at 08:00 to 10:00 UTC, 2 times"
    )
    await connected_world.say(f"/circle schedules add {WEB} wrong --on MON --at 2 deploy=maybe")
    await connected_world.reply("`deploy`")
    assert "wrong" not in await schedules(connected_world)


async def test_a_pause_is_a_date_that_never_comes_and_resuming_restores_it_exactly(each_connected_world: World) -> None:
    await each_connected_world.say(f"/circle schedules {WEB}")
    await each_connected_world.pick(await each_connected_world.reply("*nightly*"), "Pause schedule")
    paused = await each_connected_world.message("Paused *nightly*")
    assert (await schedules(each_connected_world))["nightly"] == {
        "per-hour": 1,
        "hours-of-day": [0],
        "days-of-month": [31],
        "months": ["FEB"],
    }
    await each_connected_world.press(paused, "Show the Schedules")
    listed = await each_connected_world.message("*paused*")
    assert "It ran: --on MON,TUE,WED,THU,FRI --at 2 --times 1. Everything, once a night" in get_text(listed)
    await each_connected_world.say(f"/circle schedules pause {WEB} nightly")
    await each_connected_world.reply("*nightly* is paused already")
    await each_connected_world.pick(listed, "Resume schedule")
    await each_connected_world.message("*nightly* runs again: Mon to Fri at 02:00 UTC")
    assert (await schedules(each_connected_world))["nightly"] == NIGHTLY
    await each_connected_world.press(await each_connected_world.message("*nightly* runs again"), "Show the Schedules")
    await each_connected_world.pick(
        await each_connected_world.message("Mon to Fri at 02:00 UTC, as Grace"), "Pause schedule"
    )
    await each_connected_world.message("Paused *nightly*")
    assert (await schedules(each_connected_world))["nightly"] != NIGHTLY
    changed = [call["body"] for call in await circleci_calls(each_connected_world) if call["method"] == "PATCH"]
    assert changed[1]["description"] == "Everything, once a night"


async def test_what_is_not_paused_is_not_resumed(connected_world: World) -> None:
    await connected_world.say(f"/circle schedules resume {WEB} nightly")
    await connected_world.reply("*nightly* is not paused")


async def test_rm_asks_first_typed_and_by_button(connected_world: World) -> None:
    await connected_world.say(f"/circle schedules rm {WEB} nightly --sure")
    form = await connected_world.form("*nightly* of `acme/web` is deleted: branch `main`, Mon to Fri at 02:00 UTC")
    assert "nightly" in await schedules(connected_world)
    await connected_world.say(f"/circle schedules {WEB}")
    listed = await connected_world.reply("*nightly*")
    await connected_world.submit(form)
    await connected_world.answer("Removed the schedule *nightly*")
    assert await schedules(connected_world) == {}
    await connected_world.pick(listed, "Delete schedule…")
    await connected_world.form("CircleCI does not know this schedule")


async def test_a_name_that_is_not_there_is_told_with_those_that_are_and_still_asks(connected_world: World) -> None:
    await connected_world.say(f"<@U0CIRCLEBOT> schedules rm {WEB} nihgtly")
    wrong = await connected_world.reply("has no schedule `nihgtly`")
    await connected_world.press(wrong, "Delete nightly")
    await connected_world.form("*nightly* of `acme/web` is deleted")
    assert "nightly" in await schedules(connected_world)


async def test_who_may_only_read_changes_nothing(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say(f"/circle schedules pause {WEB} nightly", as_=EVE)
    await socket_world.reply("your token may only read", as_=EVE)
    assert (await schedules(socket_world))["nightly"] == NIGHTLY
    await socket_world.say("/circle schedules gh/acme/api", as_=EVE)
    await socket_world.reply("CircleCI does not know `acme/api`", as_=EVE)


async def test_projects_without_schedules_are_told_so_in_one_sentence(connected_world: World) -> None:
    kiosk = next(
        one
        for one in (await connected_world.fetch_state("circleci.projects"))["circleci"]["projects"]
        if one["name"] == "kiosk"
    )
    await connected_world.say(f"/circle schedules {kiosk['slug']}")
    listed = await connected_world.reply("GitLab or the GitHub App have no schedules")
    assert "Add a Schedule" not in get_text(listed)
    await connected_world.say(f"/circle schedules add {kiosk['slug']} x --on MON --at 1")
    await connected_world.reply("GitLab or the GitHub App have no schedules")


async def test_a_lost_answer_is_read_again(connected_world: World) -> None:
    fault = {"target": "circleci", "method": "PATCH", "match": "schedule", "accept_then_drop": True, "count": 1}
    await connected_world.control("faults", **fault)
    await connected_world.say(f"/circle schedules pause {WEB} nightly")
    told = get_text(await connected_world.reply("I looked again, and found *nightly*"))
    assert "*paused*" in told


@each_case(
    "text",
    [
        "add x --on MON",
        "add x --on MON --at 2 --branch a --tag b",
        "add x --on MON --at 2 --branch a branch=b",
        "add x --on MON --at 2 tag=b",
        "list a b",
        "puase x",
    ],
)
def test_what_is_not_clear_is_asked_for(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


async def schedules(world: World) -> dict[str, dict[str, Any]]:
    found = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    return next(one["schedules"] for one in found if one["slug"] == WEB)


async def circleci_calls(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return found
