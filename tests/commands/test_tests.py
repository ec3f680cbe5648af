from __future__ import annotations

import json

from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def _push(world: World, branch: str, like: str) -> None:
    pushed = await world.control("push", project="gh/acme/web", branch=branch, like=like)

    async def ended() -> bool | None:
        found = next(one for one in await world.list_pipelines() if one["number"] == pushed["number"])
        return (found["workflows"] and all(run["stopped_at"] for run in found["workflows"])) or None

    await world.wait_until(ended, f"#{pushed['number']} to end")


async def test_failed_tests_are_held_against_the_run_before(each_connected_world: World) -> None:
    await _push(each_connected_world, "topic", "broken")
    await _push(each_connected_world, "topic", "worse")
    await each_connected_world.say("/circle tests gh/acme/web build-and-test test")
    shown = get_text(await each_connected_world.reply("2 failed tests"))
    assert "1 still failing, 1 flaky" in shown
    assert shown.index("• *test_a_session_expires*") < shown.index(":repeat: *test_total_includes_the_discount*")
    assert "`tests/test_session.py` · 0.25s · :game_die: flaky" in shown
    assert "TimeoutError: session did not expire" in shown
    assert "38 passed" in shown


async def test_all_tests_come_in_pages_the_failed_first(connected_world: World) -> None:
    await _push(connected_world, "topic", "broken")
    await connected_world.say("/circle tests gh/acme/web build-and-test test")
    await connected_world.press(await connected_world.reply("2 failed tests"), "Show All 40 Tests")
    shown = get_text(await connected_world.message("Show Only Failed"))
    assert shown.index(":x: test_total") < shown.index(":white_check_mark: test_case_39")


async def test_a_job_without_failures_and_one_without_tests_say_so(connected_world: World) -> None:
    await _push(connected_world, "topic", "main")
    await connected_world.say("/circle tests gh/acme/web build-and-test test")
    await connected_world.reply("(40 passed)")
    await connected_world.say("/circle tests gh/acme/web build-and-test lint")
    none = await connected_world.reply("has no test results of `lint`")
    await connected_world.press(none, "Show Its Log")
    await connected_world.message("step `Run lint`")


async def test_odd_tests_hide_no_other_and_what_is_left_out_is_said(connected_world: World) -> None:
    await _push(connected_world, "topic", "broken")
    odd = [{"name": "odd", "run_time": "", "result": "failure"}, None, {"name": "plain", "result": "failure"}]
    body = json.dumps({"items": odd, "next_page_token": None})
    await connected_world.control("faults", target="circleci", match="project/gh/acme/web/*/tests", body=body, count=5)
    await connected_world.say("/circle tests gh/acme/web build-and-test test")
    shown = get_text(await connected_world.reply("2 failed tests"))
    assert "*odd*" in shown
    assert "*plain*" in shown
    assert "One thing from CircleCI that I cannot read is left out." in shown


async def test_insights_that_are_away_hide_no_test(connected_world: World) -> None:
    await _push(connected_world, "topic", "broken")
    await connected_world.control("faults", target="circleci", match="flaky-tests", status=404, count=5)
    await connected_world.say("/circle tests gh/acme/web build-and-test test")
    await connected_world.reply("2 failed tests")
