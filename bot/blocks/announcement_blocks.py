"""What somebody changed, told in one line to those whom it concerns, with the button that undoes it.

What others read is not said in the language of the one who did it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from bot.blocks import hours_blocks, kit, mute_blocks, person_blocks, preset_blocks, status_blocks, subscription_blocks
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape
from bot.rules.muting import Mute
from bot.rules.quiet_hours import QuietHours
from bot.rules.saved_preset import Preset
from bot.rules.subscription import Subscription
from bot.rules.undoable_change import UndoableChange


def render_line(text: str, button: kit.Pressable | None = None) -> Message:
    return Message(text, [kit.section(text, button)])


def render_undoable_line(text: str, change_id: int) -> Message:
    return render_line(text, build_undo_button(change_id))


def build_undo_line(change_id: int) -> Written:
    return format_line("undo", str(change_id))


def build_undo_button(change_id: int) -> kit.Pressable:
    return kit.button(_("Undo"), build_undo_line(change_id))


def build_unmute_button(about: str) -> kit.Pressable:
    return kit.button(_("Unmute"), format_line("unmute", *filter(None, [about])))


def build_undo_row(undo: Written | None) -> list[kit.Pressable]:
    """For the answer to the person who did it, where it is said nowhere else."""
    return [kit.button(_("Undo"), undo)] if undo else []


def format_ended(text: str, undone_by: str | None) -> str:
    return " ".join([text, _("_<@{user}> undid it._", user=undone_by)]) if undone_by else text


def render_undone_notice(user: str, channel: str, text: str) -> Message:
    """For the person who had done it."""
    where = subscription_blocks.format_channel(channel)
    return render_line(
        _(
            ":leftwards_arrow_with_hook: <@{user}> undid your change in {channel}. It was: {change}",
            user=user,
            channel=where,
            change=text,
        )
    )


def format_choice(change: UndoableChange) -> str:
    when = status_blocks.format_ago(change.made_at)
    return _("*Change {number}*, {when}: {change}", number=change.id, when=when, change=format_change(change))


def format_change(change: UndoableChange) -> str:
    """As its place was told."""
    said = _("<@{user}> used `{command}`.", user=change.user, command=change.act)
    return next(iter(change.notices.values()), said)


def format_rule_created(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    return _(
        ":bell: <@{user}> subscribed this channel to {rule}.",
        user=user,
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_rule_changed(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    return _(
        ":pencil2: <@{user}> changed rule {number}: {rule}.",
        user=user,
        number=rule.id,
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_rule_removed(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    owner = "" if rule.made_by == user else person_blocks.format_user(rule.made_by)
    told = {"user": user, "number": rule.id, "rule": subscription_blocks.format_rule(rule, names)}
    if owner:
        return _(":no_bell: <@{user}> removed rule {number} (owned by {owner}): {rule}.", **told, owner=owner)
    return _(":no_bell: <@{user}> removed rule {number}: {rule}.", **told)


def format_rule_taken_over(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    said = subscription_blocks.format_rule(rule, names)
    return _(
        ":handshake: <@{user}> took over rule {number} from <@{owner}>: {rule}.",
        user=user,
        number=rule.id,
        owner=rule.made_by,
        rule=said,
    )


RuleAct = Literal["changed", "removed", "taken over"]
PresetAct = Literal["saved", "replaced", "removed"]

_TO_RULE_OWNER: Mapping[RuleAct, str] = {
    "changed": N_(
        ":bust_in_silhouette: <@{user}> changed and took over your rule {number} in {channel}. It was: {rule}."
    ),
    "removed": N_(":bust_in_silhouette: <@{user}> removed your rule {number} in {channel}. It was: {rule}."),
    "taken over": N_(":bust_in_silhouette: <@{user}> took over your rule {number} in {channel}. It was: {rule}."),
}
_TO_PRESET_OWNER: Mapping[PresetAct, str] = {
    "replaced": N_(":bust_in_silhouette: <@{user}> replaced your preset *{preset}*. It was: {what_runs}."),
    "removed": N_(":bust_in_silhouette: <@{user}> removed your preset *{preset}*. It was: {what_runs}."),
}
_OF_CHANNEL: Mapping[PresetAct, str] = {
    "saved": N_(":bookmark: <@{user}> saved preset *{preset}* for this channel: {what_runs}."),
    "replaced": N_(":bookmark: <@{user}> replaced preset *{preset}*: {was} → {what_runs}."),
    "removed": N_(":bookmark: <@{user}> removed preset *{preset}*: {what_runs}."),
}
_OF_WORKSPACE: Mapping[PresetAct, str] = {
    "replaced": N_(":bookmark: <@{user}> replaced the whole workspace's preset *{preset}*."),
    "removed": N_(":bookmark: <@{user}> removed the whole workspace's preset *{preset}*."),
}


def format_for_owner(act: RuleAct, user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    """`rule` as it was before somebody else did that."""
    return _(
        _TO_RULE_OWNER[act],
        user=user,
        number=rule.id,
        channel=subscription_blocks.format_channel(rule.channel),
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_preset_changed(act: PresetAct, user: str, preset: Preset, before: Preset | None = None) -> str:
    """`preset` as it was, or as it is now; one of the whole workspace may run what not all here can see."""
    name = escape(preset.name)
    if preset.channel is None:
        return _(_OF_WORKSPACE[act], user=user, preset=name)
    was = _format_what_runs(before) if before else ""
    return _(_OF_CHANNEL[act], user=user, preset=name, what_runs=_format_what_runs(preset), was=was)


def format_for_preset_owner(act: PresetAct, user: str, preset: Preset) -> str:
    return _(_TO_PRESET_OWNER[act], user=user, preset=escape(preset.name), what_runs=_format_what_runs(preset))


def _format_what_runs(preset: Preset) -> str:
    return cut(preset_blocks.format_preset(preset), 1200)


def format_hours_changed(user: str, after: QuietHours) -> str:
    if not after.is_ever_quiet:
        return _(":crescent_moon: <@{user}> turned off the quiet hours of this channel.", user=user)
    return _(
        ":crescent_moon: <@{user}> changed the quiet hours of this channel: {hours} ({zone}).",
        user=user,
        zone=as_code(after.zone),
        hours=hours_blocks.format_hours(after),
    )


def format_project_changed(user: str, named: str | None, before: ProjectSlug | None) -> str:
    """`named` is mrkdwn for the project that is the channel's now."""
    if named:
        return _(":pushpin: <@{user}> made {project} this channel's default project.", user=user, project=named)
    if before is None:
        return _(":pushpin: <@{user}> removed this channel's default project.", user=user)
    was = as_code(before.name)
    return _(":pushpin: <@{user}> removed this channel's default project, {project}.", user=user, project=was)


def format_unmuted(user: str, mutes: Sequence[Mute]) -> str:
    return _(":bell: <@{user}> unmuted {targets}.", user=user, targets=mute_blocks.format_targets(mutes))
