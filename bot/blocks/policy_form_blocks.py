"""The form that says a line of the policy, and what it reads as.

What its inputs cannot show (a direct message as the channel, a text that is too long) it leaves out, names, and keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.blocks import kit
from bot.conversation import is_channel, is_person
from bot.language import N_, _
from bot.language.formats import join_and
from bot.line import join_commas, parse_pairs, split_commas
from bot.mrkdwn import as_code
from bot.rules.policy_line import ACT_FAMILIES, ANY, EVERYBODY, FAMILY_OF, READ, Effect, PolicyLine
from bot.rules.policy_plain import LONGEST, to_plain
from bot.rules.policy_typed import read_number

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
    "escalates": (N_("After how long others are asked as well"), "1h"),
    "escalate-to": (N_("Whose approvals count then, too"), "S0123ABCD, U0123ABCD"),
}
LISTS = ("approvers", "escalate-to")
_MOST, _MOST_CHOSEN = 3000, 150
"""Characters of an input's text, and of the value of an option (Slack)."""


def render(line: PolicyLine | None) -> list[kit.Block]:
    """Filled in with the line that is to be changed."""
    plain = to_plain(line) if line else {}
    hidden = _list_hidden(plain)
    said = [as_code(f"{key}: {_format_hidden(plain[key])}", 200) for key in hidden]
    left_out = {ACT if key == "do" else key for key in hidden}
    inputs = [one for one in _build_inputs(line, plain) if one["block_id"] not in left_out]
    kept = _("This form does not show {what}: that stays as it is.", what=join_and(said)) if said else ""
    return [*inputs, *kit.build_notes(kept)]


def _list_hidden(plain: Mapping[str, Any]) -> list[str]:
    return [key for key, value in plain.items() if not _is_showable(key, value)]


def _is_showable(key: str, value: object) -> bool:
    """Whether an input can be filled in with it, and reads as it again."""
    match value:
        case dict():
            text = _join_pairs(value)
            return len(text) <= _MOST and parse_pairs(text) == value
        case list():
            return len(join_commas(value)) <= _MOST
        case str() if key in {"do", PROJECT, CHANNEL}:
            return len(value) <= _MOST_CHOSEN and (key != CHANNEL or is_channel(value))
        case str():
            return value == value.strip() and len(value.splitlines()) == 1
        case _:
            return True


def _format_hidden(value: object) -> str:
    return ", ".join(_join_pairs(value).splitlines()) if isinstance(value, dict) else str(_join(value))


def _join_pairs(parameters: Mapping[str, str]) -> str:
    return "\n".join(f"{name}={value}" for name, value in parameters.items())


def _build_inputs(line: PolicyLine | None, plain: Mapping[str, Any]) -> list[kit.Block]:
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
        _build_act_input(plain.get("do", "start")),
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
    chosen = kit.option(project, project) if project else None
    element = ExternalDataSelectElement(action_id=PROJECT, initial_option=chosen, min_query_length=0)
    return kit.input_block(_("Project"), element, block_id=PROJECT, hint=_("All, if you choose none"), optional=True)


def _build_text(name: str, label: str, example: str, said: Any) -> kit.Block:
    element = PlainTextInputElement(
        action_id=name,
        placeholder=_("Ex. {example}", example=example),
        initial_value=str(said) if said else None,
        max_length=LONGEST if name in _TEXTS else _MOST,
    )
    return kit.input_block(label, element, block_id=name, optional=True)


def _join(said: Any) -> Any:
    return join_commas(said) if isinstance(said, list) else said


def _build_parameters_input(parameters: Mapping[str, str]) -> kit.Block:
    element = PlainTextInputElement(
        action_id="parameters",
        multiline=True,
        placeholder=_("Ex. {example}", example="environment=production"),
        initial_value=_join_pairs(parameters) or None,
        max_length=_MOST,
    )
    return kit.input_block(_("Parameters"), element, block_id="parameters", hint=_("One a line"), optional=True)


def _build_channel_input(channel: str | None) -> kit.Block:
    chosen = channel if channel and is_channel(channel) else None
    channels = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    element = ConversationSelectElement(action_id=CHANNEL, initial_conversation=chosen, filter=channels)
    return kit.input_block(_("Channel"), element, block_id=CHANNEL, optional=True)


def _build_flags_input(chosen: Sequence[str]) -> kit.Block:
    options = [kit.option(_(label), name) for name, label in _FLAGS.items()]
    ticked = [one for one in options if one.value in chosen] or None
    element = CheckboxesElement(action_id=DEMANDS, options=options, initial_options=ticked)
    return kit.input_block(_("What else it takes"), element, block_id=DEMANDS, optional=True)


def parse_form(
    fields: Mapping[str, str], chosen: Mapping[str, Sequence[str]], before: PolicyLine | None = None
) -> dict[str, Any]:
    """As bot/rules/policy_plain.py reads it; people and groups as they were typed.

    What the form could not show of the line `before` stays.
    """
    plain = to_plain(before) if before else {}
    kept = {key: plain[key] for key in _list_hidden(plain)}
    single = [name for name in _MORE if name not in LISTS]
    texts = {name: fields.get(name, "").strip() for name in (*_TEXTS, PROJECT, CHANNEL, *single)}
    effect = fields.get(EFFECT, str(Effect.ONLY))
    row: dict[str, Any] = {name: text for name, text in texts.items() if text}
    row[effect] = [*chosen.get(PEOPLE, ()), *split_commas(fields.get(OTHERS, ""))]
    row["do"] = fields.get(ACT) or kept.get("do", ANY)
    if parameters := parse_pairs(fields.get("parameters", "")):
        row["parameters"] = parameters
    row |= {name: list(people) for name in LISTS if (people := split_commas(fields.get(name, "")))}
    if approvals := row.get("approvals"):
        row["approvals"] = read_number("approvals", approvals)
    return kept | row | dict.fromkeys(chosen.get(DEMANDS, ()), True)
