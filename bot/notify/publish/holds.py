"""Holds, as they are told: what waits, and the last words once it is decided.

Both go by a pipeline as it was just read; hold_reminders.py says again that it waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import hold_blocks, reminder_blocks
from bot.blocks.direct_message_blocks import render_direct_message
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome
from bot.messages import About, Message
from bot.mrkdwn import cut, escape
from bot.notify.readings import Reading
from bot.rules.dm_topics import APPROVALS, LETTER
from bot.rules.hold_resolution import HoldResolution, build_hold_key, find_resolution, get_hold
from bot.store.revisions import HoldNotice
from bot.store.store import Tx


def build_about(outcome: Outcome) -> About | None:
    """What a notice of this outcome changes with."""
    return About(outcome.pipeline_id, (outcome.key,)) if outcome.kind == "on-hold" else None


def list_waiting(outcome: Outcome, snapshot: Snapshot) -> tuple[str, ...]:
    """The keys of all holds of the outcome's workflow that wait now."""
    held = [(workflow, job) for workflow, job in snapshot.pending_holds if workflow.id == outcome.workflow_id]
    return tuple(build_hold_key(workflow, job) for workflow, job in held)


def render_waiting(outcome: Outcome, snapshot: Snapshot, links: Links) -> Message:
    """All that a workflow waits for now, for somebody who may approve it."""
    found = [get_hold(snapshot, hold) for hold in list_waiting(outcome, snapshot) or (outcome.key,)]
    return hold_blocks.merge_messages(
        [hold_blocks.render_waiting(hold_blocks.Hold(snapshot, outcome.project, *hold), links) for hold in found]
    )


async def update_notices(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """Let every notice of holds that are decided say so. Where the pipeline is left, the others end as it was left.

    A reminder also says whether others are to come.
    """
    snapshot = reading.snapshot
    for standing in await tx.revisions.list_hold_notices(snapshot.pipeline.id):
        holds = {
            hold: hold_blocks.Hold(snapshot, reading.project, *get_hold(snapshot, hold)) for hold in standing.holds
        }
        fates = {
            key: find_resolution(snapshot, hold.workflow, hold.job) or reading.abandoned_as
            for key, hold in holds.items()
        }
        if standing.reminded_at is None and not any(fates.values()):
            continue
        told = [await _render_hold(tx, standing, hold, fates[key], links) for key, hold in holds.items()]
        message = await _render_notice(tx, standing, told, [key for key, end in fates.items() if not end])
        if all(fates.values()):
            await tx.revisions.conclude(standing, message, now)
        else:
            await tx.revisions.restate(standing, message)
        await tx.reminders.delete_for_holds([key for key, end in fates.items() if end])


async def _render_notice(tx: Tx, standing: HoldNotice, told: Sequence[Message], waiting: Sequence[str]) -> Message:
    if standing.reminded_at:
        to_come = await tx.reminders.list_scheduled_holds(waiting, standing.workspace, standing.channel)
        return reminder_blocks.render(told, standing.pipeline_id, to_come)
    message = hold_blocks.merge_messages(told)
    return render_direct_message(message, APPROVALS) if standing.key.startswith(LETTER) else message


async def _render_hold(
    tx: Tx, standing: HoldNotice, hold: hold_blocks.Hold, end: HoldResolution | None, links: Links
) -> Message:
    """What still waits is told as it was told."""
    if end:
        return hold_blocks.render_resolution(
            hold, end, await _format_decider(tx, standing.workspace, hold.snapshot, end), links
        )
    if standing.reminded_at is None:
        return hold_blocks.render_waiting(hold, links)
    return hold_blocks.render_reminder(hold, links, standing.reminded_at)


async def _format_decider(tx: Tx, workspace: str, snapshot: Snapshot, end: HoldResolution) -> str:
    """Whoever decided it: as Slack knows them if they are connected, else by their name at CircleCI."""
    if end.by is None:
        return ""
    user = await tx.accounts.find_user(workspace, end.by)
    return f"<@{user}>" if user else cut(escape(snapshot.names.get(end.by, "")), 80)
