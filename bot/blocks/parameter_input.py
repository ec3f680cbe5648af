"""One input of a form for one declared parameter: of its type where Slack has one, and always one to be handed in.

Whatever a config declares, Slack takes the input as it is drawn, and it says no other value than is declared: a default
that Slack would not hold is not shown but left to the config, and choices that look alike are numbered.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    NumberInputElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.blocks import kit
from bot.circleci.declared_parameters import Parameter
from bot.circleci.parameter_values import NAME_LENGTH, VALUE_LENGTH, as_text
from bot.language import _
from bot.mrkdwn import cut
from bot.untrusted.invisible_marks import to_one_line
from bot.untrusted.patterns import compile_linear

TYPED, CHOSEN = "p", "c"
"""What the print of a parameter's block_id begins with. A chosen value comes after a `=`, since it may be empty."""

MOST_INPUTS = 80
_MOST_JSON = 180_000
"""Characters; Slack takes views of 250 KB."""
_AN_OPTION = 100
"""Characters of JSON of which an option has more."""
_A_GROUP = 100
_MOST_GROUPS = 10
_EXACT = 2**53
"""Larger integers are none to JavaScript, in which Slack's number input is written."""
_WHOLE = compile_linear("-?[0-9]{1,16}")


def build_inputs(
    declared: Sequence[Parameter],
    print_: str,
    fields: Mapping[str, str],
    *,
    optional: bool,
    said: Mapping[str, str] | None = None,
    asked: Collection[str] = (),
) -> tuple[list[kit.Block], list[Parameter]]:
    """The inputs, and what Slack has no room for or CircleCI takes no value of; `fields` are by block_id.

    `said` are values by name that are shown in the place of the defaults, as long as they are still taken. Those that
    are `asked` show no default and have to be filled in.
    """
    fields = {**_build_initial_fields(declared, print_, said or {}), **fields}
    blocks: list[kit.Block] = []
    left: list[Parameter] = []
    room = _MOST_JSON
    for one in declared:
        is_asked = one.name in asked
        block = (
            _build_fitting(
                replace(one, default=None) if is_asked else one,
                print_,
                fields,
                optional=optional and not is_asked,
                room=room,
            )
            if len(blocks) < MOST_INPUTS and _is_nameable(one)
            else None
        )
        room -= _size(block)
        if block:
            blocks.append(block)
        else:
            left.append(one)
    return blocks, left


def _build_initial_fields(declared: Iterable[Parameter], print_: str, said: Mapping[str, str]) -> Mapping[str, str]:
    """The values as the fields hold them, whichever of its shapes an input has."""
    shown: dict[str, str] = {}
    for one in declared:
        choices = _choices(one)
        value = said.get(one.name)
        if value is not None and (not choices or value in choices):
            shown |= {f"{one.name}@{TYPED}{print_}": value, f"{one.name}@{CHOSEN}{print_}": f"={value}"}
    return shown


def _is_nameable(declared: Parameter) -> bool:
    return len(declared.name.strip()) > 0 and len(declared.name) <= NAME_LENGTH and declared.name != "="


def _build_fitting(
    declared: Parameter, print_: str, fields: Mapping[str, str], *, optional: bool, room: int
) -> kit.Block | None:
    """The first of its shapes that there is room for."""
    roomy = len(declared.choices) * _AN_OPTION <= room
    shapes = (
        shape(declared, print_, fields, optional)
        for shape in ([_build_menu, _build_text_input] if roomy else [_build_text_input])
    )
    return next((block for block in shapes if block and _size(block) <= room), None)


def _size(block: kit.Block | None) -> int:
    return len(json.dumps(block)) if block else 0


def _build_menu(declared: Parameter, print_: str, fields: Mapping[str, str], optional: bool) -> kit.Block | None:
    """By a menu, where there are choices and not too many."""
    choices = _choices(declared)
    if not choices or len(choices) > _A_GROUP * _MOST_GROUPS:
        return None
    block_id = f"{declared.name}@{CHOSEN}{print_}"
    default = None if declared.default is None else f"={as_text(declared.default)}"
    options = dict(zip([f"={choice}" for choice in choices], format_labels(choices), strict=True))
    element = (
        RadioButtonsElement(action_id="value", **_build_options(options, fields.get(block_id, default)))
        if declared.type == "boolean"
        else build_select("value", options, fields.get(block_id, default))
    )
    return _field(declared, block_id, element, optional=optional, more="")


def _choices(declared: Parameter) -> list[str]:
    if declared.type == "boolean":
        return ["true", "false"]
    return [choice for choice in dict.fromkeys(declared.choices) if len(choice) <= VALUE_LENGTH]


def format_labels(choices: Sequence[str]) -> list[str]:
    """As a menu shows them: those that would look alike are numbered."""
    shown = [cut(to_one_line(choice), 75) if to_one_line(choice).strip() else _("(empty)") for choice in choices]
    alike = Counter(shown)
    return [f"{number}. {text}" if alike[text] > 1 else text for number, text in enumerate(shown, 1)]


def build_select(action_id: str, options: Mapping[str, str], chosen: str | None) -> StaticSelectElement:
    """A menu of these labels by value, in groups where they are more than one list may hold."""
    if len(options) <= _A_GROUP:
        return StaticSelectElement(action_id=action_id, **_build_options(options, chosen))
    offered = _build_options(options, chosen)
    groups = list(_groups(offered["options"]))
    return StaticSelectElement(action_id=action_id, option_groups=groups, initial_option=offered["initial_option"])


def _groups(options: list[Option]) -> Iterator[OptionGroup]:
    for at in range(0, len(options), _A_GROUP):
        group = options[at : at + _A_GROUP]
        label = _("{first} to {last}", first=at + 1, last=at + len(group))
        yield OptionGroup(label=kit.plain_text(label, 75), options=group)


def _build_options(options: Mapping[str, str], chosen: str | None) -> dict[str, Any]:
    made = {value: kit.option(label, value) for value, label in options.items()}
    return {"options": list(made.values()), "initial_option": made.get(chosen or "")}


def _build_text_input(declared: Parameter, print_: str, fields: Mapping[str, str], optional: bool) -> kit.Block:
    block_id = f"{declared.name}@{TYPED}{print_}"
    default = None if declared.default is None else as_text(declared.default)
    value = fields.get(block_id, default)
    if declared.type == "integer" and (value is None or (_WHOLE.fullmatch(value) and abs(int(value)) < _EXACT)):
        element = NumberInputElement(action_id="value", is_decimal_allowed=False, initial_value=value)
        return _field(declared, block_id, element, optional=optional, more="")
    shown = value if value and _length(value) <= VALUE_LENGTH else None
    text = PlainTextInputElement(
        action_id="value",
        initial_value=shown,
        max_length=VALUE_LENGTH,
        multiline=len((shown or "").splitlines()) > 1 or None,
    )
    return _field(declared, block_id, text, optional=optional, more=_about(declared, default))


def _about(declared: Parameter, default: str | None) -> str:
    if declared.choices:
        return _(
            "One of {count}: {choices}", count=len(declared.choices), choices=cut(", ".join(declared.choices[:20]), 300)
        )
    if not default or _length(default) <= VALUE_LENGTH:
        return ""
    return _("Left empty, the config's default counts: {default}", default=cut(default, 80))


def _length(text: str) -> int:
    """As JavaScript counts, and so Slack's inputs do."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _field(
    declared: Parameter, block_id: str, element: InputInteractiveElement, *, optional: bool, more: str
) -> kit.Block:
    """Left empty, the config's default counts; without a default it has to be filled in."""
    return kit.input_block(
        declared.name,
        element,
        block_id=block_id,
        hint=". ".join(filter(None, [cut(declared.description, 500), more])),
        optional=optional or declared.default is not None,
    )
