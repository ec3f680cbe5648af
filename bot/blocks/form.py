"""The form that starts a pipeline: project, branch, definition, and one input per declared parameter, of its type.

A field's block_id is its name and, after an @, a fingerprint of what it depends on: Slack keeps what was typed while a
block_id stays, so choosing another project or branch makes new fields, unless they are the same ones there. A print
that begins with `p` marks a pipeline parameter (which may itself be called `branch`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    ExternalDataSelectElement,
    NumberInputElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.blocks import kit
from bot.circleci.models import Definition, Project
from bot.circleci.parameters import Known, Parameter
from bot.line import pairs_of
from bot.mrkdwn import code, escape

PROJECT, BRANCH, DEFINITION = "project", "branch", "definition"

_MOST_INPUTS = 80
_FREE = "="


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form. `parameters` are by name, as typed; what is empty is left out."""

    project: str | None = None
    branch: str | None = None
    definition: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


def read(fields: Mapping[str, str]) -> Filled:
    """The form's inputs, whatever project and branch they were drawn for."""
    parameters: dict[str, str] = {}
    ours: dict[str, str] = {}
    for block_id, value in fields.items():
        name, _, print_ = block_id.rpartition("@")
        if not print_.startswith("p") or not name:
            ours[name or block_id] = value
        elif name == _FREE:
            parameters |= pairs_of(value)
        else:
            parameters[name] = value
    return Filled(ours.get(PROJECT), ours.get(BRANCH), ours.get(DEFINITION), parameters)


def ask_project(why_not: str = "") -> list[kit.Block]:
    """The form before a project is chosen; `why_not` tells what is wrong with the one that was."""
    return [kit.section(f":warning: {why_not}" if why_not else "Which project?"), _project(None)]


def draw(
    project: Project,
    *,
    branch: str | None,
    definitions: Sequence[Definition],
    known: Known,
    fields: Mapping[str, str],
) -> list[kit.Block]:
    """The form for this project and branch; `fields` are what it holds so far, by block_id."""
    drawn_for = _print(project.slug, repr(known.parameters))
    inputs = [_parameter(declared, f"{declared.name}@p{drawn_for}", fields) for declared in known.parameters]
    return [
        _project(project),
        _branch(project, branch),
        *([_definition(project, definitions, fields)] if len(definitions) > 1 else []),
        *(_free(f"{_FREE}@p{drawn_for}", fields) if known.source == "unknown" else inputs[:_MOST_INPUTS]),
        *_notes(project, branch, known),
    ]


def _print(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def _project(project: Project | None) -> kit.Block:
    chosen = kit.option(project.full_name, project.slug) if project else None
    element = ExternalDataSelectElement(
        action_id=PROJECT, placeholder="Type a part of its name", initial_option=chosen, min_query_length=0
    )
    return kit.field("Project", element, block_id=PROJECT, redraw=True)


def _branch(project: Project, branch: str | None) -> kit.Block:
    element = ExternalDataSelectElement(
        action_id=BRANCH,
        placeholder="Type a branch",
        initial_option=kit.option(branch, branch) if branch else None,
        min_query_length=0,
    )
    return kit.field("Branch", element, block_id=f"{BRANCH}@b{_print(project.slug)}", redraw=True)


def _definition(project: Project, definitions: Sequence[Definition], fields: Mapping[str, str]) -> kit.Block:
    block_id = f"{DEFINITION}@b{_print(project.slug)}"
    options = [kit.option(definition.name or definition.id, definition.id) for definition in definitions[:100]]
    chosen = next((option for option in options if option.value == fields.get(block_id)), None)
    element = StaticSelectElement(action_id=DEFINITION, options=options, initial_option=chosen)
    return kit.field("Pipeline definition", element, block_id=block_id)


def _parameter(declared: Parameter, block_id: str, fields: Mapping[str, str]) -> kit.Block:
    """One input. Left empty, the config's default counts; without a default it has to be filled in."""
    default = None if declared.default is None else _shown(declared.default)
    return kit.field(
        declared.name,
        _element(declared, fields.get(block_id, default)),
        block_id=block_id,
        hint=declared.description or "",
        optional=default is not None,
    )


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _element(declared: Parameter, value: str | None) -> InputInteractiveElement:
    if declared.type == "boolean":
        return _choice(RadioButtonsElement, ("true", "false"), value)
    if declared.type == "enum" and declared.choices:
        return _choice(StaticSelectElement, declared.choices[:100], value)
    if declared.type == "integer":
        return NumberInputElement(action_id="value", is_decimal_allowed=False, initial_value=value)
    return PlainTextInputElement(action_id="value", initial_value=value or None, max_length=512)


def _choice(
    kind: type[RadioButtonsElement | StaticSelectElement], choices: Sequence[str], value: str | None
) -> InputInteractiveElement:
    options = [kit.option(choice, choice) for choice in choices]
    chosen = next((option for option in options if option.value == value), None)
    return kind(action_id="value", options=options, initial_option=chosen)


def _free(block_id: str, fields: Mapping[str, str]) -> list[kit.Block]:
    """Nothing tells which parameters there are: they are typed, one a line."""
    element = PlainTextInputElement(action_id="value", multiline=True, initial_value=fields.get(block_id))
    hint = "One a line, as in image-tag=4.8.2. Nothing tells yet which there are, so they go as typed."
    return [kit.field("Parameters", element, block_id=block_id, hint=hint, optional=True)]


def _notes(project: Project, branch: str | None, known: Known) -> list[kit.Block]:
    notes = []
    if branch and known.source == "default branch":
        main = code(project.default_branch or "its default branch", 80)
        notes.append(f"{code(branch, 80)} has not run yet: these are the parameters of {main}.")
    if len(known.parameters) > _MOST_INPUTS:
        left = ", ".join(escape(declared.name) for declared in known.parameters[_MOST_INPUTS:][:20])
        notes.append(f"More than a form can hold: {left}. Type those as `key=value`.")
    if known.source != "unknown" and not known.parameters:
        notes.append("The config declares no parameters.")
    return [kit.context(*notes)] if notes else []
