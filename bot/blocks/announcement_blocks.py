"""What somebody changed of what a channel hears, for everybody in it, with the button that takes it back."""

from __future__ import annotations

from bot.blocks import hours_blocks, kit, subscription_blocks
from bot.command import line
from bot.domain import ProjectSlug
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules import quiet_hours
from bot.rules.quiet_hours import Hours
from bot.rules.subscription import Subscription


def made(user: str, rule: Subscription, names: subscription_blocks.Names) -> Message:
    text = f":bell: <@{user}> lets this channel hear of {subscription_blocks.sentence(rule, names)}."
    return _told(text, kit.button("Undo", line("unsubscribe", str(rule.id))))


def changed(user: str, rule: Subscription, names: subscription_blocks.Names) -> Message:
    text = (
        f":pencil2: <@{user}> changed rule {rule.id}: this channel hears of "
        f"{subscription_blocks.sentence(rule, names)}."
    )
    return _told(text, subscription_blocks.change_button(rule))


def removed(user: str, rule: Subscription, names: subscription_blocks.Names, again: Written) -> Message:
    """`again` is the line that makes the rule."""
    text = (
        f":no_bell: <@{user}> removed rule {rule.id}: {subscription_blocks.sentence(rule, names)} (made by "
        f"<@{rule.made_by}>)."
    )
    return _told(text, kit.button("Undo", again))


def hours(user: str, before: Hours, after: Hours) -> Message:
    zone = f" Times are those of {code(after.zone)}." if after.ever else ""
    text = f":crescent_moon: <@{user}> set when this channel wants no news: it {hours_blocks.sentence(after)}.{zone}"
    return _told(text, kit.button("Undo", _hours_line(before)))


def _hours_line(hours: Hours) -> Written:
    nights = [quiet_hours.said(hours.quiet)] if hours.quiet else []
    return line("quiet", *nights, none=not nights, weekends=hours.weekends, zone=hours.zone)


def about(user: str, named: str | None, before: ProjectSlug | None) -> Message:
    """`named` is mrkdwn for the project that the channel is about now."""
    now = f"{named}: no command here needs to name it" if named else "no project any more"
    text = f":pushpin: <@{user}> set what this channel is about: {now}."
    return _told(text, kit.button("Undo", line("use", *([str(before)] if before else []), none=before is None)))


def _told(text: str, undo: kit.Pressable) -> Message:
    return Message(text, [kit.section(text), kit.actions([undo])])
