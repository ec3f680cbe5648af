from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.rules.undoable_change import UNDO_FOR, Thing, ThingChange, ThingKind, UndoableChange
from bot.store.store import Store
from tests.plugins.factories import NOW

WAS, IS = {"project": "gh/acme/web"}, {"project": "gh/acme/api"}
CHANGE = UndoableChange(
    id=0,
    workspace="T",
    channel="C",
    user="U1",
    act="use",
    changes=(ThingChange(Thing(ThingKind.PROJECT), WAS, IS), ThingChange(Thing(ThingKind.MUTE, "3"), None, {})),
    made_at=NOW,
    notices={},
)


async def test_a_change_reads_back_as_it_was_made(store: Store) -> None:
    async with store.begin() as tx:
        made = await tx.undoable_changes.insert(CHANGE)
        assert made == replace(CHANGE, id=made.id)
        await tx.undoable_changes.set_notices(made, {"use:C:k": "Somebody did it."})
        assert await tx.undoable_changes.find("T", made.id) == replace(made, notices={"use:C:k": "Somebody did it."})
        assert await tx.undoable_changes.find("T2", made.id) is None, "of another workspace"


async def test_the_newest_of_the_last_ten_minutes_come_first_and_those_undone_do_not(store: Store) -> None:
    async with store.begin() as tx:
        old = await tx.undoable_changes.insert(replace(CHANGE, made_at=NOW - UNDO_FOR))
        first, second, other = [
            await tx.undoable_changes.insert(replace(CHANGE, channel=channel)) for channel in ("C", "C", "D")
        ]
        assert await tx.undoable_changes.list_recent("T", ["C"], NOW) == [second, first]
        assert await tx.undoable_changes.mark_undone(second, "U2")
        assert not await tx.undoable_changes.mark_undone(second, "U3"), "somebody was quicker"
        assert await tx.undoable_changes.list_recent("T", ["C", "D"], NOW) == [
            other,
            replace(second, undone_by="U2"),
            first,
        ]
        assert await tx.undoable_changes.prune(NOW) == 1
        assert await tx.undoable_changes.find("T", old.id) is None


async def test_notices_are_looked_at_when_their_time_has_come(store: Store) -> None:
    async with store.begin() as tx:
        made = await tx.undoable_changes.insert(CHANGE)
        await tx.undoable_changes.set_notices(made, {"k": "Somebody did it."})
        assert await tx.undoable_changes.list_due(NOW + UNDO_FOR - timedelta(seconds=1)) == []
        [due] = await tx.undoable_changes.list_due(NOW + UNDO_FOR)
        assert due.id == made.id
        assert [one.id for one in await tx.undoable_changes.list_open("T", "C")] == [made.id]
        await tx.undoable_changes.set_next_look_at(made, None)
        assert await tx.undoable_changes.list_due(NOW + UNDO_FOR) == []
        assert await tx.undoable_changes.list_open("T", "C") == []
