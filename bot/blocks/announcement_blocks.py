"""What somebody changed, told in one line to those whom it concerns, with the button that undoes it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import hours_blocks, kit, mute_blocks, preset_blocks, status_blocks, subscription_blocks
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _
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
    return _("{text} _Undone by <@{undone_by}>._", text=text, undone_by=undone_by) if undone_by else text


def format_restored(change: UndoableChange, here: str | None) -> str:
    """For the person who undid it."""
    where = (
        ""
        if change.channel in {here, change.user}
        else _(" in {channel}", channel=subscription_blocks.format_channel(change.channel))
    )
    return _(":leftwards_arrow_with_hook: Undone: all is as it was before{where}.", where=where)


def render_undone_notice(user: str, channel: str, text: str) -> Message:
    """For the person who had done it."""
    where = subscription_blocks.format_channel(channel)
    return render_line(
        _(
            ":leftwards_arrow_with_hook: <@{user}> undid your change in {where}. It was: {text}",
            user=user,
            where=where,
            text=text,
        )
    )


def format_choice(change: UndoableChange) -> str:
    when = status_blocks.format_ago(change.made_at)
    said = next(iter(change.notices.values()), _("<@{user}> used `{act}`.", user=change.user, act=change.act))
    return f"*Change {change.id}*, {when}: {said}"


def format_rule_created(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    return _(
        ":bell: <@{user}> subscribed this channel to {rule}.",
        user=user,
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_rule_changed(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    return _(
        ":pencil2: <@{user}> changed rule {id}: {rule}.",
        user=user,
        id=rule.id,
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_rule_removed(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    return _(
        ":no_bell: <@{user}> removed rule {id}: {rule}.",
        user=user,
        id=rule.id,
        rule=subscription_blocks.format_rule(rule, names),
    )


def format_rule_taken_over(user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    said = subscription_blocks.format_rule(rule, names)
    return _(
        ":handshake: <@{user}> took over rule {id} from <@{made_by}>: {said}.",
        user=user,
        id=rule.id,
        made_by=rule.made_by,
        said=said,
    )


def format_for_owner(did: str, user: str, rule: Subscription, names: subscription_blocks.Names) -> str:
    """`did` says what somebody did with their rule: `removed`, `changed`, `took over`."""
    where = subscription_blocks.format_channel(rule.channel)
    said = subscription_blocks.format_rule(rule, names)
    return _(
        ":bust_in_silhouette: <@{user}> {did} your rule {id} in {where}. It was: {said}.",
        user=user,
        did=did,
        id=rule.id,
        where=where,
        said=said,
    )


def format_preset_changed(did: str, user: str, preset: Preset) -> str:
    """`preset` as it was, or as it is now; one of the whole workspace may run what not all here can see."""
    if preset.channel is None:
        return _(
            ":bookmark: <@{user}> {did} the whole workspace's preset *{name}*.",
            user=user,
            did=did,
            name=escape(preset.name),
        )
    return _(
        ":bookmark: <@{user}> {did} preset *{name}*: {what_runs}.",
        user=user,
        did=did,
        name=escape(preset.name),
        what_runs=_format_what_runs(preset),
    )


def format_for_preset_owner(did: str, user: str, preset: Preset) -> str:
    said = _("<@{user}> {did} your preset *{name}*", user=user, did=did, name=escape(preset.name))
    return _(":bust_in_silhouette: {said}. It was: {what_runs}.", said=said, what_runs=_format_what_runs(preset))


def _format_what_runs(preset: Preset) -> str:
    return cut(preset_blocks.format_preset(preset), 1500)


def format_hours_changed(user: str, after: QuietHours) -> str:
    zone = f" ({as_code(after.zone)})" if after.is_ever_quiet else ""
    return _(
        ":crescent_moon: <@{user}> changed the quiet hours: this channel {hours}{zone}.",
        user=user,
        hours=hours_blocks.format_hours(after),
        zone=zone,
    )


def format_project_changed(user: str, named: str | None, before: ProjectSlug | None) -> str:
    """`named` is mrkdwn for the project that is the channel's now."""
    if named:
        return _(":pushpin: <@{user}> made {named} this channel's default project.", user=user, named=named)
    was = f", {as_code(str(before))}" if before else ""
    return _(":pushpin: <@{user}> removed this channel's default project{was}.", user=user, was=was)


def format_muted(mute: Mute) -> str:
    until = status_blocks.format_moment(mute.until)
    return _(
        ":mute: <@{made_by}> muted {target} until {until}.",
        made_by=mute.made_by,
        target=mute_blocks.format_target(mute),
        until=until,
    )


def format_unmuted(user: str, mutes: Sequence[Mute]) -> str:
    return _(":bell: <@{user}> unmuted {targets}.", user=user, targets=mute_blocks.format_targets(mutes))
