"""A form that is done closes; one that is refused stays, and one that takes long says so."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack.form_acks import FormAcks
from tests.plugins.block_reader import get_text
from tests.plugins.world import World


async def test_a_form_that_is_done_closes_and_is_answered_by_a_message(each_connected_world: World) -> None:
    await each_connected_world.say("/circle use --edit")
    await each_connected_world.submit(await each_connected_world.form("Set Project"), project="gh/acme/web")
    await each_connected_world.message("made `acme/web` this channel's default project")
    assert await each_connected_world.list_modals() == []


async def test_a_form_whose_card_is_there_closes_without_a_word(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    await connected_world.submit(await connected_world.form("image-tag"))
    await connected_world.card("triggered it")
    assert await connected_world.list_modals() == []


async def test_a_form_that_is_refused_stays(connected_world: World) -> None:
    await connected_world.say("/circle connect")
    await connected_world.submit(await connected_world.form("Personal API token"), token="CCIPAT_expired")
    assert "Personal API token" in get_text(await connected_world.form("does not accept this token"))


@pytest.mark.parametrize("errors", [None, {}, {"token": "It is wrong."}])
async def test_what_comes_of_it_is_shown_after_slack_has_its_answer(errors: dict[str, str] | None) -> None:
    acks = FormAcks()
    with acks.hold_open("V1") as form:
        shown = asyncio.create_task(acks.settle("V1", errors))
        assert await form.wait() == errors
        assert not shown.done()
    assert await shown is (errors is not None)
    assert not acks.is_waiting("V1")


async def test_what_takes_too_long_closes_nothing() -> None:
    acks = FormAcks(within_s=0.01)
    with acks.hold_open("V1") as form:
        assert await form.wait() is None
        assert not form.decide({})
    assert await acks.settle("V1", {}) is False
