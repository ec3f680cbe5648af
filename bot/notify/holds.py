"""Holds, as they are told: reminders that stand until they are due, and last words once a hold is decided.

Both go by a pipeline as it was just read. Where a hold is no longer known to wait, nobody is reminded of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.blocks import hold as said
from bot.blocks.personal import letter
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.domain import About, Message, Outcome, ProjectSlug, Subscription
from bot.judging.hold import Fate, fate, find, key
from bot.judging.placement import THREAD, held
from bot.judging.topics import APPROVALS, LETTER
from bot.mrkdwn import cut, escape
from bot.notify.habits import habits
from bot.rules import durations
from bot.store.reminders import Reminder
from bot.store.store import Tx

TRUE_FOR = timedelta(seconds=60)
"""What was read longer ago than this reminds nobody: it is read anew first."""


def about(outcome: Outcome) -> About | None:
    """What a notice of this outcome changes with."""
    return About(outcome.pipeline_id, (outcome.key,)) if outcome.kind == "on-hold" else None


def waiting(outcome: Outcome, snapshot: Snapshot) -> tuple[str, ...]:
    """The keys of all holds of the outcome's workflow that wait now."""
    held = [(workflow, job) for workflow, job in snapshot.held if workflow.id == outcome.workflow_id]
    return tuple(key(workflow, job) for workflow, job in held)


def together(outcome: Outcome, snapshot: Snapshot, links: Links) -> Message:
    """All that a workflow waits for now, for somebody who may approve it."""
    found = [find(snapshot, hold) for hold in waiting(outcome, snapshot) or (outcome.key,)]
    return said.together([said.waits(said.Hold(snapshot, outcome.project, *hold), links) for hold in found])


async def promise(tx: Tx, outcome: Outcome, asking: Iterable[Subscription], now: datetime) -> None:
    """Write down when which channel is to be reminded. What would have been due before the announcement is not."""
    for rule in asking:
        for after in rule.rule.remind:
            due_at = outcome.happened_at + durations.read(after)
            if due_at > now:
                await tx.reminders.add(Reminder(outcome.key, outcome.pipeline_id, rule.workspace, rule.channel, due_at))


@dataclass(frozen=True, slots=True)
class Due:
    """Reminders to be said now in one message; `loud` where the channel hears it too, and not only the thread."""

    reminders: Sequence[Reminder]
    message: Message
    loud: bool


async def due(tx: Tx, snapshot: Snapshot, project: ProjectSlug, links: Links, now: datetime) -> list[Due]:
    """What is to be said now, and never again: of holds that wait, where a rule still asks for reminders.

    Where it is quiet or muted they are put off until that is over. A channel hears of all holds of a pipeline at once.
    """
    taken = await tx.reminders.take(snapshot.pipeline.id, now)
    rules = await tx.subscriptions.of_project(project) if taken else []
    known = {one.key: one for one in await tx.outcomes.of_pipeline(snapshot.pipeline.id)} if taken else {}
    found: dict[tuple[str, str], Due] = {}
    for reminder in taken:
        hold = said.Hold(snapshot, project, *find(snapshot, reminder.hold))
        asking = [rule for rule in rules if rule.rule.remind and reminder.is_for(rule.workspace, rule.channel)]
        waits = hold.job.held and not fate(snapshot, hold.workflow, hold.job)
        if waits and asking and not await _put_off(tx, reminder, asking, project, now):
            waited = now - known[reminder.hold].happened_at
            message = said.still_waits(hold, links, waited_s=waited.total_seconds())
            one = Due([reminder], message, loud=any(rule.rule.to != THREAD for rule in asking))
            place = (reminder.workspace, reminder.channel)
            found[place] = _with(found[place], one) if place in found else one
    return list(found.values())


def _with(one: Due, other: Due) -> Due:
    message = said.together([one.message, other.message])
    return Due([*one.reminders, *other.reminders], message, loud=one.loud or other.loud)


async def _put_off(
    tx: Tx, reminder: Reminder, asking: Sequence[Subscription], project: ProjectSlug, now: datetime
) -> bool:
    """Until the first of these rules may speak again; False where one may speak now."""
    found = await habits(tx, reminder.workspace, reminder.channel, now)
    kept = [held(found, project, rule.id, now) for rule in asking]
    until = [one.until for one in kept if one]
    if len(until) < len(kept):
        return False
    await tx.reminders.add(replace(reminder, due_at=min(until)))
    return True


async def conclude(
    tx: Tx, snapshot: Snapshot, project: ProjectSlug, links: Links, now: datetime, *, otherwise: Fate | None
) -> None:
    """Let every notice of holds that are decided say so. The others end as `otherwise` where that is given."""
    for standing in await tx.revisions.standing(snapshot.pipeline.id):
        holds = [said.Hold(snapshot, project, *find(snapshot, hold)) for hold in standing.holds]
        fates = [fate(snapshot, hold.workflow, hold.job) or otherwise for hold in holds]
        if not any(fates):
            continue
        told = [await _told(tx, standing.workspace, hold, end, links) for hold, end in zip(holds, fates, strict=True)]
        message = said.together(told)
        if standing.key.startswith(LETTER):
            message = letter(message, APPROVALS)
        if all(fates):
            await tx.revisions.conclude(standing, message, now)
        else:
            await tx.revisions.restate(standing, message)
        await tx.reminders.drop([hold for hold, end in zip(standing.holds, fates, strict=True) if end])


async def _told(tx: Tx, workspace: str, hold: said.Hold, end: Fate | None, links: Links) -> Message:
    who = await _who(tx, workspace, hold.snapshot, end) if end else ""
    return said.decided(hold, end, who, links) if end else said.waits(hold, links)


async def _who(tx: Tx, workspace: str, snapshot: Snapshot, end: Fate) -> str:
    """Whoever decided it: as Slack knows them if they are connected, else by their name at CircleCI."""
    if end.by is None:
        return ""
    user = await tx.accounts.user_of(workspace, end.by)
    return f"<@{user}>" if user else cut(escape(snapshot.names.get(end.by, "")), 80)
