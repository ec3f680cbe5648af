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
from bot.language.formats import format_weekday
from bot.line import parse_pairs
from bot.messages import Message

TITLE = N_("Add schedule")

Chosen = Mapping[str, Sequence[str]]
"""Inputs of which several may be chosen."""

_HOURS = [kit.option(f"{hour:02}:00 UTC", str(hour)) for hour in range(24)]
_KINDS = {"branch": N_("A branch"), "tag": N_("A tag")}
_ACTORS = {"me": N_("You"), "system": N_("CircleCI (nobody in particular)")}


def render(project: Project, fields: Mapping[str, str], chosen: Chosen) -> Modal:
    """`fields` and `chosen` are what was filled in before, when something in it was wrong."""
    ref = fields.get("ref", project.default_branch or "")
    blocks = [
        _text_input(_("Name"), "name", fields.get("name"), example="nightly"),
        _multi_select(
            _("Days"),
            "on",
            _build_day_options(),
            chosen=chosen.get("on", ()),
            hint=_("Of the week or of the month, not both."),
        ),
        _multi_select(_("Hours"), "at", _HOURS, chosen=chosen.get("at", ()), hint=""),
        kit.input_block(_("Times an hour"), _times(fields.get("times", "1")), block_id="times"),
        _radio_buttons(_("Runs on"), "kind", _KINDS, chosen=fields.get("kind")),
        _text_input(_("Branch or tag"), "ref", ref, example="main"),
        _radio_buttons(_("Runs as"), "as", _ACTORS, chosen=fields.get("as")),
        _pairs(fields.get("parameters")),
    ]
    return Modal(_(TITLE), blocks, line=format_line("schedules", "add", project.slug), submit=_("Add Schedule"))


def _build_day_options() -> list[Option]:
    weekly = [kit.option(format_weekday(number), day) for number, day in enumerate(DAYS)]
    return [*weekly, *(kit.option(_("Day {day} of the month", day=day), str(day)) for day in range(1, 32))]


def render_form_button(slug: ProjectSlug) -> Message:
    """Where no form could be opened."""
    text = _("Press the button for a form, or type it all: `/circle schedules add nightly --on MON-FRI --at 2`.")
    button = kit.button(_("Add a Schedule…"), format_line("schedules", "add", str(slug)), style="primary")
    return Message(text, [kit.section(text), kit.actions([button])])


def _text_input(label: str, name: str, value: str | None, *, example: str) -> kit.Block:
    element = PlainTextInputElement(
        action_id=name, initial_value=value or None, placeholder=_("Ex. {example}", example=example), max_length=200
    )
    return kit.input_block(label, element, block_id=name)


def _multi_select(label: str, name: str, options: list[Option], *, chosen: Sequence[str], hint: str) -> kit.Block:
    before = [option for option in options if option.value in chosen]
    element = StaticMultiSelectElement(action_id=name, options=options, initial_options=before or None)
    return kit.input_block(label, element, block_id=name, hint=hint)


def _times(value: str) -> NumberInputElement:
    return NumberInputElement(
        action_id="times", is_decimal_allowed=False, initial_value=value, min_value="1", max_value="60"
    )


def _radio_buttons(label: str, name: str, choices: Mapping[str, str], *, chosen: str | None) -> kit.Block:
    options = [kit.option(_(shown), value) for value, shown in choices.items()]
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
