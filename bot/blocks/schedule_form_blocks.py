"""The form that makes a schedule, and what it holds when it is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    NumberInputElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
)

from bot.blocks import kit
from bot.circleci.models import Project
from bot.circleci.timetable import DAYS
from bot.command import Modal, format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.line import parse_pairs
from bot.messages import Message

TITLE = N_("Add schedule")

Chosen = Mapping[str, Sequence[str]]
"""Inputs of which several may be chosen."""

_MONTHLY = [kit.option(f"Day {day} of the month", str(day)) for day in range(1, 32)]
_WEEKLY = [kit.option(day, day) for day in DAYS]
_HOURS = [kit.option(f"{hour:02}:00 UTC", str(hour)) for hour in range(24)]
_KINDS = [kit.option("A branch", "branch"), kit.option("A tag", "tag")]
_ACTORS = [kit.option(N_("You"), "me"), kit.option(N_("CircleCI (nobody in particular)"), "system")]


def render(project: Project, fields: Mapping[str, str], chosen: Chosen) -> Modal:
    """`fields` and `chosen` are what was filled in before, when something in it was wrong."""
    ref = fields.get("ref", project.default_branch or "")
    blocks = [
        _text_input(_("Name"), "name", fields.get("name"), example="Ex. nightly"),
        _multi_select(
            _("Days"),
            "on",
            [*_WEEKLY, *_MONTHLY],
            chosen=chosen.get("on", ()),
            hint=_("Of the week or of the month, not both."),
        ),
        _multi_select(_("Hours"), "at", _HOURS, chosen=chosen.get("at", ()), hint=""),
        kit.input_block(_("Times an hour"), _times(fields.get("times", "1")), block_id="times"),
        _radio_buttons(_("Runs on"), "kind", _KINDS, chosen=fields.get("kind")),
        _text_input(_("Branch or tag"), "ref", ref, example="Ex. main"),
        _radio_buttons(_("Runs as"), "as", _ACTORS, chosen=fields.get("as")),
        _pairs(fields.get("parameters")),
    ]
    return Modal(TITLE, blocks, line=format_line("schedules", "add", project.slug), submit=_("Add Schedule"))


def render_form_button(slug: ProjectSlug) -> Message:
    """Where no form could be opened."""
    text = _("Press the button for a form, or say it all at once: `schedules add nightly --on MON-FRI --at 2`.")
    button = kit.button(_("Add a Schedule…"), format_line("schedules", "add", str(slug)), style="primary")
    return Message(text, [kit.section(text), kit.actions([button])])


def _text_input(label: str, name: str, value: str | None, *, example: str) -> kit.Block:
    element = PlainTextInputElement(action_id=name, initial_value=value or None, placeholder=example, max_length=200)
    return kit.input_block(label, element, block_id=name)


def _multi_select(label: str, name: str, options: list[Option], *, chosen: Sequence[str], hint: str) -> kit.Block:
    before = [option for option in options if option.value in chosen]
    element = StaticMultiSelectElement(action_id=name, options=options, initial_options=before or None)
    return kit.input_block(label, element, block_id=name, hint=hint)


def _times(value: str) -> NumberInputElement:
    return NumberInputElement(
        action_id="times", is_decimal_allowed=False, initial_value=value, min_value="1", max_value="60"
    )


def _radio_buttons(label: str, name: str, options: list[Option], *, chosen: str | None) -> kit.Block:
    before = next((option for option in options if option.value == chosen), options[0])
    return kit.input_block(
        label, RadioButtonsElement(action_id=name, options=options, initial_option=before), block_id=name
    )


def _pairs(value: str | None) -> kit.Block:
    element = PlainTextInputElement(action_id="parameters", multiline=True, initial_value=value or None)
    return kit.input_block(
        _("Parameters"), element, block_id="parameters", optional=True, hint=_("One a line, as in image-tag=4.8.2.")
    )


def parse_form(fields: Mapping[str, str], chosen: Chosen) -> tuple[dict[str, str], dict[str, str]]:
    """The inputs as the options that could have been typed, by name without dashes, and the parameters."""
    options = {name: fields[name] for name in ("name", "times", "as") if name in fields}
    options |= {name: ",".join(chosen[name]) for name in ("on", "at") if chosen.get(name)}
    options |= {fields.get("kind", "branch"): fields.get("ref", "")}
    return options, parse_pairs(fields.get("parameters", ""))
