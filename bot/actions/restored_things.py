"""What stands again after an undo, in words: one sentence for each thing that was put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.actions import thing_states
from bot.blocks import hours_blocks, mute_blocks, preset_blocks, subscription_blocks
from bot.conversation import Place
from bot.domain import ProjectSlug
from bot.language import _
from bot.mrkdwn import as_code, cut, escape
from bot.rules.muting import Mute
from bot.rules.undoable_change import ThingChange, ThingKind, UndoableChange


def format_restored(change: UndoableChange) -> str:
    """For who reads in its place or is told the place beside it."""
    return " ".join(_FORMATS[one.thing.kind](change.place, one) for one in change.changes)


def format_undone(change: UndoableChange, here: str | None) -> str:
    """For the person who undid it."""
    restored = format_restored(change)
    if change.channel in {here, change.user}:
        return _(":leftwards_arrow_with_hook: Undone. {restored}", restored=restored)
    channel = subscription_blocks.format_channel(change.channel)
    return _(":leftwards_arrow_with_hook: Undone in {channel}. {restored}", channel=channel, restored=restored)


def _format_project(_place: Place, one: ThingChange) -> str:
    if one.before is None:
        return _("There is no default project, as before.")
    project = as_code(ProjectSlug.parse(one.before["project"]).name)
    return _("{project} is the default project again.", project=project)


def _format_hours(_place: Place, one: ThingChange) -> str:
    hours = thing_states.build_hours(one.before) if one.before else None
    if hours is None or not hours.is_ever_quiet:
        return _("There are no quiet hours, as before.")
    said = hours_blocks.format_hours(hours)
    return _("Quiet hours are {hours} ({zone}) again.", hours=said, zone=as_code(hours.zone))


def _format_rule(place: Place, one: ThingChange) -> str:
    number, state = one.thing.about, one.before or one.after or {}
    rule = subscription_blocks.format_rule(thing_states.build_rule(place, number, state), {})
    if one.before is None:
        return _("Rule {number} is gone again: {rule}.", number=number, rule=rule)
    if one.after is None:
        return _("Rule {number} posts again: {rule}.", number=number, rule=rule)
    owner = one.before["made_by"]
    if owner != one.after["made_by"]:
        return _("Rule {number} is <@{owner}>'s again: {rule}.", number=number, owner=owner, rule=rule)
    return _("Rule {number} is as it was: {rule}.", number=number, rule=rule)


def _format_mute(place: Place, one: ThingChange) -> str:
    state = one.before or one.after or {}
    until, made_at = (datetime.fromisoformat(state[name]) for name in ("until", "made_at"))
    mute = Mute(*place, until, state["made_by"], made_at, *Mute.parse_about(one.thing.about))
    if one.before:
        return mute_blocks.format_mute(mute)
    return _("No longer muted: {target}.", target=mute_blocks.format_targets([mute]))


def _format_board(_place: Place, one: ThingChange) -> str:
    if one.before is None:
        return _("What runs where is no longer kept up to date here, as before.")
    if one.before["project"] is None:
        return _("What runs where in this channel's projects is kept up to date again.")
    project = as_code(ProjectSlug.parse(one.before["project"]).name)
    return _("What runs where in {project} is kept up to date again.", project=project)


def _format_reminders(_place: Place, _one: ThingChange) -> str:
    return _("The reminders come again.")


def _format_login(_place: Place, one: ThingChange) -> str:
    login = as_code(one.thing.about)
    if one.before is None:
        return _("{login} is not one of your logins, as before.", login=login)
    return _("{login} is one of your logins again.", login=login)


def _format_preset(place: Place, one: ThingChange) -> str:
    preset = thing_states.build_preset(place, one.thing.about, one.before or one.after or {})
    name, what = escape(preset.name), cut(preset_blocks.format_preset(preset), 1500)
    if one.before is None:
        return _("Preset *{preset}* is gone again: {what_runs}.", preset=name, what_runs=what)
    return _("Preset *{preset}* is as it was: {what_runs}.", preset=name, what_runs=what)


_FORMATS: Mapping[ThingKind, Callable[[Place, ThingChange], str]] = {
    ThingKind.PROJECT: _format_project,
    ThingKind.HOURS: _format_hours,
    ThingKind.RULE: _format_rule,
    ThingKind.MUTE: _format_mute,
    ThingKind.BOARD: _format_board,
    ThingKind.REMINDERS: _format_reminders,
    ThingKind.LOGIN: _format_login,
    ThingKind.PRESET: _format_preset,
}
