"""A change to what a channel is notified of, for everybody in it, with the button that undoes it."""

from __future__ import annotations

from bot.blocks import hours_blocks, kit, subscription_blocks
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours
from bot.rules.subscription import Subscription


def render_rule_created(user: str, rule: Subscription, names: subscription_blocks.Names) -> Message:
    text = f":bell: <@{user}> subscribed this channel to {subscription_blocks.format_rule(rule, names)}."
    return _render_with_undo(text, kit.button("Undo", format_line("unsubscribe", str(rule.id))))


def render_rule_changed(user: str, rule: Subscription, names: subscription_blocks.Names) -> Message:
    text = (
        f":pencil2: <@{user}> changed rule {rule.id}: this channel gets messages about "
        f"{subscription_blocks.format_rule(rule, names)}."
    )
    return _render_with_undo(text, subscription_blocks.build_change_button(rule))


def render_rule_removed(user: str, rule: Subscription, names: subscription_blocks.Names, *, again: Written) -> Message:
    """`again` is the line that makes the rule."""
    text = (
        f":no_bell: <@{user}> removed rule {rule.id}: {subscription_blocks.format_rule(rule, names)} (made "
        f"by <@{rule.made_by}>)."
    )
    return _render_with_undo(text, kit.button("Undo", again))


def render_hours_changed(user: str, before: QuietHours, after: QuietHours) -> Message:
    zone = f" Times are those of {as_code(after.zone)}." if after.is_ever_quiet else ""
    text = (
        f":crescent_moon: <@{user}> set when this channel wants no news: it {hours_blocks.format_hours(after)}.{zone}"
    )
    return _render_with_undo(text, kit.button("Undo", _build_hours_line(before)))


def _build_hours_line(hours: QuietHours) -> Written:
    nights = [quiet_hours.format_quiet_hours(hours.quiet)] if hours.quiet else []
    return format_line("quiet", *nights, none=not nights, weekends=hours.weekends, zone=hours.zone)


def render_project_changed(user: str, named: str | None, before: ProjectSlug | None) -> Message:
    """`named` is mrkdwn for the project that the channel is about now."""
    now = f"{named}: no command here needs to name it" if named else "no default project"
    text = f":pushpin: <@{user}> set what this channel is about: {now}."
    return _render_with_undo(
        text, kit.button("Undo", format_line("use", *([str(before)] if before else []), none=before is None))
    )


def _render_with_undo(text: str, undo: kit.Pressable) -> Message:
    return Message(text, [kit.section(text), kit.actions([undo])])
