from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.actions import stop_reminders
from bot.circleci.links import Links
from bot.command import Context, Request, Source
from bot.messages import About, Message
from bot.rules.hold_resolution import key
from bot.store.reminders import Reminder
from bot.store.store import Store
from bot.store.vault import Vault, new_key
from tests.plugins.database import migrated
from tests.plugins.delivery_harness import MovedClock
from tests.plugins.factories import WEB, a_hold, a_pipeline, a_snapshot, a_workflow

PIPELINE, WORKFLOW = a_pipeline(1), a_workflow(1, "release", "on_hold", ended=False)
JOBS = (a_hold(1, "approve-staging"), a_hold(2, "approve-production"))
STAGING, PRODUCTION = (key(WORKFLOW, job) for job in JOBS)


async def test_a_reminder_that_waits_to_be_sent_is_held_back_and_the_other_hold_told_anew(tmp_path: Path) -> None:
    """Slack was slow: the reminder of both stands in the queue while the channel wants no more of one."""
    store, clock = Store(await migrated(tmp_path), Vault([new_key()])), MovedClock()
    context = _context(store, clock)
    now = clock.now()
    await _queued(store, clock)
    [staging] = await stop_reminders.to_come(context, PIPELINE.id)
    await stop_reminders.stop(context, [staging])
    async with store.read() as tx:
        assert await tx.revisions.standing(PIPELINE.id) == []
        assert await tx.reminders.of(PIPELINE.id) == [Reminder(PRODUCTION, PIPELINE.id, "T", "C", now)]
        [followed] = await tx.pipelines.due(WEB, now, 10)
        assert followed.id == PIPELINE.id, "so that it is told at once"
    await store.close()


def _context(store: Store, clock: MovedClock) -> Context:
    request = Request("T", "U1", "unremind", Source.BUTTON, "k", channel="C")
    circleci: Any = None  # Nothing of this asks CircleCI.
    return Context(request, circleci, store, clock, Links(), nudge=lambda: None)


async def _queued(store: Store, clock: MovedClock) -> None:
    """A reminder of both holds, not sent yet; another of the first is to come."""
    now, text = clock.now(), a_snapshot((WORKFLOW, JOBS), pipeline=PIPELINE).model_dump_json()
    about, tomorrow = About(PIPELINE.id, (STAGING, PRODUCTION)), now + timedelta(days=1)
    async with store.begin() as tx:
        await tx.watches.ensure(WEB, now)
        await tx.pipelines.follow(PIPELINE.id, WEB, 1, "main", None, text, tomorrow)
        await tx.outbox.add("k", "T", "C", Message("It still waits"), about=about, good_until=tomorrow, now=now)
        await tx.reminders.add(Reminder(STAGING, PIPELINE.id, "T", "C", tomorrow))
