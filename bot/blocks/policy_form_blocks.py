"""The form that says a line of the policy, and what it reads as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ChannelSelectElement,
    CheckboxesElement,
    ExternalDataSelectElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.blocks import kit
from bot.conversation import is_channel, is_person
from bot.language import N_, _
from bot.line import join_commas, parse_pairs, split_commas
from bot.rules.policy_line import ACT_FAMILIES, ANY, EVERYBODY, FAMILY_OF, READ, Effect, PolicyLine
from bot.rules.policy_plain import to_plain

EFFECT, PEOPLE, OTHERS, ACT, PROJECT, CHANNEL, DEMANDS = (
    *("effect", "people", "others", "act", "project", "channel", "demands"),
)

_EFFECTS = {
    Effect.ONLY: N_("Only they may"),
    Effect.ALLOW: N_("They may, too"),
    Effect.DENY: N_("They may not"),
    Effect.REQUIRE: N_("From them it takes more"),
}
_FLAGS = {
    "four-eyes": N_("Somebody else than whoever started it or wrote the commit"),
    "reason": N_("A reason"),
    "confirm": N_("A confirmation that names what it is about"),
}
_TEXTS = {
    "branch": (N_("Branch"), "release/*"),
    "tag": (N_("Tag"), "v*"),
    "workflow": (N_("Workflow"), "deploy"),
    "hold": (N_("Hold"), "production"),
    "when": (N_("When"), "fri 16:00-mon 08:00 Europe/Berlin"),
}
_MORE = {
    "approvals": (N_("How many approvals it takes"), "2"),
    "approvers": (N_("Whose approvals count"), "S0123ABCD, U0123ABCD"),
    "expires": (N_("For how long approvals count"), "4h"),
}


def render(line: PolicyLine | None) -> list[kit.Block]:
    """Filled in with the line that is to be changed."""
    plain = to_plain(line) if line else {}
    who = line.who if line else ()
    others = [one for one in who if not is_person(one)]
    return [
        _build_effect_input(line.effect if line else Effect.ONLY),
        kit.input_block(
            _("People"),
            UserMultiSelectElement(action_id=PEOPLE, initial_users=[one for one in who if is_person(one)] or None),
            block_id=PEOPLE,
            optional=True,
        ),
        _build_text(OTHERS, _("User groups and others"), f"{EVERYBODY}, S0123ABCD", join_commas(others)),
        _build_act_input(line.scope.act if line else "start"),
        _build_project_input(plain.get("project")),
        *(_build_text(name, _(label), example, plain.get(name)) for name, (label, example) in _TEXTS.items()),
        _build_parameters_input(plain.get("parameters", {})),
        _build_channel_input(plain.get("channel")),
        *(_build_text(name, _(label), example, _join(plain.get(name))) for name, (label, example) in _MORE.items()),
        _build_flags_input([name for name in _FLAGS if plain.get(name)]),
    ]


def _build_effect_input(chosen: Effect) -> kit.Block:
    options = {effect: kit.option(_(label), str(effect)) for effect, label in _EFFECTS.items()}
    element = RadioButtonsElement(action_id=EFFECT, options=list(options.values()), initial_option=options[chosen])
    return kit.input_block(_("What the line says"), element, block_id=EFFECT)


def _build_act_input(chosen: str) -> kit.Block:
    """Families first, then each act; what else the line says stays."""
    words = dict.fromkeys([*ACT_FAMILIES, READ, ANY, *FAMILY_OF, chosen])
    options = {word: kit.option(_format_act(word), word) for word in words}
    element = StaticSelectElement(action_id=ACT, options=list(options.values()), initial_option=options[chosen])
    return kit.input_block(_("What they do"), element, block_id=ACT)


def _format_act(word: str) -> str:
    if word == ANY:
        return _("All commands")
    acts = ", ".join(ACT_FAMILIES.get(word, ()))
    return f"{word} ({acts})" if acts else word


def _build_project_input(project: str | None) -> kit.Block:
    chosen = Option(text=project, value=project) if project else None
    element = ExternalDataSelectElement(action_id=PROJECT, initial_option=chosen, min_query_length=0)
    return kit.input_block(_("Project"), element, block_id=PROJECT, hint=_("All, if you choose none"), optional=True)


def _build_text(name: str, label: str, example: str, said: Any) -> kit.Block:
    element = PlainTextInputElement(
        action_id=name,
        placeholder=_("Ex. {example}", example=example),
        initial_value=str(said) if said else None,
        max_length=200,
    )
    return kit.input_block(label, element, block_id=name, optional=True)


def _join(said: Any) -> Any:
    return join_commas(said) if isinstance(said, list) else said


def _build_parameters_input(parameters: Mapping[str, str]) -> kit.Block:
    element = PlainTextInputElement(
        action_id="parameters",
        multiline=True,
        placeholder=_("Ex. {example}", example="environment=production"),
        initial_value="\n".join(f"{name}={value}" for name, value in parameters.items()) or None,
        max_length=1000,
    )
    return kit.input_block(_("Parameters"), element, block_id="parameters", hint=_("One a line"), optional=True)


def _build_channel_input(channel: str | None) -> kit.Block:
    chosen = channel if channel and is_channel(channel) else None
    element = ChannelSelectElement(action_id=CHANNEL, initial_channel=chosen)
    return kit.input_block(_("Channel"), element, block_id=CHANNEL, optional=True)


def _build_flags_input(chosen: Sequence[str]) -> kit.Block:
    options = [kit.option(_(label), name) for name, label in _FLAGS.items()]
    ticked = [one for one in options if one.value in chosen] or None
    element = CheckboxesElement(action_id=DEMANDS, options=options, initial_options=ticked)
    return kit.input_block(_("What else it takes"), element, block_id=DEMANDS, optional=True)


def parse_form(fields: Mapping[str, str], chosen: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """As bot/rules/policy_plain.py reads it; people and groups as they were typed."""
    texts = {name: fields.get(name, "").strip() for name in (*_TEXTS, PROJECT, CHANNEL, "expires", "approvals")}
    effect = fields.get(EFFECT, str(Effect.ONLY))
    row: dict[str, Any] = {name: text for name, text in texts.items() if text}
    row[effect] = [*chosen.get(PEOPLE, ()), *split_commas(fields.get(OTHERS, ""))]
    row["do"] = fields.get(ACT, ANY)
    if parameters := parse_pairs(fields.get("parameters", "")):
        row["parameters"] = parameters
    if approvers := split_commas(fields.get("approvers", "")):
        row["approvers"] = list(approvers)
    return row | dict.fromkeys(chosen.get(DEMANDS, ()), True)
