"""What is muted in a channel: said aloud, listed, and ended at one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.command import line
from bot.conversation import here
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules.muting import Mute
from bot.rules.subscription import Subscription

_LASTING = (
    ("30 minutes", ("30m",)),
    ("2 hours", ("2h",)),
    ("Until tomorrow", ("until", "tomorrow")),
    ("Until Monday", ("until", "monday")),
)
_MOST = 10


def begun(mute: Mute) -> Message:
    """For everybody: who did it, and until when."""
    text = f":mute: <@{mute.made_by}> muted {what(mute)} until {status_blocks.moment(mute.until)}."
    after = "Who triggers something still hears how it ends. What was missed is told in one message after."
    return Message(text, [kit.section(text), kit.context(after), kit.actions([unmute_button(mute)])])


def ended(mute: Mute, user: str) -> Message:
    return Message(f":bell: <@{user}> unmuted {what(mute)}.")


def done(mute: Mute) -> Message:
    """For whoever did it."""
    text = f":mute: Muted {what(mute)} until {status_blocks.moment(mute.until)}. What was missed is told then."
    return Message(text, [kit.section(text), kit.actions([unmute_button(mute), _rules()])])


def heard(mutes: Sequence[Mute], quiet_until: datetime | None) -> Message:
    """What was missed is told now, unless the channel is quiet."""
    first, *others = mutes[:_MOST]
    named = " and ".join([what(first, capital=True), *map(what, others)])
    text = f":bell: {named} {'is' if len(mutes) == 1 else 'are'} heard again."
    later = (
        f"These are quiet hours: what was missed is told {status_blocks.moment(quiet_until)}." if quiet_until else ""
    )
    return Message(text, [kit.section(text), *([kit.context(later)] if later else []), kit.actions([_rules()])])


def asked(about: str | None, channel: str, mutes: Sequence[Mute]) -> Message:
    """For how long? And what is muted already."""
    target = [about] if about else []
    text = f"For how long is {_named(about, channel)} to be muted?"
    choices = [kit.button(label, line("mute", *words, *target)) for label, words in _LASTING]
    other = "Or say it: `mute 45m`, `mute until 17:00`, `mute 1d`."
    return Message(text, [kit.section(text), kit.actions(choices), kit.context(other), *listed(mutes)])


def _named(about: str | None, channel: str) -> str:
    if about is None:
        return here(channel)
    return f"rule {about.removeprefix('#')}" if about.removeprefix("#").isdigit() else code(about, 100)


def listed(mutes: Sequence[Mute], buttons: Sequence[kit.Pressable] = ()) -> list[kit.Block]:
    """What is muted, each with the button that ends it, before these buttons; nothing when there is neither."""
    shown = mutes[:_MOST]
    lines = [
        f":mute: {what(one, capital=True)} is muted by <@{one.made_by}> until {status_blocks.moment(one.until)}."
        for one in shown
    ]
    row = [*(unmute_button(one, named=len(mutes) > 1) for one in shown), *buttons]
    return [*([kit.section("\n".join(lines))] if lines else []), *([kit.actions(row)] if row else [])]


def told(rule: Subscription, mutes: Sequence[Mute]) -> str:
    """By whom a rule is muted and until when; nothing when it is not."""
    mute = _silencing(rule, mutes)
    if mute is None:
        return ""
    by = f":mute: muted by <@{mute.made_by}> until {status_blocks.moment(mute.until)}"
    return by if mute.rule_id is not None else f"{by} with {what(mute)}"


def of_rule(rule: Subscription, mutes: Sequence[Mute]) -> list[kit.Pressable]:
    """None where the whole channel is muted, or projects are: that is ended in the channel."""
    mute = _silencing(rule, mutes)
    if mute is None:
        return [mute_button(str(rule.id))]
    return [unmute_button(mute)] if mute.rule_id is not None else []


def _silencing(rule: Subscription, mutes: Sequence[Mute]) -> Mute | None:
    """What keeps it from being heard at all, the longest."""
    here = [one for one in mutes if one.channel == rule.channel and _silences(one, rule)]
    return max(here, key=lambda one: one.until, default=None)


def _silences(one: Mute, rule: Subscription) -> bool:
    if one.rule_id is not None:
        return one.rule_id == rule.id
    return one.scope is None or one.scope == rule.scope or bool(rule.scope.exact and one.scope.covers(rule.scope.exact))


def what(mute: Mute, *, capital: bool = False) -> str:
    if mute.rule_id is not None:
        return f"{'Rule' if capital else 'rule'} {mute.rule_id}"
    return code(str(mute.scope), 150) if mute.scope else _here(mute.channel, capital=capital)


def _here(channel: str, *, capital: bool) -> str:
    return here(channel).capitalize() if capital else here(channel)


def mute_button(*about: str) -> kit.Pressable:
    """Asks for how long."""
    return kit.button("Mute…", line("mute", *about))


def unmute_button(mute: Mute, *, named: bool = False) -> kit.Pressable:
    """Ends this one; `named` where several stand side by side."""
    label = f"Unmute {mute.about or 'the channel'}" if named else "Unmute"
    return kit.button(label, line("unmute", *filter(None, [mute.about])))


def _rules() -> kit.Pressable:
    return kit.button("Show all rules", line("subscriptions"))
