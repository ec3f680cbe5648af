"""Answers that get lost, on either side: what was asked for happens once, and the person is told what is known."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.plugins.block_reader import get_text, is_card
from tests.plugins.world import ADA, Json, World


async def _lose_answer(world: World, route: str, count: int = 1) -> None:
    """CircleCI does what it is asked at this route, and the connection breaks before it says so."""
    await world.control("faults", target="circleci", match=route, method="POST", accept_then_drop=True, count=count)


async def _acts(world: World, part: str) -> list[Json]:
    """The writes that CircleCI got at addresses with this part."""
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and part in call["path"]]


async def _runs(world: World, number: int) -> list[Json]:
    found: list[Json] = next(one for one in await world.list_pipelines() if one["number"] == number)["workflows"]
    return found


async def _newest(world: World) -> Json:
    return max((one for one in await world.list_pipelines() if _is_web(one)), key=lambda one: int(one["number"]))


def _is_web(pipeline: Json) -> bool:
    return "web" in pipeline["project_slug"]


async def _triggered(world: World, branch: str) -> tuple[int, Json]:
    await world.say(f"/circle trigger gh/acme/web --branch {branch}")
    await world.card("triggered it")
    number = int((await _newest(world))["number"])
    return number, await world.card(number=number)


async def _press_twice(world: World, card: Json, label: str) -> None:
    """As an impatient finger does. Whichever comes second is told that this was begun, or done, before."""
    await asyncio.gather(world.press(card, label), world.press(card, label))
    begun, done = "has begun this already", "did this before"

    async def second() -> bool | None:
        told = [get_text(one) for one in await world.list_messages() if one.get("ephemeral")]
        return any(begun in text or done in text for text in told) or None

    await world.wait_until(second, "the second press to be answered")


async def test_a_trigger_whose_answer_was_lost_is_found_again_and_followed(connected_world: World) -> None:
    before = len(await connected_world.list_pipelines())
    await _lose_answer(connected_world, "project/gh/acme/web/pipeline")
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    told = get_text(await connected_world.reply("It is unknown whether it happened"))
    assert "I looked again: pipeline" in told
    assert "did start, and I follow it" in told
    await connected_world.card("success", number=int((await _newest(connected_world))["number"]))
    assert len(await connected_world.list_pipelines()) == before + 1


async def test_a_form_handed_in_twice_whose_answer_was_lost_starts_one_pipeline(connected_world: World) -> None:
    before = len(await connected_world.list_pipelines())
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("Branch")
    await _lose_answer(connected_world, "project/gh/acme/web/pipeline")
    await asyncio.gather(connected_world.submit(form, branch="main"), connected_world.submit(form, branch="main"))
    await connected_world.card("success")
    assert len(await connected_world.list_pipelines()) == before + 1
    assert len(await _acts(connected_world, "/pipeline")) == 1


async def test_a_form_handed_in_twice_at_the_same_time_starts_one_pipeline(connected_world: World) -> None:
    before = len(await connected_world.list_pipelines())
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("Branch")
    await asyncio.gather(connected_world.submit(form, branch="main"), connected_world.submit(form, branch="main"))
    await connected_world.card("success")
    assert len(await connected_world.list_pipelines()) == before + 1
    assert len(await _acts(connected_world, "/pipeline")) == 1


async def test_a_rerun_whose_answer_was_lost_is_found_and_not_repeated_by_the_same_button(
    connected_world: World,
) -> None:
    number, _ = await _triggered(connected_world, "flaky")
    card = await connected_world.card("Rerun from Failed", number=number)
    await _lose_answer(connected_world, "workflow/*/rerun")
    await _press_twice(connected_world, card, "Rerun from Failed")
    told = get_text(await connected_world.reply("It is unknown whether it happened"))
    assert "I looked again: it did start" in told
    await connected_world.card("success", number=number)
    assert len(await _runs(connected_world, number)) == 2
    assert len(await _acts(connected_world, "/rerun")) == 1


async def test_a_rerun_pressed_twice_at_the_same_time_runs_once(connected_world: World) -> None:
    number, _ = await _triggered(connected_world, "flaky")
    card = await connected_world.card("Rerun from Failed", number=number)
    await asyncio.gather(*(connected_world.press(card, "Rerun from Failed") for _ in range(3)))
    await connected_world.card("success", number=number)
    assert len(await _runs(connected_world, number)) == 2
    assert len(await _acts(connected_world, "/rerun")) == 1


async def test_a_cancel_whose_answer_was_lost_says_how_it_stands_and_is_not_repeated(connected_world: World) -> None:
    number, _ = await _triggered(connected_world, "slow")
    card = await connected_world.card("Cancel Workflow", number=number)
    await _lose_answer(connected_world, "workflow/*/cancel")
    await _press_twice(connected_world, card, "Cancel Workflow")
    told = get_text(await connected_world.reply("It is unknown whether it happened"))
    assert "I looked again. Status of `build-and-test`: *" in told
    await connected_world.card("canceled", number=number)
    assert len(await _acts(connected_world, "/cancel")) == 1


async def test_an_approval_whose_answer_was_lost_is_seen_on_the_hold_and_not_repeated(connected_world: World) -> None:
    number, _ = await _triggered(connected_world, "release")
    card = await connected_world.card("Approve staging", number=number)
    await _lose_answer(connected_world, "workflow/*/approve")
    await _press_twice(connected_world, card, "Approve staging")
    told = get_text(await connected_world.reply("It is unknown whether it happened"))
    assert "`approve-staging` *success*" in told
    assert "`approve-production`" in told
    assert len(await _acts(connected_world, "/approve")) == 1


async def test_where_the_second_look_fails_too_the_person_is_told_to_look_themselves(connected_world: World) -> None:
    before = len(await connected_world.list_pipelines())
    await _lose_answer(connected_world, "project/gh/acme/web/pipeline")
    await connected_world.control(
        "faults", target="circleci", match="project/gh/acme/web/pipeline/mine", status=404, count=0
    )
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    told = get_text(await connected_world.reply("It is unknown whether it happened"))
    assert "Look at CircleCI before you repeat it" in told
    assert len(await connected_world.list_pipelines()) == before + 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 1, "count": 2},
        {"status": 500, "count": 1},
        {"delay_s": 2, "count": 1},
        {"body": "<html>Bad gateway</html>", "status": 502, "count": 1},
    ],
    ids=["limited", "broken", "slow", "html"],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_card_and_notices_arrive_once_slack_is_well_again(
    connected_world: World, method: str, fault: Any
) -> None:
    await connected_world.control("faults", target="slack", match=method, **fault)
    await connected_world.say("/circle trigger gh/acme/web --branch broken")
    card = await connected_world.card("failed")
    await connected_world.thread(card, "failed test")
    await connected_world.thread(card, "cc <@U0ADA>")
    assert not (await connected_world.fetch_state("faults"))["faults"], "the fault has struck"
    assert len([one for one in await connected_world.list_messages() if is_card(one)]) == 1


async def test_an_answer_that_slack_does_not_take_the_short_way_comes_the_long_way(connected_world: World) -> None:
    await connected_world.control("faults", target="slack", match="response_url", status=500)
    await connected_world.say("/circle me")
    await connected_world.reply("ada", as_=ADA)
