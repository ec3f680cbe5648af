"""The form that sets a channel's project: the project, and the channel where none is open."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import ConversationFilter, ConversationSelectElement, ExternalDataSelectElement

from bot.blocks import kit
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _
from bot.line import Written

PROJECT, CHANNEL = "project", "channel"


def render(project: ProjectSlug | None, *, in_channel: bool) -> list[kit.Block]:
    """`project` is the one that is set. Outside of any channel the form asks for it first."""
    chosen = kit.option(project.name, str(project)) if project else None
    menu = ExternalDataSelectElement(
        action_id=PROJECT,
        placeholder=_("Ex. {example}", example="acme/web"),
        initial_option=chosen,
        min_query_length=0,
        focus_on_load=in_channel,
    )
    hint = _("Commands in the channel use it by default. I post there that you set it.")
    project_input = kit.input_block(_("Project"), menu, block_id=PROJECT, hint=hint)
    return [project_input] if in_channel else [_build_channel_input(), project_input]


def _build_channel_input() -> kit.Block:
    menu = ConversationSelectElement(
        action_id=CHANNEL,
        filter=ConversationFilter(include=["public", "private"], exclude_bot_users=True),
        focus_on_load=True,
    )
    return kit.input_block(_("Channel"), menu, block_id=CHANNEL)


def parse_form(fields: Mapping[str, str]) -> tuple[str, str | None]:
    """The project as it was chosen or typed, and the channel where the form asked for it."""
    return fields.get(PROJECT, "").strip(), fields.get(CHANNEL)


def format_form_line(then: str = "") -> Written:
    """`then` is what runs once the project is chosen."""
    return format_line("use", edit=True, then=then or None)


def build_button(label: str, then: str = "") -> kit.Pressable:
    """What opens the form."""
    return kit.button(label, format_form_line(then))
