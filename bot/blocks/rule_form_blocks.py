"""The form that makes or changes a rule: the projects, then an input for each of a rule's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ExternalDataSelectElement,
    Option,
    PlainTextInputElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.blocks import kit
from bot.conversation import is_person
from bot.line import join_commas, split_commas
from bot.rules.fields import FIELDS, Field

PROJECT = "project"

_YES = "yes"
_PEOPLE = "-people"

Said = Mapping[str, Sequence[str]]
"""A rule's fields, each by its texts."""


def render(scope: str | None, said: Said) -> list[kit.Block]:
    """The form, as it is filled in; `scope` is a slug, a pattern or an organisation."""
    inputs = [block for field in FIELDS for block in _inputs(field, said.get(field.name))]
    return [_project(scope), *inputs]


def parse_form(fields: Mapping[str, str], chosen: Said) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """The scope, and what is said; an input that is left empty says nothing. `chosen` are menus of several."""
    typed = {name: split_commas(value) for name, value in fields.items() if name != PROJECT}
    filled = {name: tuple(texts) for name, texts in {**typed, **chosen}.items() if texts}
    said = {field.name: _texts(field, filled) for field in FIELDS}
    scope = fields.get(PROJECT, "").strip() or None
    return scope, {name: texts for name, texts in said.items() if texts is not None}


def _texts(field: Field, filled: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    if not field.takes:
        return () if field.name in filled else None
    return (*filled.get(field.name, ()), *filled.get(f"{field.name}{_PEOPLE}", ())) or None


def _project(scope: str | None) -> kit.Block:
    chosen = kit.option(scope, scope) if scope else None
    element = ExternalDataSelectElement(
        action_id=PROJECT, placeholder="Type a part of its name", initial_option=chosen, min_query_length=0
    )
    hint = "One project, every project of an organisation, or several: type a pattern like gh/acme/web-*"
    return kit.input_block("Projects", element, block_id=PROJECT, hint=hint)


def _inputs(field: Field, texts: Sequence[str] | None) -> list[kit.Block]:
    """One input; where people may be named, a second one for them, whose choices Slack provides."""
    if not field.people:
        return [_input(field, texts)]
    named = [text for text in texts or () if is_person(text)]
    others = [text for text in texts or () if text not in named]
    menu = UserMultiSelectElement(action_id=field.name, placeholder="Nobody", initial_users=named or None)
    people = kit.input_block(f"{field.label} people", menu, block_id=f"{field.name}{_PEOPLE}", optional=True)
    return [_input(field, others), people]


def _input(field: Field, texts: Sequence[str] | None) -> kit.Block:
    """Its help, without the marks that a form does not draw; a menu shows its choices."""
    hint = (
        ""
        if field.choices and not (field.single_choice or field.people)
        else f"{field.help[:1].upper()}{field.help[1:]}".replace("`", "")
    )
    return kit.input_block(field.label, _element(field, texts), block_id=field.name, hint=hint, optional=True)


def _element(field: Field, texts: Sequence[str] | None) -> InputInteractiveElement:
    if not field.takes:
        yes = Option(text="Yes", value=_YES)
        return CheckboxesElement(action_id=field.name, options=[yes], initial_options=None if texts is None else [yes])
    if field.single_choice:
        return _choice(field, texts or (field.default,))
    if field.choices:
        return _choices(field, texts or ())
    return PlainTextInputElement(action_id=field.name, initial_value=join_commas(texts or ()) or None, max_length=1500)


def _choice(field: Field, texts: Sequence[str]) -> StaticSelectElement:
    options = [kit.option(name, name) for name in field.choices]
    chosen = next((option for option in options if option.value in texts), None)
    return StaticSelectElement(action_id=field.name, options=options, initial_option=chosen)


def _choices(field: Field, texts: Sequence[str]) -> StaticMultiSelectElement:
    """What was typed and is none of them (`trigger` may be a pattern) is offered too."""
    options = [kit.option(name, name) for name in dict.fromkeys([*field.choices, *texts])]
    chosen = [option for option in options if option.value in texts]
    nothing = "Nobody" if field.people else "Any"
    return StaticMultiSelectElement(
        action_id=field.name, placeholder=nothing, options=options[:100], initial_options=chosen or None
    )
