"""What is muted in a channel: said aloud, listed, and ended at one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import format_line
from bot.conversation import format_place, is_channel
from bot.domain import ProjectScope, get_scope_name
from bot.language import N_, _
from bot.language.formats import join_and
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription

_LASTING = (
    (N_("Mute for 1 Hour"), ("1h",)),
    (N_("Mute for 2 Hours"), ("2h",)),
    (N_("Mute Until Tomorrow"), ("until", "tomorrow")),
    (N_("Mute Until Monday"), ("until", "monday")),
)
_MOST = 10


def render_mute_confirmation(mute: Mute, undo: Sequence[kit.Pressable] = ()) -> Message:
    """For the person who did it; without an `undo` they read where they are what was done, with Undo."""
    after = _("Pipelines that people trigger still report. The rest is summarised when the mute ends.")
    buttons = kit.actions([build_unmute_button(mute), *undo, _build_rules_button()])
    if not undo:
        return Message(after, [kit.section(after), buttons])
    text = _format_muted(mute)
    return Message(text, [kit.section(text), buttons, kit.context(after)])


def _format_muted(mute: Mute) -> str:
    until = status_blocks.format_moment(mute.until)
    if mute.rule_id is not None:
        return _(":mute: Muted rule {rule} until {until}.", rule=mute.rule_id, until=until)
    if mute.scope:
        return _(":mute: Muted {project} until {until}.", project=_format_scope(mute.scope), until=until)
    if is_channel(mute.channel):
        return _(":mute: Muted this channel until {until}.", until=until)
    return _(":mute: Muted this conversation until {until}.", until=until)


def format_proposal(mute: Mute) -> str:
    """What would be muted, and until when."""
    until = status_blocks.format_moment(mute.until)
    if mute.rule_id is not None:
        return _("*Mute* rule {rule} until {until}", rule=mute.rule_id, until=until)
    if mute.scope:
        return _("*Mute* {project} in this channel until {until}", project=_format_scope(mute.scope), until=until)
    if is_channel(mute.channel):
        return _("*Mute* this channel until {until}", until=until)
    return _("*Mute* this conversation until {until}", until=until)


def render_unmute_confirmation(
    mutes: Sequence[Mute], quiet_until: datetime | None, offers: Sequence[kit.Pressable] = ()
) -> Message:
    """What was missed is told now, unless the channel is quiet."""
    text = _(":bell: Unmuted {targets}.", targets=format_targets(mutes))
    later = (
        _("These are quiet hours: you get what was missed {moment}.", moment=status_blocks.format_moment(quiet_until))
        if quiet_until
        else ""
    )
    return Message(text, [kit.section(text), kit.actions([*offers, _build_rules_button()]), *kit.build_notes(later)])


def format_targets(mutes: Sequence[Mute]) -> str:
    return join_and(list(map(_format_target, mutes[:_MOST])))


def render_duration_prompt(about: str | None, channel: str, mutes: Sequence[Mute]) -> Message:
    """For how long? And what is muted already."""
    target = [about] if about else []
    text = _ask_how_long(about, channel)
    choices = [kit.button(_(label), format_line("mute", *words, *target)) for label, words in _LASTING]
    other = _("Or type `/circle mute 45m`, `/circle mute until 17:00` or `/circle mute 1d`.")
    return Message(text, [kit.section(text), kit.actions(choices), kit.context(other), *build_list(mutes)])


def _ask_how_long(about: str | None, channel: str) -> str:
    if about is None:
        return (
            _("How long do you want to mute this channel?")
            if is_channel(channel)
            else _("How long do you want to mute this conversation?")
        )
    number = about.removeprefix("#")
    if number.isdigit():
        return _("How long do you want to mute rule {rule}?", rule=number)
    return _("How long do you want to mute {project}?", project=as_code(get_scope_name(about), 100))


def build_list(mutes: Sequence[Mute], buttons: Sequence[kit.Pressable] = ()) -> list[kit.Block]:
    """What is muted, each with the button that ends it, before these buttons; nothing when there is neither."""
    rows = [kit.section(format_mute(one), build_unmute_button(one)) for one in mutes[:_MOST]]
    return [*rows, *([kit.actions(buttons)] if buttons else [])]


def format_mute(mute: Mute) -> str:
    who, until = f"<@{mute.made_by}>", status_blocks.format_moment(mute.until)
    if mute.rule_id is not None:
        return _(":mute: {who} muted rule {rule} until {until}.", who=who, rule=mute.rule_id, until=until)
    if mute.scope:
        project = _format_scope(mute.scope)
        return _(":mute: {who} muted {project} until {until}.", who=who, project=project, until=until)
    if is_channel(mute.channel):
        return _(":mute: {who} muted this channel until {until}.", who=who, until=until)
    return _(":mute: {who} muted this conversation until {until}.", who=who, until=until)


def format_rule_mute(rule: Subscription, mutes: Sequence[Mute]) -> str:
    """By whom a rule is muted and until when; nothing when it is not."""
    mute = find_mute(rule, mutes)
    if mute is None:
        return ""
    who, until = f"<@{mute.made_by}>", status_blocks.format_moment(mute.until)
    if mute.rule_id is not None:
        return _(":mute: muted by {who} until {until}", who=who, until=until)
    if mute.scope:
        project = _format_scope(mute.scope)
        return _(":mute: muted by {who} until {until}, with all of {project}", who=who, until=until, project=project)
    return _(":mute: muted by {who} until {until}, with all of its channel", who=who, until=until)


def list_rule_choices(rule: Subscription, mutes: Sequence[Mute]) -> kit.Choices:
    """None where the whole channel is muted, or projects are: that is ended in the channel."""
    mute = find_mute(rule, mutes)
    if mute is None:
        return [(_("Mute…"), format_line("mute", str(rule.id)))]
    return [(_("Unmute"), format_line("unmute", mute.about))] if mute.rule_id is not None else []


def find_mute(rule: Subscription, mutes: Sequence[Mute]) -> Mute | None:
    """What keeps it from being heard at all, the longest."""
    here = [one for one in mutes if one.channel == rule.channel and _covers_rule(one, rule)]
    return max(here, key=lambda one: one.until, default=None)


def _covers_rule(one: Mute, rule: Subscription) -> bool:
    if one.rule_id is not None:
        return one.rule_id == rule.id
    return one.scope is None or one.scope == rule.scope or bool(rule.scope.exact and one.scope.covers(rule.scope.exact))


def _format_target(mute: Mute) -> str:
    if mute.rule_id is not None:
        return _("rule {rule}", rule=mute.rule_id)
    return _format_scope(mute.scope) if mute.scope else format_place(mute.channel)


def _format_scope(scope: ProjectScope) -> str:
    return as_code(scope.name, 150)


def build_mute_button(*about: str) -> kit.Pressable:
    """Asks for how long."""
    return kit.button(_("Mute…"), format_line("mute", *about))


def build_unmute_button(mute: Mute) -> kit.Pressable:
    """Ends this one."""
    line = format_line("unmute", *filter(None, [mute.about]))
    return kit.button(
        _("Unmute"), line, about=mute.scope.name if mute.scope else mute.about or format_place(mute.channel)
    )


def _build_rules_button() -> kit.Pressable:
    return kit.button(_("Show All Rules"), format_line("subscriptions"))
