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
from bot.command import View, line
from bot.domain import ProjectSlug
from bot.line import pairs_of
from bot.messages import Message

TITLE = "Add a schedule"

Chosen = Mapping[str, Sequence[str]]
"""Inputs of which several may be chosen."""

_MONTHLY = [kit.option(f"Day {day} of the month", str(day)) for day in range(1, 32)]
_WEEKLY = [kit.option(day, day) for day in DAYS]
_HOURS = [kit.option(f"{hour:02}:00 UTC", str(hour)) for hour in range(24)]
_KINDS = [kit.option("A branch", "branch"), kit.option("A tag", "tag")]
_ACTORS = [kit.option("As you", "me"), kit.option("As CircleCI (nobody in particular)", "system")]


def draw(project: Project, fields: Mapping[str, str], chosen: Chosen) -> View:
    """`fields` and `chosen` are what was filled in before, when something in it was wrong."""
    ref = fields.get("ref", project.default_branch or "")
    blocks = [
        _text("Its name", "name", fields.get("name"), "nightly"),
        _several("Days", "on", [*_WEEKLY, *_MONTHLY], chosen.get("on", ()), "Of the week or of the month: no mixture."),
        _several("Hours", "at", _HOURS, chosen.get("at", ()), ""),
        kit.field("Times an hour", _times(fields.get("times", "1")), block_id="times"),
        _one("It runs on", "kind", _KINDS, fields.get("kind")),
        _text("The branch or tag", "ref", ref, "main"),
        _one("It runs", "as", _ACTORS, fields.get("as")),
        _pairs(fields.get("parameters")),
    ]
    return View(TITLE, blocks, line=line("schedules", "add", project.slug), submit="Add it")


def invitation(slug: ProjectSlug) -> Message:
    """Where no form could be opened."""
    text = "Press the button for a form, or say it all at once: `schedules add nightly --on MON-FRI --at 2`."
    button = kit.button("Add a schedule…", line("schedules", "add", str(slug)), style="primary")
    return Message(text, [kit.section(text), kit.actions([button])])


def _text(label: str, name: str, value: str | None, example: str) -> kit.Block:
    element = PlainTextInputElement(action_id=name, initial_value=value or None, placeholder=example, max_length=200)
    return kit.field(label, element, block_id=name)


def _several(label: str, name: str, options: list[Option], chosen: Sequence[str], hint: str) -> kit.Block:
    before = [option for option in options if option.value in chosen]
    element = StaticMultiSelectElement(action_id=name, options=options, initial_options=before or None)
    return kit.field(label, element, block_id=name, hint=hint)


def _times(value: str) -> NumberInputElement:
    return NumberInputElement(
        action_id="times", is_decimal_allowed=False, initial_value=value, min_value="1", max_value="60"
    )


def _one(label: str, name: str, options: list[Option], chosen: str | None) -> kit.Block:
    before = next((option for option in options if option.value == chosen), options[0])
    return kit.field(label, RadioButtonsElement(action_id=name, options=options, initial_option=before), block_id=name)


def _pairs(value: str | None) -> kit.Block:
    element = PlainTextInputElement(action_id="parameters", multiline=True, initial_value=value or None)
    return kit.field(
        "Parameters", element, block_id="parameters", optional=True, hint="One a line, as in image-tag=4.8.2."
    )


def read(fields: Mapping[str, str], chosen: Chosen) -> tuple[dict[str, str], dict[str, str]]:
    """The inputs as the options that could have been typed, by name without dashes, and the parameters."""
    options = {name: fields[name] for name in ("name", "times", "as") if name in fields}
    options |= {name: ",".join(chosen[name]) for name in ("on", "at") if chosen.get(name)}
    options |= {fields.get("kind", "branch"): fields.get("ref", "")}
    return options, pairs_of(fields.get("parameters", ""))
