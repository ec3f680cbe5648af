from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.actions import stop_reminders
from bot.circleci.links import Links
from bot.command import Context, Request, RequestSource
from bot.messages import About, Message
from bot.rules.hold_resolution import build_hold_key
from bot.store.reminders import Reminder
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock
from tests.plugins.factories import WEB, make_hold, make_pipeline, make_snapshot, make_workflow

PIPELINE, WORKFLOW = make_pipeline(1), make_workflow(1, "release", "on_hold", ended=False)
JOBS = (make_hold(1, "approve-staging"), make_hold(2, "approve-production"))
STAGING, PRODUCTION = (build_hold_key(WORKFLOW, job) for job in JOBS)


async def test_a_reminder_that_waits_to_be_sent_is_held_back_and_the_other_hold_told_anew(tmp_path: Path) -> None:
    """Slack was slow: the reminder of both stands in the queue while the channel wants no more of one."""
    store, clock = Store(await create_database(tmp_path), Vault([generate_key()])), FakeClock()
    context = _context(store, clock)
    now = clock.now()
    await _queued(store, clock)
    [staging] = await stop_reminders.list_upcoming(context, PIPELINE.id)
    await stop_reminders.stop(context, [staging])
    async with store.begin_read() as tx:
        assert await tx.revisions.list_hold_notices(PIPELINE.id) == []
        assert await tx.reminders.list_for_pipeline(PIPELINE.id) == [Reminder(PRODUCTION, PIPELINE.id, "T", "C", now)]
        [followed] = await tx.pipelines.list_due(WEB, now, 10)
        assert followed.id == PIPELINE.id, "so that it is told at once"
    await store.close()


def _context(store: Store, clock: FakeClock) -> Context:
    request = Request("T", "U1", "unremind", RequestSource.BUTTON, "k", channel="C")
    circleci: Any = None  # Nothing of this asks CircleCI.
    return Context(request, circleci, store, clock, Links(), wake=lambda: None)


async def _queued(store: Store, clock: FakeClock) -> None:
    """A reminder of both holds, not sent yet; another of the first is to come."""
    now, text = clock.now(), make_snapshot((WORKFLOW, JOBS), pipeline=PIPELINE).model_dump_json()
    about, tomorrow = About(PIPELINE.id, (STAGING, PRODUCTION)), now + timedelta(days=1)
    async with store.begin() as tx:
        await tx.polled_projects.upsert(WEB, now)
        await tx.pipelines.follow(PIPELINE.id, WEB, 1, branch="main", tag=None, snapshot=text, now=tomorrow)
        await tx.outbox.insert(
            "k", "T", "C", message=Message("It still waits"), about=about, good_until=tomorrow, now=now
        )
        await tx.reminders.insert(Reminder(STAGING, PIPELINE.id, "T", "C", tomorrow))
