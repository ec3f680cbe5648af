"""What is muted in a channel: said aloud, listed, and ended at one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import format_line
from bot.conversation import format_place
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription

_LASTING = (
    (N_("Mute for 30 Minutes"), ("30m",)),
    (N_("Mute for 2 Hours"), ("2h",)),
    (N_("Mute Until Tomorrow"), ("until", "tomorrow")),
    (N_("Mute Until Monday"), ("until", "monday")),
)
_MOST = 10


def render_mute_confirmation(mute: Mute, offers: Sequence[kit.Pressable] = ()) -> Message:
    """For the person who did it."""
    text = _(
        ":mute: Muted {target} until {moment}.",
        target=format_target(mute),
        moment=status_blocks.format_moment(mute.until),
    )
    after = _("Pipelines that people trigger still report. The rest is summarised when the mute ends.")
    buttons = [build_unmute_button(mute), *offers, _build_rules_button()]
    return Message(text, [kit.section(text), kit.actions(buttons), kit.context(after)])


def render_unmute_confirmation(
    mutes: Sequence[Mute], quiet_until: datetime | None, offers: Sequence[kit.Pressable] = ()
) -> Message:
    """What was missed is told now, unless the channel is quiet."""
    text = _(":bell: Unmuted {targets}.", targets=format_targets(mutes))
    later = (
        _("These are quiet hours: what was missed is told {moment}.", moment=status_blocks.format_moment(quiet_until))
        if quiet_until
        else ""
    )
    return Message(text, [kit.section(text), kit.actions([*offers, _build_rules_button()]), *kit.build_notes(later)])


def format_targets(mutes: Sequence[Mute]) -> str:
    *first, last = map(format_target, mutes[:_MOST])
    return _("{first} and {last}", first=", ".join(first), last=last) if first else last


def render_duration_prompt(about: str | None, channel: str, mutes: Sequence[Mute]) -> Message:
    """For how long? And what is muted already."""
    target = [about] if about else []
    text = _("For how long is {about} to be muted?", about=_format_about(about, channel))
    choices = [kit.button(label, format_line("mute", *words, *target)) for label, words in _LASTING]
    other = _("Or say it: `mute 45m`, `mute until 17:00`, `mute 1d`.")
    return Message(text, [kit.section(text), kit.actions(choices), kit.context(other), *build_list(mutes)])


def _format_about(about: str | None, channel: str) -> str:
    if about is None:
        return format_place(channel)
    return (
        _("rule {removeprefix}", removeprefix=about.removeprefix("#"))
        if about.removeprefix("#").isdigit()
        else as_code(about, 100)
    )


def build_list(mutes: Sequence[Mute], buttons: Sequence[kit.Pressable] = ()) -> list[kit.Block]:
    """What is muted, each with the button that ends it, before these buttons; nothing when there is neither."""
    rows = [kit.section(_format_row(one), build_unmute_button(one)) for one in mutes[:_MOST]]
    return [*rows, *([kit.actions(buttons)] if buttons else [])]


def _format_row(mute: Mute) -> str:
    until = status_blocks.format_moment(mute.until)
    return _(
        ":mute: {target} is muted by <@{made_by}> until {until}.",
        target=format_target(mute, capital=True),
        made_by=mute.made_by,
        until=until,
    )


def format_rule_mute(rule: Subscription, mutes: Sequence[Mute]) -> str:
    """By whom a rule is muted and until when; nothing when it is not."""
    mute = _find_mute(rule, mutes)
    if mute is None:
        return ""
    by = _(
        ":mute: muted by <@{made_by}> until {moment}",
        made_by=mute.made_by,
        moment=status_blocks.format_moment(mute.until),
    )
    return by if mute.rule_id is not None else _("{by} with {target}", by=by, target=format_target(mute))


def list_rule_choices(rule: Subscription, mutes: Sequence[Mute]) -> kit.Choices:
    """None where the whole channel is muted, or projects are: that is ended in the channel."""
    mute = _find_mute(rule, mutes)
    if mute is None:
        return [(_("Mute…"), format_line("mute", str(rule.id)))]
    return [(_("Unmute"), format_line("unmute", mute.about))] if mute.rule_id is not None else []


def _find_mute(rule: Subscription, mutes: Sequence[Mute]) -> Mute | None:
    """What keeps it from being heard at all, the longest."""
    here = [one for one in mutes if one.channel == rule.channel and _covers_rule(one, rule)]
    return max(here, key=lambda one: one.until, default=None)


def _covers_rule(one: Mute, rule: Subscription) -> bool:
    if one.rule_id is not None:
        return one.rule_id == rule.id
    return one.scope is None or one.scope == rule.scope or bool(rule.scope.exact and one.scope.covers(rule.scope.exact))


def format_target(mute: Mute, *, capital: bool = False) -> str:
    if mute.rule_id is not None:
        return f"{'Rule' if capital else 'rule'} {mute.rule_id}"
    return as_code(str(mute.scope), 150) if mute.scope else _format_channel(mute.channel, capital=capital)


def _format_channel(channel: str, *, capital: bool) -> str:
    return format_place(channel).capitalize() if capital else format_place(channel)


def build_mute_button(*about: str) -> kit.Pressable:
    """Asks for how long."""
    return kit.button(_("Mute…"), format_line("mute", *about))


def build_unmute_button(mute: Mute) -> kit.Pressable:
    """Ends this one."""
    line = format_line("unmute", *filter(None, [mute.about]))
    return kit.button(_("Unmute"), line, about=mute.about or format_place(mute.channel))


def _build_rules_button() -> kit.Pressable:
    return kit.button(_("Show All Rules"), format_line("subscriptions"))
