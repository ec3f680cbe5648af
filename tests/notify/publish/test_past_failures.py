"""A notice of a failure that is over says so, where it stands, and offers no rerun any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.block_reader import get_text
from tests.plugins.slack_users import DEPLOYS, GRACE
from tests.plugins.stepped_world import SteppedWorld, run_stepped_world
from tests.plugins.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SteppedWorld]:
    async with run_stepped_world(tmp_path) as one:
        await one.connect()
        await one.say("/circle subscribe gh/acme/web")
        await one.reply("You own rule")
        yield one


async def _push(world: SteppedWorld, branch: str, like: str | None = None, author: str = "lin") -> int:
    pushed = await world.control("push", project="gh/acme/web", branch=branch, like=like, author=author)
    await world.run_until_idle()
    return int(pushed["number"])


async def _read_failures(world: SteppedWorld, number: int) -> list[str]:
    """What the replies say that tell why this pipeline failed."""
    (card,) = [one["ts"] for one in await world.list_messages(DEPLOYS) if f"web #{number} on" in one["text"]][:1]
    replies = [one for one in await world.list_messages(DEPLOYS) if one.get("thread_ts") == card != one["ts"]]
    return [text for one in replies if "Show Log" in (text := get_text(one))]


def _offers_rerun(text: str) -> bool:
    """By a button, or behind ⋯ where it is not worth it."""
    return "rerun from failed" in text.casefold()


async def _rerun(world: SteppedWorld, number: int) -> None:
    (pipeline,) = [one for one in await world.list_pipelines() if one["number"] == number]
    (failed,) = [run for run in pipeline["workflows"] if run["status"] == "failed"]
    await world.say(f"/circle rerun {failed['id']} --failed")
    await world.run_until_idle()


async def test_what_passed_on_a_rerun_offers_none_any_more(world: SteppedWorld) -> None:
    number = await _push(world, "flaky")
    (before,) = await _read_failures(world, number)
    assert _offers_rerun(before)
    await _rerun(world, number)
    (after,) = await _read_failures(world, number)
    assert not _offers_rerun(after)
    assert "> passed when it was rerun" in after


async def test_what_failed_again_leaves_the_button_to_the_newest(world: SteppedWorld) -> None:
    number = await _push(world, "broken")
    await _rerun(world, number)
    told = await _read_failures(world, number)
    assert ["> failed again when it was rerun" in text for text in told] == [True, False]
    assert [_offers_rerun(text) for text in told] == [False, True]


async def test_every_failure_of_a_branch_that_recovered_says_with_which_pipeline(world: SteppedWorld) -> None:
    broken = [await _push(world, "main", "broken") for _ in range(2)]
    elsewhere = await _push(world, "broken")
    mended = await _push(world, "main")
    for number in broken:
        (told,) = await _read_failures(world, number)
        assert "`main` recovered with <" in told
        assert f"|#{mended}>" in told
        assert not _offers_rerun(told)
    (other,) = await _read_failures(world, elsewhere)
    assert _offers_rerun(other)


async def _read_card(world: SteppedWorld, number: int) -> tuple[str, list[str]]:
    """What the card of this pipeline shows, and the kinds of its blocks."""
    cards = [one for one in await world.list_messages(DEPLOYS) if f"web #{number} on" in one["text"]]
    return get_text(cards[0]), [block["type"] for block in cards[0]["blocks"]]


async def test_a_red_card_of_a_branch_that_passed_since_is_two_lines(world: SteppedWorld) -> None:
    broken = [await _push(world, "main", "broken") for _ in range(2)]
    elsewhere = await _push(world, "broken")
    assert "actions" in (await _read_card(world, broken[1]))[1]
    mended = await _push(world, "main")
    for number in broken:
        text, kinds = await _read_card(world, number)
        assert f"|#{mended}>" in text.partition("passed since: ")[2]
        assert kinds == ["section", "context"]
        assert "Timeline" in text
        assert not _offers_rerun(text)
    assert "actions" in (await _read_card(world, elsewhere))[1]


async def test_the_card_of_a_config_that_was_refused_shrinks_too_once_its_branch_passed(world: SteppedWorld) -> None:
    refused = await _push(world, "main", "bad-config")
    assert (await _read_card(world, refused))[1] != ["section", "context"]
    mended = await _push(world, "main")
    text, kinds = await _read_card(world, refused)
    assert f"|#{mended}>" in text.partition("passed since: ")[2]
    assert kinds == ["section", "context"]


async def test_a_recovery_is_told_beside_its_card_without_what_that_says(connected_world: World) -> None:
    await connected_world.say("/circle subscribe gh/acme/web --only all")
    await connected_world.reply("You own rule")
    await connected_world.control("push", project="gh/acme/web", branch="main", like="broken")
    await connected_world.card("*failed*")
    job = {"name": "test", "outcomes": ["success"], "duration_s": 60}
    story = {"workflows": [{"name": "build-and-test", "jobs": [job]}]}
    await connected_world.control("push", project="gh/acme/web", branch="main", story=story)
    await connected_world.card("on `main` — *running*")
    told = await connected_world.message("|build-and-test>* recovered")
    assert "on `main`" in told["text"]
    assert "`main`" not in get_text({"blocks": told["blocks"][:1]})


async def test_a_red_card_stays_until_all_that_failed_has_passed(world: SteppedWorld) -> None:
    test, soak = ({"name": name, "jobs": [{"name": name, "outcomes": ["failed"]}]} for name in ("test", "soak"))
    well = {"name": "soak", "jobs": [{"name": "soak"}]}
    await world.control("push", project="gh/acme/web", branch="two", story={"workflows": [test, soak]})
    await world.run_until_idle()
    await world.control("push", project="gh/acme/web", branch="two", story={"workflows": [test, well]})
    await world.run_until_idle()
    text, kinds = await _read_card(world, 1)
    assert "actions" in kinds
    assert "passed since" not in text


async def _read_letters(world: SteppedWorld, number: int) -> list[str]:
    """What Grace's direct messages say of her failures in this pipeline."""
    told = [get_text(one) for one in await world.list_messages("D0GRACE", as_=GRACE)]
    return [text for text in told if f"#{number} on" in text and "*My failures* is on" in text]


async def test_a_direct_message_about_what_passed_on_a_rerun_offers_none_any_more(world: SteppedWorld) -> None:
    await world.connect(GRACE)
    number, other = await _push(world, "flaky", author="grace"), await _push(world, "broken", author="grace")
    (before,) = await _read_letters(world, number)
    assert _offers_rerun(before)
    await _rerun(world, number)
    (after,) = await _read_letters(world, number)
    assert not _offers_rerun(after)
    assert "Stop These Messages" in after
    assert "> passed when it was rerun" in after
    (elsewhere,) = await _read_letters(world, other)
    assert _offers_rerun(elsewhere)


async def test_of_direct_messages_about_what_failed_again_the_newest_has_the_button(world: SteppedWorld) -> None:
    await world.connect(GRACE)
    number = await _push(world, "broken", author="grace")
    await _rerun(world, number)
    told = await _read_letters(world, number)
    assert ["> failed again when it was rerun" in text for text in told] == [True, False]
    assert [_offers_rerun(text) for text in told] == [False, True]


async def test_direct_messages_about_a_branch_that_somebody_mended_say_with_which_pipeline(world: SteppedWorld) -> None:
    await world.connect(GRACE)
    broken = [await _push(world, "main", "broken", author="grace") for _ in range(2)]
    mended = await _push(world, "main")
    for number in broken:
        (told,) = await _read_letters(world, number)
        assert "`main` recovered with <" in told
        assert f"|#{mended}>" in told
        assert not _offers_rerun(told)
