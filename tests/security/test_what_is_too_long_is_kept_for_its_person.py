"""What does not fit into a button, a menu or a form is kept whole, and acts for that person, there, and for a while."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.clock import SystemClock
from bot.command import Choice, Modal, Request, RequestSource
from bot.dispatch.stored_values import RETENTION, expand_long_values
from bot.errors import TargetError, UsageError
from bot.line import extend_line, format_line
from bot.messages import Message
from bot.slack import payload_parsing
from bot.slack.responder import render_modal
from bot.slack.value_shortener import ValueShortener
from bot.store.long_values import ValueAudience, build_key, is_key
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.block_reader import find_button
from tests.plugins.database import create_database
from tests.plugins.world import ADA, GRACE, World

HERE = ValueAudience("T", "C", "U")
CLOCK = SystemClock()
LONG = format_line("trigger", "gh/acme/web", branch="é" * 1200 + "’--force & x" * 60)
PRESS = Request("T", "U", "", RequestSource.BUTTON, "k", channel="C", written=True)


@asynccontextmanager
async def _store(folder: Path) -> AsyncIterator[Store]:
    store = Store(await create_database(folder), Vault([generate_key()]))
    yield store
    await store.close()


async def test_all_of_it_comes_back_through_a_button_a_menu_and_a_form(tmp_path: Path) -> None:
    async with _store(tmp_path) as store:
        shorten = ValueShortener(store, CLOCK)
        said = Message(
            "x", [kit.section("x", kit.button("A", LONG)), kit.actions([kit.button("B", format_line("help"))])]
        )
        shown = await shorten.shorten_message(said, HERE)
        button, other = shown.blocks[0]["accessory"], shown.blocks[1]["elements"][0]
        assert is_key(button["value"])
        assert other["value"] == "help"
        assert (await expand_long_values(store, replace(PRESS, line=button["value"]), CLOCK.now())).line == LONG

        [choice] = await shorten.shorten_choices([Choice("b", "b" * 500)], HERE)
        asked = replace(PRESS, source=RequestSource.FORM, fields={"x": choice.value}, chosen={"y": (choice.value, "z")})
        found = await expand_long_values(store, asked, CLOCK.now())
        assert (found.fields["x"], found.chosen["y"]) == ("b" * 500, ("b" * 500, "z"))

        longer = extend_line(LONG, {"note": "x" * 2000})
        drawn = await shorten.shorten_modal(Modal("Form", [], line=longer, submit="Go"), HERE)
        shown_form = {"id": "V", **render_modal(drawn, PRESS)}
        assert len(shown_form["private_metadata"]) <= 3000
        body = {"team": {"id": "T"}, "user": {"id": "U", "team_id": "T"}, "view": json.loads(json.dumps(shown_form))}
        assert (await expand_long_values(store, payload_parsing.parse_submission(body), CLOCK.now())).line == longer


async def test_a_key_is_nothing_to_anybody_else_anywhere_else_or_too_late(tmp_path: Path) -> None:
    async with _store(tmp_path) as store:
        async with store.begin() as tx:
            key = await tx.long_values.upsert(HERE, LONG, CLOCK.now())
            open_to_all = await tx.long_values.upsert(ValueAudience("T", "C", None), LONG, CLOCK.now())
        press, now = replace(PRESS, line=key), CLOCK.now()
        strangers = [replace(press, user="U2"), replace(press, channel="C2"), replace(press, workspace="T2")]
        for one in strangers:
            with pytest.raises(TargetError):
                await expand_long_values(store, one, now)
        with pytest.raises(TargetError, match="too old"):
            await expand_long_values(store, press, now + RETENTION + timedelta(seconds=1))
        assert (await expand_long_values(store, replace(press, user="U2", line=open_to_all), now)).line == LONG
        async with store.begin() as tx:
            assert await tx.long_values.prune(now + timedelta(seconds=1)) == 2


async def test_a_button_that_an_older_release_cut_off_is_refused(tmp_path: Path) -> None:
    async with _store(tmp_path) as store:
        with pytest.raises(UsageError, match="too long for a button"):
            await expand_long_values(store, replace(PRESS, line="trigger web " + "x" * 1988), CLOCK.now())


async def test_a_name_that_looks_like_a_key_is_a_name(tmp_path: Path) -> None:
    """Whoever can name a branch cannot make a menu mean what was kept for somebody."""
    async with _store(tmp_path) as store:
        looks = build_key(HERE, "secret")
        [choice] = await ValueShortener(store, CLOCK).shorten_choices([Choice("b", looks)], HERE)
        assert choice.value != looks
        asked = replace(PRESS, source=RequestSource.FORM, fields={"x": choice.value})
        assert (await expand_long_values(store, asked, CLOCK.now())).fields["x"] == looks


@given(st.text(), st.sampled_from([HERE, ValueAudience("T", "C", None), ValueAudience("T", None, "U")]))
def test_a_key_tells_its_place_and_value_apart(value: str, place: ValueAudience) -> None:
    assert build_key(place, value) == build_key(place, value)
    assert build_key(place, value) != build_key(ValueAudience("T2", place.channel, place.user), value)
    assert build_key(place, value) != build_key(place, f"{value}x")


async def test_seven_long_notes_are_sent_whole_by_the_button_that_asks_which_definition(connected_world: World) -> None:
    notes = {f"note{number}": f"{number}’{'x' * 298}" for number in range(7)}
    typed = " ".join(f"{name}={value}" for name, value in notes.items())
    await connected_world.say(f"/circle trigger kiosk --branch main {typed}")
    which = await connected_world.reply("Which one?")
    _, button = find_button(which, lambda one: one["text"]["text"] == "nightly")
    stranger = Request(
        "T0SANDBOX", GRACE, button["value"], RequestSource.BUTTON, "k", channel=which["channel"], written=True
    )
    with pytest.raises(TargetError, match="somebody else"):
        await expand_long_values(connected_world.app.core.store, stranger, CLOCK.now())
    await connected_world.press(which, "nightly", as_=ADA)
    await connected_world.wait_until(lambda: _triggered(connected_world, notes), "all seven to be sent")


async def _triggered(world: World, notes: dict[str, str]) -> bool | None:
    calls = [one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]
    return bool(calls and calls[-1]["body"]["parameters"] == notes) or None
