"""To put back what somebody changed, exactly as it was: within ten minutes, once, and over nothing newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.actions import audit_trail, change_notices, channel_announcement, channel_rights, thing_states
from bot.blocks import announcement_blocks
from bot.command import Context, format_line
from bot.conversation import is_person
from bot.domain import ProjectScope
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, NotAllowed, TargetError
from bot.language import N_, _
from bot.permissions import ActTarget
from bot.rules.undoable_change import ThingKind, UndoableChange
from bot.store.store import Tx

log = structlog.get_logger(__name__)


async def find_change(context: Context, number: int) -> UndoableChange:
    """The change of this number, if it was made here, or by or to this person. Raises TargetError, NotAllowed."""
    request = context.request
    async with context.store.begin_read() as tx:
        change = await tx.undoable_changes.find(request.workspace, number)
    if change is None or not (change.channel in _list_places(context) or _concerns(change, request.user)):
        raise TargetError(_("I know of no such change here."), _build_rules_step())
    if not is_person(change.channel):
        await context.rights.check_act(ActTarget(channel=change.channel), change.act, final=False)
        await channel_rights.check_change(context, change.channel, _list_projects(change), change.act)
    _check_owner(context, change)
    return change


def _list_projects(change: UndoableChange) -> list[ProjectScope]:
    """Of its rules, or the channel's own."""
    states = [state for one in change.changes for state in (one.before, one.after) if state]
    return [ProjectScope.parse(state[key]) for state in states for key in ("scope", "project") if state.get(key)]


def _check_owner(context: Context, change: UndoableChange) -> None:
    """A preset is changed by its owner or an admin alone: by Undo too."""
    presets = [one for one in change.changes if one.thing.kind is ThingKind.PRESET]
    owners = {state["made_by"] for one in presets for state in (one.before, one.after) if state}
    if presets and not context.admin and context.request.user not in {change.user, *owners}:
        raise NotAllowed(
            _("This was somebody else's preset."), _("Ask <@{user}>, or an admin of circlebot.", user=change.user)
        )


async def list_recent(context: Context) -> list[UndoableChange]:
    """What was changed here, the newest first; some of it is undone again."""
    async with context.store.begin_read() as tx:
        return await tx.undoable_changes.list_recent(
            context.request.workspace, _list_places(context), context.clock.now()
        )


def _list_places(context: Context) -> list[str]:
    """Here, and what is the person's own wherever they are."""
    request = context.request
    return list(dict.fromkeys([request.channel or request.user, request.user]))


def _concerns(change: UndoableChange, user: str) -> bool:
    """Whether they did it, or it was done to a rule or a preset of theirs."""
    owned = [one for one in change.changes if one.thing.kind in {ThingKind.RULE, ThingKind.PRESET}]
    is_others = is_person(change.channel) and change.channel != user
    return any((one.before or {}).get("made_by") == user for one in owned) or (user == change.user and not is_others)


async def restore(context: Context, change: UndoableChange) -> None:
    """Raises TargetError where it is too late, or something newer stands in its place."""
    request, now = context.request, context.clock.now()
    async with context.store.begin() as tx:
        marked = await tx.undoable_changes.mark_undone(change, request.user)
        await _check(tx, context, change, marked=marked)
        for one in change.changes:
            await thing_states.restore_state(tx, change.place, one.thing, one.before, now=now)
        await channel_announcement.redraw_board(tx, change)
        undone = replace(change, undone_by=request.user)
        await change_notices.restate(tx, undone, now)
        await _notify_author(tx, context, undone)
        changed = [
            audit_trail.explain_change(replace(one, before=one.after, after=one.before)) for one in change.changes
        ]
        detail = {"in": change.channel, "changed": changed}
        audit_trail.record(context, tx, AuditKind.RULE, act="undo", what=f"undo {change.act}", detail=detail)
    log.info("channel.changed", channel=change.channel, act=f"undo {change.act}", said=str(change.id))
    context.wake()


async def _check(tx: Tx, context: Context, change: UndoableChange, *, marked: bool) -> None:
    now = context.clock.now()
    if not marked:
        found = await tx.undoable_changes.find(change.workspace, change.id)
        raise TargetError(
            _("<@{user}> has undone this already.", user=(found or change).undone_by), _build_rules_step()
        )
    if now >= change.ends_at or not change.changes:
        raise TargetError(_("That was more than ten minutes ago: it can no longer be undone."), *_list_ways(change))
    if not await change_notices.is_standing(tx, change, now):
        raise TargetError(_("Somebody has changed it again since: Undo would lose that."), *_list_ways(change))


async def _notify_author(tx: Tx, context: Context, change: UndoableChange) -> None:
    """Send it to who did it, if somebody else took it back; who reads it has seen it."""
    request, now = context.request, context.clock.now()
    if change.user == request.user or is_person(change.channel):
        return
    for text in list(change.notices.values())[:1]:
        message = partial(announcement_blocks.render_undone_notice, request.user, change.channel, text)
        await tx.outbox.insert(f"undone:{change.id}", change.workspace, change.user, message=message, now=now)


_RULES = (N_("Show All Rules"), format_line("subscriptions"))
_LISTS = {
    ThingKind.HOURS: (N_("Show Quiet Hours"), format_line("quiet")),
    ThingKind.BOARD: (N_("Show Deploys"), format_line("deploys")),
    ThingKind.LOGIN: (N_("Show My Logins"), format_line("me")),
    ThingKind.PRESET: (N_("Show Presets"), format_line("preset")),
}


def _build_rules_step() -> NextStep:
    label, line = _RULES
    return NextStep(_(label), line)


def _list_ways(change: UndoableChange) -> Sequence[NextStep]:
    """How to get the same another way."""
    thing, before = change.changes[0].thing, change.changes[0].before
    match thing.kind:
        case ThingKind.RULE if before is None:
            return [
                NextStep(_("Remove Rule {number}", number=thing.about), format_line("unsubscribe", thing.about)),
                _build_rules_step(),
            ]
        case ThingKind.RULE:
            rule = thing_states.build_rule(change.place, thing.about, before or {})
            options = rule.rule.to_options()
            again = NextStep(_("Subscribe Again"), format_line("subscribe", str(rule.scope), **options))
            return [again, _build_rules_step()]
        case ThingKind.PROJECT:
            slug = [before["project"]] if before else []
            label = _("Use the Former Project") if before else _("Remove the Default Project")
            return [NextStep(label, format_line("use", *slug, none=not slug))]
        case kind:
            label, line = _LISTS.get(kind, _RULES)
            return [NextStep(_(label), line)]
