from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.store.reminders import Reminder
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _reminder(hold: str = "w1:hold:j1", hours: int = 1, channel: str = "C1", pipeline_id: str = "p1") -> Reminder:
    return Reminder(hold, pipeline_id, "T1", channel, NOW + hours * HOUR)


async def _stand(tx: Tx, *reminders: Reminder) -> None:
    for reminder in reminders:
        assert await tx.reminders.insert(reminder)


async def test_a_reminder_stands_once(store: Store) -> None:
    async with store.begin() as tx:
        await _stand(tx, _reminder())
        assert not await tx.reminders.insert(_reminder())
        assert await tx.reminders.list_for_pipeline("p1") == [_reminder()]


async def test_of_what_is_due_the_newest_of_each_hold_and_channel_is_said(store: Store) -> None:
    async with store.begin() as tx:
        await _stand(tx, *(_reminder(hours=hours) for hours in (1, 2, 3, 9)), _reminder(hours=1, channel="C2"))
        await _stand(tx, _reminder("w1:hold:j2", 2), _reminder("w2:hold:j3", 1, pipeline_id="p2"))
        taken = await tx.reminders.take("p1", NOW + 3 * HOUR)
        assert {(one.hold, one.channel, one.due_at) for one in taken} == {
            ("w1:hold:j1", "C1", NOW + 3 * HOUR),
            ("w1:hold:j1", "C2", NOW + 1 * HOUR),
            ("w1:hold:j2", "C1", NOW + 2 * HOUR),
        }
        assert await tx.reminders.take("p1", NOW + 3 * HOUR) == []
        assert await tx.reminders.find_next_due_at("p1") == NOW + 9 * HOUR
        assert await tx.reminders.find_next_due_at("p3") is None


async def test_replicas_that_take_the_same_say_it_once(store: Store, other_replica: Store) -> None:
    async with store.begin() as tx:
        await _stand(tx, _reminder())

    async def take(at: Store) -> int:
        async with at.begin() as tx:
            return len(await tx.reminders.take("p1", NOW + HOUR))

    assert sum(await asyncio.gather(*(take(at) for at in (store, other_replica) * 4))) == 1


async def test_a_channel_that_wants_no_more_stops_its_own(store: Store) -> None:
    async with store.begin() as tx:
        one, two, later = "w1:hold:j1", "w1:hold:j2", _reminder("w9:hold:j9", 9, pipeline_id="p9")
        await _stand(tx, later, *(_reminder(hold, hours) for hold in (one, two) for hours in (1, 2)))
        await _stand(tx, _reminder(one, channel="C2"))
        assert await tx.reminders.list_pipelines("T1", "C1") == ["p1", "p9"]
        assert await tx.reminders.list_scheduled_holds([two, "w1:hold:j3", one], "T1", "C1") == [two, one]
        await tx.reminders.delete_for_channel([one], "T1", "C1")
        assert await tx.reminders.list_scheduled_holds([two, one], "T1", "C1") == [two]
        assert await tx.reminders.list_scheduled_holds([two, one], "T1", "C2") == [one]
        await tx.reminders.delete_for_channel([two], "T1", "C1")
        assert await tx.reminders.list_pipelines("T1", "C1") == ["p9"]


async def test_what_is_decided_or_over_reminds_nobody(store: Store) -> None:
    async with store.begin() as tx:
        await _stand(tx, _reminder(), _reminder("w1:hold:j2"), _reminder("w1:hold:j3"))
        await tx.reminders.delete_for_holds(["w1:hold:j1"])
        await tx.reminders.delete_for_holds([])
        assert [one.hold for one in await tx.reminders.list_for_pipeline("p1")] == ["w1:hold:j2", "w1:hold:j3"]
        await tx.reminders.delete_for_pipeline("p1")
        assert await tx.reminders.list_for_pipeline("p1") == []
