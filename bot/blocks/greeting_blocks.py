"""What somebody can do next: after connecting, and in the first message that we ever write to them or to a channel."""

from __future__ import annotations

from bot.blocks import kit, project_form_blocks
from bot.blocks.first_steps_blocks import FirstSteps
from bot.command import format_line
from bot.language import _
from bot.messages import Message


def build_next_steps(*, in_channel: bool, has_project: bool, is_told: bool) -> list[kit.Pressable]:
    """For somebody who is connected. A place that nothing can be posted in (`is_told` is false) offers no rule."""
    project = project_form_blocks.build_button(
        _("Choose This Channel's Project…") if in_channel else _("Choose Project…")
    )
    trigger = kit.button(_("Trigger…"), format_line("trigger"))
    subscribe = kit.button(_("Subscribe…"), format_line("subscribe"))
    return [*([] if has_project else [project]), trigger, *([subscribe] if is_told else [])]


def render_greeting(user: str, steps: FirstSteps) -> Message:
    """Who we are, and three things: what is left of the first steps, else what one does every day."""
    text = _(
        ":wave: Hello <@{user}>, I bring CircleCI to Slack: trigger, watch, rerun, cancel and approve pipelines.",
        user=user,
    )
    how = _("You are connected.") if steps.is_connected else _("Connect once, and I act with your own rights.")
    acts = [*_list_first_acts(steps), kit.button(_("Show What I Can Do"), format_line("help"))]
    return Message(f"{text} {how}", [kit.section(f"{text}\n{how}"), kit.actions(acts)])


def _list_first_acts(steps: FirstSteps) -> list[kit.Pressable]:
    tour = kit.button(_("Take the Tour"), format_line("tour"))
    trigger = kit.button(_("Trigger…"), format_line("trigger"))
    if not steps.is_connected:
        return [kit.button(_("Connect CircleCI"), format_line("connect"), style="primary"), tour]
    if not steps.has_rule:
        return [kit.button(_("Subscribe…"), format_line("subscribe")), tour]
    if not (steps.has_watched and steps.has_acted):
        return [trigger, tour]
    return [trigger, kit.button(_("Show Recent Pipelines"), format_line("recent"))]


def render_channel_greeting() -> Message:
    """What a channel to which somebody added us can have, and the two ways to begin."""
    text = _(":wave: I can post here what fails, recovers or waits for approval in CircleCI, as soon as you subscribe.")
    buttons = [
        project_form_blocks.build_button(_("Set Project…")),
        kit.button(_("Subscribe…"), format_line("subscribe"), style="primary"),
    ]
    return Message(text, [kit.section(text), kit.actions(buttons)])
