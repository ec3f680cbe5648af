"""Notices of holds: what waits, the reminders that it still does, and what became of it.

All of it follows a pipeline as it was just read. Where that is not known nobody is reminded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, repeat

from bot.blocks import hold_blocks, reminder_blocks
from bot.blocks.direct_message_blocks import render_direct_message
from bot.blocks.hold_blocks import Hold
from bot.blocks.mention_blocks import add_mentions
from bot.blocks.person_blocks import format_known_name
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.conversation import Place
from bot.domain import Outcome, ProjectSlug
from bot.messages import About, Message
from bot.notify.publish import standings
from bot.notify.publish.channel_notices import ChannelReply, insert_reply, load_channel_settings
from bot.notify.readings import Reading
from bot.rules import durations
from bot.rules.dm_topics import APPROVALS, LETTER
from bot.rules.hold_resolution import HoldResolution, build_hold_key, find_resolution, get_hold
from bot.rules.match import matches_at_any_age
from bot.rules.placement import THREAD, find_deferral
from bot.rules.subscription import Subscription
from bot.rules.voting import Standing
from bot.store.reminders import Reminder
from bot.store.revisions import HoldNotice
from bot.store.store import Tx

_FRESH_FOR = timedelta(seconds=60)
"""A pipeline that was read longer ago is read again before anybody is reminded."""

_ToldHold = tuple[Hold, HoldResolution | None]
"""A hold, and what became of it."""


def render_waiting(
    outcome: Outcome, reading: Reading, links: Links, known: standings.Standings, workspace: str
) -> Message:
    """All that its pipeline waits for now, for somebody of this workspace who may approve it."""
    held = reading.snapshot.pending_holds or [get_hold(reading.snapshot, outcome.key)]
    keys = [build_hold_key(workflow, job) for workflow, job in held]
    holds = [_find_hold(reading, key, known.get((workspace, key))) for key in keys]
    return hold_blocks.merge_messages([hold_blocks.render_waiting(hold, links) for hold in holds])


def find_about(outcome: Outcome, snapshot: Snapshot) -> About:
    """What that message changes with."""
    return About(outcome.pipeline_id, tuple(build_hold_key(workflow, job) for workflow, job in snapshot.pending_holds))


async def list_standing_letters(tx: Tx, reading: Reading) -> dict[Place, HoldNotice]:
    """The direct messages that say already that something of the pipeline waits, by whom they are to."""
    notices = await tx.revisions.list_hold_notices(reading.snapshot.pipeline.id)
    return {one.place: one for one in notices if one.key.startswith(LETTER) and _is_waiting(reading, one)}


async def join(
    tx: Tx, reading: Reading, standing: HoldNotice, keys: Iterable[str], links: Links, *, now: datetime
) -> None:
    """From now on this notice tells of these holds too."""
    added = replace(standing, holds=tuple(dict.fromkeys((*standing.holds, *keys))))
    if added != standing:
        await tx.revisions.set_holds(added)
        await _update_notice(tx, reading, added, links, now)


async def announce(tx: Tx, reading: Reading, replies: Iterable[ChannelReply], links: Links, now: datetime) -> None:
    """Say in each place, in one notice, that these holds wait: in the one that stands, unless somebody is to see it.

    A changed message notifies nobody, so that who is mentioned for them gets a new one.
    """
    by_place: dict[Place, list[ChannelReply]] = {}
    for reply in replies:
        by_place.setdefault(reply.card.place, []).append(reply)
    for together in by_place.values():
        standing = await _find_standing(tx, reading, together)
        if standing:
            await join(tx, reading, standing, [reply.outcome.key for reply in together], links, now=now)
        else:
            await _insert_announcement(tx, reading, together, links, now)


async def _find_standing(tx: Tx, reading: Reading, replies: Sequence[ChannelReply]) -> HoldNotice | None:
    """What says already that something of the pipeline waits there, and was as much to be seen."""
    card, seen_by_all = replies[0].card, any(reply.broadcast for reply in replies)
    if any(reply.mentioned for reply in replies):
        return None
    for notice in await tx.revisions.list_hold_notices(card.pipeline_id):
        came_with_card = notice.published_at <= card.wanted_at
        visible = not seen_by_all or notice.broadcast or came_with_card
        announces = notice.is_posted and notice.reminded_at is None and not notice.key.startswith(LETTER)
        if announces and notice.place == card.place and visible and _is_waiting(reading, notice):
            return notice
    return None


async def _insert_announcement(
    tx: Tx, reading: Reading, replies: Sequence[ChannelReply], links: Links, now: datetime
) -> None:
    first, keys = replies[0], tuple(reply.outcome.key for reply in replies)
    targets = list(dict.fromkeys(target for reply in replies for target in reply.targets))
    broadcast = any(reply.broadcast for reply in replies)
    known = await standings.load(tx, reading)
    holds = [_find_hold(reading, key, known.get((first.card.workspace, key))) for key in keys]

    def draw() -> Message:
        drawn = [hold_blocks.render_by_card(hold, links) for hold in holds]
        return add_mentions(hold_blocks.merge_messages(drawn), targets, inline=True)

    about = About(first.card.pipeline_id, keys)
    doubted = first.doubted_since
    await insert_reply(tx, keys[0], first.card, draw, now, broadcast=broadcast, about=about, doubted_since=doubted)


async def update_notices(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """Let every notice say what is so by now: what became of its holds, what they still need, and who may approve them.

    Where the pipeline is abandoned it says that. A reminder also says whether more reminders follow.
    """
    await _settle_approvals(tx, reading, now)
    for notice in await tx.revisions.list_hold_notices(reading.snapshot.pipeline.id):
        await _update_notice(tx, reading, notice, links, now)


async def _settle_approvals(tx: Tx, reading: Reading, now: datetime) -> None:
    """Those of holds that do not wait any more."""
    for (_workspace, key), one in (await standings.load(tx, reading)).items():
        if end := _find_end(reading, _find_hold(reading, key)):
            await standings.settle(tx, one.approval, end, now)


async def _update_notice(tx: Tx, reading: Reading, notice: HoldNotice, links: Links, now: datetime) -> None:
    ends = _find_ends(reading, notice)
    known = await standings.load(tx, reading)
    told = [(_find_hold(reading, key, known.get((notice.workspace, key))), end) for key, end in ends.items()]
    waiting = [key for key, end in ends.items() if not end]
    scheduled = await tx.reminders.list_scheduled_holds(waiting, notice.workspace, notice.channel)
    message = partial(_render_notice, notice, told, links, scheduled)
    if waiting:
        await tx.revisions.restate(notice, message)
    else:
        await tx.revisions.conclude(notice, message, now)
    await tx.reminders.delete_for_holds([key for key, end in ends.items() if end])


def _is_waiting(reading: Reading, notice: HoldNotice) -> bool:
    """Whether something that it tells of still waits."""
    return not all(_find_ends(reading, notice).values())


def _find_ends(reading: Reading, notice: HoldNotice) -> dict[str, HoldResolution | None]:
    """What became of each hold that it is about."""
    return {key: _find_end(reading, _find_hold(reading, key)) for key in notice.holds}


def _find_hold(reading: Reading, key: str, standing: Standing | None = None) -> Hold:
    return Hold(reading.snapshot, reading.project, *get_hold(reading.snapshot, key), standing)


def _find_end(reading: Reading, hold: Hold) -> HoldResolution | None:
    return find_resolution(hold.snapshot, hold.workflow, hold.job) or reading.abandoned_as


def _render_notice(notice: HoldNotice, told: Sequence[_ToldHold], links: Links, scheduled: Sequence[str]) -> Message:
    """What an announcement begins with stays: whom it mentions, who asks."""
    begins = [] if notice.reminded_at or _is_letter(notice) else hold_blocks.list_headlines(notice.message)
    holds = [
        _render_hold(notice, hold, end, links) if end or not begin else _render_begun(notice, hold, links, begin)
        for (hold, end), begin in zip(told, chain(begins, repeat("")), strict=False)
    ]
    if notice.reminded_at:
        return reminder_blocks.render(holds, notice.pipeline_id, scheduled)
    message = hold_blocks.merge_messages(holds)
    return render_direct_message(message, APPROVALS) if _is_letter(notice) else message


def _is_letter(notice: HoldNotice) -> bool:
    return notice.key.startswith(LETTER)


def _render_begun(notice: HoldNotice, hold: Hold, links: Links, begin: str) -> Message:
    return hold_blocks.replace_headline(_render_hold(notice, hold, None, links), begin)


def _render_hold(notice: HoldNotice, hold: Hold, end: HoldResolution | None, links: Links) -> Message:
    """As it is now: what became of it, or that it waits, as this notice says it."""
    if end:
        decider = format_known_name(end.by, hold.snapshot.names)
        return hold_blocks.render_resolution(hold, end, decider, links=links)
    if notice.reminded_at:
        return hold_blocks.render_reminder(hold, links, notice.reminded_at)
    if _is_letter(notice) or notice.asks_somebody:
        return hold_blocks.render_waiting(hold, links)
    return hold_blocks.render_by_card(hold, links)


async def schedule_reminders(tx: Tx, outcome: Outcome, rules: Iterable[Subscription], now: datetime) -> None:
    """Write down when each rule's channel is to be reminded; not what would have been due before now."""
    for rule in rules:
        for after in rule.rule.remind:
            due_at = outcome.happened_at + durations.parse_span(after)
            if due_at > now:
                reminder = Reminder(outcome.key, outcome.pipeline_id, rule.workspace, rule.channel, due_at)
                await tx.reminders.insert(reminder)


async def remind(tx: Tx, reading: Reading, links: Links, now: datetime) -> None:
    """Post the reminders that are due while the pipeline moves, and have it read again when the next one is."""
    pipeline_id = reading.snapshot.pipeline.id
    if reading.finished_at:
        await tx.reminders.delete_for_pipeline(pipeline_id)
    elif now - reading.read_at < _FRESH_FOR:
        due: dict[Place, list[_DueReminder]] = {}
        for one in await _take_due(tx, reading, now):
            due.setdefault(one.reminder.place, []).append(one)
        for together in due.values():
            await _insert_reminder_notice(tx, together, links, now)
    if next_at := await tx.reminders.find_next_due_at(pipeline_id):
        await tx.pipelines.make_due_by(pipeline_id, next_at)


@dataclass(frozen=True, slots=True)
class _DueReminder:
    """`broadcast` shows it in the channel too, not only in the card's thread."""

    reminder: Reminder
    hold: Hold
    broadcast: bool


async def _take_due(tx: Tx, reading: Reading, now: datetime) -> list[_DueReminder]:
    """The reminders of holds that wait and that a rule still asks for.

    They are taken for good, or postponed where the channel is quiet or muted.
    """
    snapshot, project = reading.snapshot, reading.project
    taken = await tx.reminders.take(snapshot.pipeline.id, now)
    outcomes = {one.key: one for one in await tx.outcomes.list_for_pipeline(snapshot.pipeline.id)} if taken else {}
    rules = await tx.subscriptions.list_candidates(outcomes[taken[0].hold]) if taken else []
    known = await standings.load(tx, reading) if taken else {}
    due: list[_DueReminder] = []
    for reminder in taken:
        hold = _find_hold(reading, reminder.hold, known.get((reminder.workspace, reminder.hold)))
        here = [rule for rule in rules if rule.rule.remind and reminder.place == rule.place]
        wanting = [rule for rule in here if matches_at_any_age(rule, outcomes[reminder.hold])]
        waits = hold.job.is_held and not find_resolution(snapshot, hold.workflow, hold.job)
        if waits and wanting and not await _postpone(tx, reminder, wanting, project, now):
            due.append(_DueReminder(reminder, hold, broadcast=any(rule.rule.to != THREAD for rule in wanting)))
    return due


async def _postpone(
    tx: Tx, reminder: Reminder, rules: Sequence[Subscription], project: ProjectSlug, now: datetime
) -> bool:
    """Until the first of these rules may post again; False where one may post now."""
    settings = await load_channel_settings(tx, reminder.workspace, reminder.channel, now)
    deferrals = [find_deferral(settings, project, rule.id, at=now) for rule in rules]
    until = [deferral.until for deferral in deferrals if deferral]
    if len(until) < len(deferrals):
        return False
    await tx.reminders.insert(replace(reminder, due_at=min(until)))
    return True


async def _insert_reminder_notice(tx: Tx, due: Sequence[_DueReminder], links: Links, now: datetime) -> None:
    """All of a pipeline's in one place. The card is there by now unless everything went into a digest."""
    first, holds = due[0].reminder, tuple(one.reminder.hold for one in due)
    scheduled = await tx.reminders.list_scheduled_holds(holds, first.workspace, first.channel)

    def draw() -> Message:
        messages = [hold_blocks.render_reminder(one.hold, links, now) for one in due]
        return reminder_blocks.render(messages, first.pipeline_id, scheduled)

    await insert_reply(
        tx,
        f"{first.hold}:remind:{int(first.due_at.timestamp())}",
        await tx.cards.upsert(first.workspace, first.channel, first.pipeline_id, asked_by=None, now=now),
        draw,
        now,
        broadcast=any(one.broadcast for one in due),
        about=About(first.pipeline_id, holds),
        good_until=now + _FRESH_FOR,
    )
