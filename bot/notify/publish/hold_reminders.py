"""Reminders of holds: written down when a hold is told, and said when they are due while it still waits.

It waits if the pipeline, as it was just read, says so. Where that is not known nobody is reminded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.blocks import hold_blocks, reminder_blocks
from bot.circleci.links import Links
from bot.domain import Outcome, ProjectSlug
from bot.messages import About, Message
from bot.notify.publish import card_thread
from bot.notify.publish.recipients import load_channel_settings
from bot.notify.readings import Reading
from bot.rules import durations
from bot.rules.hold_resolution import find_resolution, get_hold
from bot.rules.match import still_wants
from bot.rules.placement import THREAD, find_deferral
from bot.rules.subscription import Subscription
from bot.store.reminders import Reminder
from bot.store.store import Tx

_TRUE_FOR = timedelta(seconds=60)
"""What was read longer ago than this reminds nobody: it is read anew first."""


async def schedule(tx: Tx, outcome: Outcome, asking: Iterable[Subscription], now: datetime) -> None:
    """Write down when which channel is to be reminded. What would have been due before the announcement is not."""
    for rule in asking:
        for after in rule.rule.remind:
            due_at = outcome.happened_at + durations.parse_span(after)
            if due_at > now:
                await tx.reminders.insert(
                    Reminder(outcome.key, outcome.pipeline_id, rule.workspace, rule.channel, due_at)
                )


async def remind(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """Say what is due, as long as the pipeline moves, and have it read again when the next is."""
    pipeline_id = reading.snapshot.pipeline.id
    if reading.finished_at:
        await tx.reminders.delete_for_pipeline(pipeline_id)
    elif now - reading.read_at < _TRUE_FOR:
        for due in await _take_due(tx, reading, links, now):
            await _insert_notice(tx, due, now)
    if next_at := await tx.reminders.find_next_due_at(pipeline_id):
        await tx.pipelines.make_due_by(pipeline_id, next_at)


@dataclass(frozen=True, slots=True)
class _DueReminders:
    """Reminders to be said now together, each as it is `told`; `loud` where not only the thread hears them."""

    reminders: Sequence[Reminder]
    messages: Sequence[Message]
    loud: bool

    def __add__(self, other: _DueReminders) -> _DueReminders:
        return _DueReminders(
            [*self.reminders, *other.reminders], [*self.messages, *other.messages], self.loud or other.loud
        )


async def _take_due(tx: Tx, reading: Reading, links: Links, now: datetime) -> list[_DueReminders]:
    """What is to be said now, and never again: of holds that wait, where a rule still asks for reminders.

    Where it is quiet or muted they are put off until that is over. A channel hears of all holds of a pipeline at once.
    """
    snapshot, project = reading.snapshot, reading.project
    taken = await tx.reminders.take(snapshot.pipeline.id, now)
    known = {one.key: one for one in await tx.outcomes.list_for_pipeline(snapshot.pipeline.id)} if taken else {}
    rules = await tx.subscriptions.list_candidates(known[taken[0].hold]) if taken else []
    found: dict[tuple[str, str], _DueReminders] = {}
    for reminder in taken:
        hold = hold_blocks.Hold(snapshot, project, *get_hold(snapshot, reminder.hold))
        outcome = known[reminder.hold]
        here = [rule for rule in rules if rule.rule.remind and reminder.is_for(rule.workspace, rule.channel)]
        asking = [rule for rule in here if still_wants(rule, outcome)]
        waits = hold.job.is_held and not find_resolution(snapshot, hold.workflow, hold.job)
        if waits and asking and not await _postpone(tx, reminder, asking, project, now):
            loud = any(rule.rule.to != THREAD for rule in asking)
            one = _DueReminders([reminder], [hold_blocks.render_reminder(hold, links, now)], loud)
            place = (reminder.workspace, reminder.channel)
            found[place] = found[place] + one if place in found else one
    return list(found.values())


async def _postpone(
    tx: Tx, reminder: Reminder, asking: Sequence[Subscription], project: ProjectSlug, now: datetime
) -> bool:
    """Until the first of these rules may speak again; False where one may speak now."""
    found = await load_channel_settings(tx, reminder.workspace, reminder.channel, now)
    kept = [find_deferral(found, project, rule.id, now) for rule in asking]
    until = [one.until for one in kept if one]
    if len(until) < len(kept):
        return False
    await tx.reminders.insert(replace(reminder, due_at=min(until)))
    return True


async def _insert_notice(tx: Tx, due: _DueReminders, now: datetime) -> None:
    """In the card's thread, which is there by now unless everything went into a digest."""
    first, good_until = due.reminders[0], now + _TRUE_FOR
    holds = tuple(one.hold for one in due.reminders)
    to_come = await tx.reminders.list_scheduled_holds(holds, first.workspace, first.channel)
    message = reminder_blocks.render(due.messages, first.pipeline_id, to_come)
    card = await tx.cards.upsert(first.workspace, first.channel, first.pipeline_id, None, now)
    about = About(first.pipeline_id, holds)
    occasion = f"{first.hold}:remind:{int(first.due_at.timestamp())}"
    await card_thread.insert_reply(
        tx, occasion, card, message, now, broadcast=due.loud, about=about, good_until=good_until
    )
