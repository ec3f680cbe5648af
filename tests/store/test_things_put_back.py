"""Whatever can be put back stands afterwards exactly as it stood before, whatever was done to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.actions import thing_states
from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.rules.undoable_change import Thing, ThingChange, ThingKind
from bot.store.reminders import Reminder
from bot.store.store import Store, Tx
from tests.plugins.factories import NOW

HERE, THEIRS = Place("T", "C"), Place("T", "U1")
SOON, LATER = ((NOW + timedelta(hours=hours)).isoformat() for hours in (1, 2))
RULE = {"scope": "gh/acme/*", "rule": {"only": ["failed"]}, "made_by": "U1", "made_at": NOW.isoformat()}
PRESET = {
    "project": "gh/acme/web",
    "branch": "main",
    "tag": None,
    "parameters": {"environment": "staging"},
    "made_by": "U1",
    "definition": "d",
    "config_branch": None,
    "asked": ["image-tag"],
}

States = tuple[dict[str, Any] | None, ...]

THINGS: list[tuple[Place, Thing, States]] = [
    (HERE, Thing(ThingKind.PROJECT), (None, {"project": "gh/acme/web"}, {"project": "gh/acme/api"})),
    (
        HERE,
        Thing(ThingKind.HOURS),
        (
            None,
            {"zone": "Europe/Berlin", "quiet": "22:00-08:00", "weekends": True},
            {"zone": "UTC", "quiet": None, "weekends": False},
        ),
    ),
    (
        HERE,
        Thing(ThingKind.RULE, "7"),
        (
            None,
            {**RULE, "covered": ["gh/acme/api", "gh/acme/web"]},
            {**RULE, "scope": "gh/acme/web", "made_by": "U2", "covered": ["gh/acme/web"]},
        ),
    ),
    *(
        (
            HERE,
            Thing(ThingKind.MUTE, about),
            (
                None,
                {"until": SOON, "made_by": "U1", "made_at": NOW.isoformat()},
                {"until": LATER, "made_by": "U2", "made_at": NOW.isoformat()},
            ),
        )
        for about in ("", "7", "gh/acme/web")
    ),
    (
        HERE,
        Thing(ThingKind.BOARD),
        (None, {"project": None, "made_by": "U1"}, {"project": "gh/acme/web", "made_by": "U2"}),
    ),
    (
        HERE,
        Thing(ThingKind.REMINDERS, "p h1 h2"),
        (None, {"due": [["h1", SOON], ["h2", LATER]]}, {"due": [["h2", LATER]]}),
    ),
    (THEIRS, Thing(ThingKind.LOGIN, "octocat"), (None, {"login": "Octocat", "verified": True})),
    (THEIRS, Thing(ThingKind.LOGIN, "mona"), (None, {"login": "mona", "verified": False})),
    (HERE, Thing(ThingKind.PRESET, "ship"), (None, PRESET, {**PRESET, "made_by": None, "parameters": {}})),
]

EVERYWHERE = (HERE, Thing(ThingKind.PRESET, "* ship"), (None, PRESET, {**PRESET, "asked": []}))


def test_every_kind_of_thing_is_tried() -> None:
    assert {thing.kind for _, thing, _ in THINGS} == set(ThingKind)


@pytest.mark.parametrize(
    ("place", "thing", "states"),
    [*THINGS, EVERYWHERE],
    ids=[f"{one.kind} {one.about}" for _, one, _ in [*THINGS, EVERYWHERE]],
)
async def test_from_any_state_any_other_is_restored(store: Store, place: Place, thing: Thing, states: States) -> None:
    for before in states:
        for after in states:
            async with store.begin() as tx:
                await thing_states.restore_state(tx, place, thing, before, now=NOW)
                await thing_states.restore_state(tx, place, thing, after, now=NOW)
                assert await thing_states.load_state(tx, place, thing, now=NOW) == after
                changes = await thing_states.list_changes(tx, place, {thing: before}, NOW)
                assert changes == ([] if before == after else [ThingChange(thing, before, after)])


async def test_another_place_has_none_of_it(store: Store) -> None:
    async with store.begin() as tx:
        for place, thing, states in THINGS:
            await thing_states.restore_state(tx, place, thing, states[1], now=NOW)
            for other in (Place("T2", place.channel), Place("T", "X")):
                assert await thing_states.load_state(tx, other, thing, now=NOW) is None


async def test_a_preset_of_the_whole_workspace_is_the_same_in_every_channel_and_not_the_channels_own(
    store: Store,
) -> None:
    place, thing, states = EVERYWHERE
    async with store.begin() as tx:
        await thing_states.restore_state(tx, place, thing, states[1], now=NOW)
        assert await thing_states.load_state(tx, Place("T", "X"), thing, now=NOW) == states[1]
        for other in ((Place("T2", "C"), thing), (place, Thing(ThingKind.PRESET, "ship"))):
            assert await thing_states.load_state(tx, *other, now=NOW) is None


async def test_what_a_rule_covers_by_itself_is_no_change_of_it(store: Store) -> None:
    place, thing, states = THINGS[2]
    change = ThingChange(thing, None, states[1])
    async with store.begin() as tx:
        await thing_states.restore_state(tx, place, thing, states[1], now=NOW)
        await tx.coverage.cover(7, [ProjectSlug("gh", "acme", "new")], NOW)
        assert change.is_still(await thing_states.load_state(tx, place, thing, now=NOW))
        await thing_states.restore_state(tx, place, thing, states[2], now=NOW)
        assert not change.is_still(await thing_states.load_state(tx, place, thing, now=NOW))


async def test_reminders_of_other_holds_and_channels_stay(store: Store) -> None:
    other = Reminder("h3", "p", *HERE, NOW), Reminder("h1", "p", "T", "D", NOW)
    async with store.begin() as tx:
        for reminder in other:
            await tx.reminders.insert(reminder)
        await _write_both(tx)
        assert set(other) < set(await tx.reminders.list_for_pipeline("p"))


async def _write_both(tx: Tx) -> None:
    thing = Thing(ThingKind.REMINDERS, "p h1 h2")
    for state in ({"due": [["h1", SOON]]}, None, {"due": [["h2", SOON]]}):
        await thing_states.restore_state(tx, HERE, thing, state, now=NOW)
