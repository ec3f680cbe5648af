"""Freezes: the list, the form, and what channels are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import PlainTextInputElement, UserMultiSelectElement

from bot.blocks import freeze_words, kit
from bot.command import Modal, format_line
from bot.language import N_, _, ngettext
from bot.messages import Message
from bot.rules.project_freeze import Freeze

PROJECT, NAME, SINCE, UNTIL, PEOPLE, GROUPS = "project", "name", "since", "until", "people", "groups"

_TITLE = N_("Freeze projects")
_MOST = 20


def render_list(freezes: Sequence[Freeze], *, now: datetime, may_change: bool) -> Message:
    """Those that hold first; an admin can end each."""
    text = ngettext("{count} freeze", "{count} freezes", len(freezes)) if freezes else _("Nothing is frozen.")
    rows = [_build_row(one, now=now, may_change=may_change) for one in freezes[:_MOST]]
    means = _("A freeze stops starts, reruns and approvals. You can always cancel, decline and roll back.")
    buttons = [kit.actions([build_form_button()])] if may_change else []
    return Message(text, [kit.header(text.removesuffix(".")), *rows, *buttons, kit.context(means)])


def _build_row(freeze: Freeze, *, now: datetime, may_change: bool) -> kit.Block:
    said = freeze_words.format_freeze(freeze) if freeze.is_current(now) else freeze_words.format_planned(freeze)
    lines = f"{said}\n{freeze_words.format_meaning(freeze)}"
    return kit.section(lines, _build_end_button(freeze) if may_change else None)


def render_begun(freeze: Freeze, *, now: datetime) -> Message:
    """For the person who did it."""
    begun = freeze.is_current(now)
    said = freeze_words.format_freeze(freeze) if begun else freeze_words.format_planned(freeze)
    buttons = kit.actions([_build_end_button(freeze), _build_list_button()])
    return Message(said, [kit.section(said), buttons, kit.context(freeze_words.format_meaning(freeze))])


def render_announcement(freeze: Freeze) -> Message:
    """For a channel that hears of these projects."""
    said = freeze_words.format_freeze(freeze)
    return Message(said, [kit.section(said), kit.context(freeze_words.format_meaning(freeze))])


def render_thaw(freeze: Freeze) -> Message:
    """That it is over, for the same channel."""
    said = freeze_words.format_end(freeze)
    return Message(said, [kit.section(said)])


def render_ended(freeze: Freeze) -> Message:
    """For the person who ended it."""
    said = freeze_words.format_end(freeze)
    return Message(said, [kit.section(said), kit.actions([_build_list_button()])])


def build_loading_form() -> Modal:
    return Modal(_(_TITLE), kit.build_loading(_("Opening the form")))


def render_form(project: str | None, fields: Mapping[str, str], chosen: Mapping[str, Sequence[str]]) -> Modal:
    """As the person left it."""
    blocks = [
        _build_text(PROJECT, _("What"), fields.get(PROJECT, project or ""), example="gh/acme, gh/acme/web, all"),
        _build_text(NAME, _("Why"), fields.get(NAME), example="Black Friday", optional=True),
        _build_text(SINCE, _("From"), fields.get(SINCE), example="friday 16:00", optional=True),
        _build_text(UNTIL, _("Until"), fields.get(UNTIL), example="monday 9:00"),
        _build_people(chosen.get(PEOPLE, ())),
        _build_text(GROUPS, _("Except user groups"), fields.get(GROUPS), example="S0DEPLOYERS", optional=True),
    ]
    line = format_line("freeze", "add", *([project] if project else []))
    return Modal(_(_TITLE), blocks, line=line, submit=_("Freeze"))


def _build_text(name: str, label: str, value: str | None, *, example: str, optional: bool = False) -> kit.Block:
    element = PlainTextInputElement(
        action_id=name, initial_value=value or None, placeholder=_("Ex. {example}", example=example), max_length=150
    )
    return kit.input_block(label, element, block_id=name, optional=optional)


def _build_people(chosen: Sequence[str]) -> kit.Block:
    element = UserMultiSelectElement(action_id=PEOPLE, initial_users=list(chosen) or None, max_selected_items=20)
    return kit.input_block(_("Except people"), element, block_id=PEOPLE, optional=True)


def parse_form(
    fields: Mapping[str, str], chosen: Mapping[str, Sequence[str]]
) -> tuple[Mapping[str, str], Sequence[str]]:
    """Texts by block_id, and the people who are excepted."""
    return {name: text.strip() for name, text in fields.items()}, chosen.get(PEOPLE, ())


def render_form_button() -> Message:
    """Where no form could be opened."""
    text = _("Press the button for a form, or type it all: `/circle freeze gh/acme until monday 9:00`.")
    return Message(text, [kit.section(text), kit.actions([build_form_button()])])


def build_form_button() -> kit.Pressable:
    return kit.button(_("Freeze…"), format_line("freeze", "add"))


def _build_end_button(freeze: Freeze) -> kit.Pressable:
    about = freeze.scope.name if freeze.scope else _("every project")
    return kit.button(_("Thaw"), format_line("freeze", "end", str(freeze.id)), about=about)


def _build_list_button() -> kit.Pressable:
    return kit.button(_("Show Freezes"), format_line("freeze"))
