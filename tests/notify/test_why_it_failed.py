"""The thread under a red card: what is new, what is still failing, what was fixed, and what can be done at one tap."""

from __future__ import annotations

import pytest

from tests.plugins.block_reader import find_button, get_text
from tests.plugins.slack_users import Json
from tests.plugins.world import World


@pytest.fixture
async def world(connected_world: World) -> World:
    await connected_world.say("/circle subscribe gh/acme/web --branch topic")
    await connected_world.reply("You own rule")
    return connected_world


async def _told(world: World, like: str, says: str = "", status: str = "failed") -> Json:
    """What the thread says of a push to the branch that goes as another branch does."""
    pushed = await world.control("push", project="gh/acme/web", branch="topic", like=like)
    return await world.thread(await world.card(status, number=pushed["number"]), says)


async def test_failed_tests_are_new_then_still_failing_then_fixed(world: World) -> None:
    first = get_text(await _told(world, "broken", "2 failed tests"))
    assert "newly failing" not in first
    second = get_text(await _told(world, "worse", "2 failed tests"))
    assert "1 still failing, 1 flaky" in second
    assert "• *test_a_session_expires*" in second
    assert "1 test fixed* since" in second
    assert "`test_an_empty_basket_is_refused`" in second
    recovered = get_text(await _told(world, "main", "recovered", "success"))
    assert "2 tests fixed* since" in recovered


async def test_what_was_kept_is_not_asked_for_again(world: World) -> None:
    await _told(world, "broken", "2 failed tests")
    before = len(await world.list_requests("/tests"))
    await _told(world, "broken", "2 still failing")
    assert len(await world.list_requests("/tests")) - before == 2


async def test_the_failing_node_of_a_parallel_job_is_named(world: World) -> None:
    assert "on 1 of 4 nodes (node 1)" in get_text(await _told(world, "parallel", "failed test"))


@pytest.mark.parametrize(
    ("like", "status", "what", "todo"),
    [
        ("oom", "failed", "ran out of memory on `medium`.", "larger `resource_class`"),
        ("timeout", "failed", "printed nothing for too long", "no_output_timeout"),
        ("infra", "failed", "infrastructure failed under the job", "Rerun from Failed"),
        ("unauthorized", "unauthorized", "Its contexts: `production`", "widens the context's restrictions"),
    ],
)
async def test_each_kind_of_failure_is_named_with_what_helps(
    world: World, like: str, status: str, what: str, todo: str
) -> None:
    shown = get_text(await _told(world, like, what, status))
    assert todo in shown


async def test_the_card_alone_says_whether_a_rerun_is_worth_it(world: World) -> None:
    assert "*Worth a rerun*" not in get_text(await _told(world, "infra", "infrastructure failed"))
    card = await world.card("*Worth a rerun*: the machine failed")
    _, button = find_button(card, lambda one: (one.get("text") or {}).get("text") == "Rerun from Failed")
    assert button["style"] == "primary"
    await world.say("/circle why gh/acme/web --posted")
    await world.reply("*Worth a rerun*: the machine failed")


async def test_the_card_says_why_though_no_rule_wants_to_hear_of_failures(connected_world: World) -> None:
    pushed = await connected_world.control("push", project="gh/acme/web", branch="topic", like="broken")
    await connected_world.say(f"/circle pipeline gh/acme/web {pushed['number']} --card")
    card = await connected_world.card("*failed*", number=pushed["number"])
    assert "|test> · `test_total_includes_the_discount`" in get_text(card)
    assert "`test_an_empty_basket_is_refused`" in get_text(card)


async def test_values_of_the_projects_and_the_contexts_variables_are_masked(world: World) -> None:
    await world.press(await _told(world, "parallel", "failed test"), "Show Log")
    excerpt = await world.message("The log of")
    assert "The lines that tell why:" in get_text(excerpt)
    await world.press(excerpt, "Send Me the Full Log")
    shown = (await world.file("The log of test", channel="D0ADA"))["content"].decode() + get_text(excerpt)
    assert "SENTRY_DSN=****" in shown
    assert "DOCKERHUB_USERNAME=****" in shown
    assert "9f31" not in shown
    assert "acme-robot" not in shown


async def test_an_outcome_is_told_although_no_detail_can_be_read(world: World) -> None:
    for match in ("/tests", "/job/", "v1.1", "insights"):
        await world.control("faults", target="circleci", match=match, status=404, count=99)
    shown = await _told(world, "broken", "build-and-test")
    assert "Job *" in get_text(shown)


async def test_one_tap_reruns_with_ssh_and_tells_where_to_connect(world: World) -> None:
    told = await _told(world, "broken", "2 failed tests")
    _, link = find_button(told, lambda one: (one.get("text") or {}).get("text") == "Open Tests")
    assert link["url"].endswith("/tests")
    await world.pick(told, "Rerun with SSH")
    rerun = await world.message("is rerunning `test` in")
    (sent,) = await world.list_requests("/rerun")
    assert sent["body"]["enable_ssh"] is True
    assert "Show How to Connect to test" in get_text(rerun)
