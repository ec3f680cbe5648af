"""How Slack wants an app to look, as far as JSON shows it: a rule is a function that yields what breaks it.

The rules are those of Slack's design guidance for Block Kit (design-principles, modal-design, data-display-design,
home-tab-design and human-in-the-loop of the `block-kit` skill, autumn 2026), in our words. `tests/blocks/
test_slack_design.py` applies them to every golden message, modal and Home.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Surface:
    """Blocks as people see them together; a modal may have a title and the label of its submit button."""

    kind: str
    blocks: Sequence[Mapping[str, Any]]
    title: str = ""
    submit: str = ""


Rule = Callable[[Surface], Iterator[str]]
RULES: dict[str, Rule] = {}


def find_design_problems(surface: Surface) -> list[tuple[str, str]]:
    """Each as the name of the rule and what breaks it."""
    return [(name, said) for name, rule in RULES.items() for said in rule(surface)]


def list_surfaces(drawn: Json, kind: str) -> Iterator[Surface]:
    """All that a golden file holds: a list of blocks, a modal, or several of them by name."""
    if isinstance(drawn, list) and drawn and all(isinstance(one, dict) and "type" in one for one in drawn):
        has_inputs = any(block["type"] == "input" for block in drawn)
        yield Surface("modal" if has_inputs else kind, drawn)
    elif isinstance(drawn, dict) and {"title", "blocks"} <= set(drawn):
        yield Surface("modal", drawn["blocks"], drawn["title"], drawn.get("submit") or "")
    elif isinstance(drawn, list) and [type(one) for one in drawn] == [str, str, str, list]:
        yield Surface("modal", drawn[3], drawn[0], drawn[1])
    elif isinstance(drawn, dict | list):
        for one in drawn.values() if isinstance(drawn, dict) else drawn:
            yield from list_surfaces(one, kind)


def _add(rule: Rule) -> Rule:
    RULES[rule.__name__] = rule
    return rule


@_add
def labels_are_verbs_in_title_case(surface: Surface) -> Iterator[str]:
    """Rules 1 and 4. A name that somebody chose (a job's, a branch's) stays as it is, alone or after the verb."""
    labels = [_get_label(one) for one in _list_elements(surface, "button")]
    for label in filter(None, [*labels, surface.submit]):
        if label.startswith("Try "):  # a line as one would type it
            continue
        first, *others = label.rstrip("…?").split() or [""]
        is_low = any(word.isalpha() and word.islower() and word not in _SMALL | _NAMES for word in others)
        if is_low or (first not in _VERBS and not first[:1].islower()):
            yield label


def _list_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VERBS = _list_words(
    """Add Apply Approve Ask Authorize Cancel Change Choose Compare Confirm Connect Copy Create Decline Delete
    Disconnect Dismiss Drop Edit Erase Export Follow Freeze I'm Install Keep Leave Mute Next Open Pause
    Previous Promote Refresh Remove Replace Rerun Resume Retry Roll Run Save Send Set Share Show Start Stop Subscribe
    Take Thaw Trigger Try Turn Undo Unmute Update Use View Why Withdraw"""
)
_SMALL = _list_words("a an the of to in into from with at for on by and or as is it that")
_NAMES = _list_words("production ship staging release build preview soak nightly lint test gate")
"""Names of jobs, workflows and definitions in the golden files."""


@_add
def titles_have_no_end_punctuation(surface: Surface) -> Iterator[str]:
    """Rule 3: headers, titles of modals and of confirmations."""
    titles = [block["text"]["text"] for block in surface.blocks if block["type"] == "header"]
    titles += [confirm["title"]["text"] for confirm in _list_confirms(surface)]
    yield from (title for title in [*titles, surface.title] if title and title[-1] in ".?!:")


@_add
def no_emoji_in_labels(surface: Surface) -> Iterator[str]:
    """Rule 6: none in buttons, options, labels and headers."""
    texts = [_get_label(one) for one in _list_elements(surface, "button")]
    texts += [block["text"]["text"] for block in surface.blocks if block["type"] == "header"]
    texts += [block["label"]["text"] for block in surface.blocks if block["type"] == "input"]
    texts += [
        one["text"]["text"] for one in _walk(surface.blocks) if isinstance(one.get("value"), str) and "text" in one
    ]
    yield from (text for text in texts if re.search(r":[a-z_]+:|[\U0001f300-\U0001faff☀-➿]", text))


@_add
def labels_that_repeat_say_what_they_are_about(surface: Surface) -> Iterator[str]:
    """Rule 8: a label that stands twice has an `accessibility_label`, else a screen reader cannot tell them apart."""
    buttons = list(_list_elements(surface, "button"))
    counts = Counter(_get_label(one) for one in buttons)
    yield from {
        _get_label(one) for one in buttons if counts[_get_label(one)] > 1 and not one.get("accessibility_label")
    }


@_add
def no_directions(surface: Surface) -> Iterator[str]:
    """Rule 10: who hears a message read, or reads it on a phone, has no "above" and no "on the right"."""
    for text in _list_texts(surface):
        if found := re.search(r"\b(above|below|on the (?:left|right))\b", text):
            yield f"{found[0]}: {text[:80]}"


@_add
def one_primary(surface: Surface) -> Iterator[str]:
    """Rules 12 and 18: one main act in a message or Home; in a form that is its Submit."""
    primary = [_get_label(one) for one in _list_elements(surface, "button") if one.get("style") == "primary"]
    if len(primary) > (0 if surface.kind == "modal" and surface.submit else 1):
        yield ", ".join(primary)


@_add
def red_only_for_the_main_act(surface: Surface) -> Iterator[str]:
    """Rules 13 and 14: red where all that the message is about is to destroy something; Decline never is."""
    red = [_get_label(one) for one in _list_elements(surface, "button") if one.get("style") == "danger"]
    if red and (len(red) > 1 or len(list(_list_elements(surface, "button"))) > 1 or "Decline" in red[0]):
        yield ", ".join(red)


@_add
def few_buttons_in_a_row(surface: Surface) -> Iterator[str]:
    """Rule 15: four at most in sight, the rest behind ⋯."""
    for block in surface.blocks:
        shown = [one for one in block.get("elements", ()) if one.get("type") == "button"]
        if len(shown) > 4:
            yield f"{len(shown)}: {', '.join(map(_get_label, shown))}"


@_add
def what_destroys_asks_first(surface: Surface) -> Iterator[str]:
    """Rule 16."""
    for one in _list_elements(surface, "button"):
        is_destroying = _get_label(one).split()[0] in ("Cancel", "Decline", "Delete", "Disconnect", "Remove")
        if is_destroying and not _get_label(one).endswith("…") and not one.get("confirm"):
            yield _get_label(one)


@_add
def answers_of_a_dialog_do_not_read_alike(surface: Surface) -> Iterator[str]:
    """Ours: "Cancel Workflow" is not beside "Cancel"."""
    for confirm in _list_confirms(surface):
        yes, no = confirm["confirm"]["text"], confirm["deny"]["text"]
        if {yes.split()[0], no.split()[0]} == {"Cancel"} or yes in ("OK", "Yes", "Submit"):
            yield f"{yes} / {no}"


@_add
def acts_are_not_after_closing_notes(surface: Surface) -> Iterator[str]:
    """Rule 20: header, content, acts, closing note. A note that begins a Home says as of when it is."""
    kinds = [block["type"] for block in surface.blocks]
    if ("context", "actions") in pairwise(kinds[1:]):
        yield "context, actions"


@_add
def no_divider_beside_a_header(surface: Surface) -> Iterator[str]:
    """Rule 24: a header separates already."""
    kinds = [block["type"] for block in surface.blocks]
    if ("divider", "header") in pairwise(kinds):
        yield "divider, header"


@_add
def headings_are_headers(surface: Surface) -> Iterator[str]:
    """Rule 25: they are the structure for screen readers, bold text is not."""
    for block in surface.blocks:
        text = (block.get("text") or {}).get("text", "") if block["type"] == "section" else ""
        if re.fullmatch(r"\*[^*<`\n]+\*(?: \(\d+\))?", text):
            yield text


@_add
def long_numbers_are_short(surface: Surface) -> Iterator[str]:
    """Rule 40: from 10,000 on K or M."""
    for text in _list_texts(surface):
        yield from re.findall(r"\b\d{2,3},\d{3}\b", text)


@_add
def tables_have_five_columns(surface: Surface) -> Iterator[str]:
    """Rule 43."""
    for block in surface.blocks:
        if block["type"] == "table" and len(block["rows"][0]) > 5:
            yield f"{len(block['rows'][0])} columns"


@_add
def titles_of_modals_name_the_form(surface: Surface) -> Iterator[str]:
    """Rules 48 and 49: 24 characters, not the app's name; Submit says its outcome."""
    if len(surface.title) > 24 or "circlebot" in surface.title.lower() or surface.title in ("One moment", "Error"):
        yield surface.title
    if len(surface.submit) > 24 or surface.submit in ("Submit", "OK", "Yes", "Set It", "Add It"):
        yield surface.submit


@_add
def labels_name_the_value(surface: Surface) -> Iterator[str]:
    """Rule 51: no question, no "please", no pronoun in place of the thing."""
    for block in surface.blocks:
        label = block["label"]["text"] if block["type"] == "input" else ""
        if label.endswith("?") or re.match(r"(?i)(please|its|it|your) ", label):
            yield label


@_add
def placeholders_are_examples(surface: Surface) -> Iterator[str]:
    """Rule 52: what is allowed stands in the hint, which does not vanish. A menu says what to choose."""
    for block in surface.blocks:
        element = block.get("element") or {}
        said = (element.get("placeholder") or {}).get("text", "")
        if said and not said.startswith("Ex. ") and not (said.startswith("Choose") and "select" in element["type"]):
            yield said


@_add
def few_inputs(surface: Surface) -> Iterator[str]:
    """Rule 56: about six in one view."""
    inputs = [block for block in surface.blocks if block["type"] == "input"]
    if len(inputs) > 7:
        yield f"{len(inputs)} inputs"


def _walk(part: Json) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        yield part
    for inner in part.values() if isinstance(part, Mapping) else part if isinstance(part, list | tuple) else ():
        yield from _walk(inner)


def _list_elements(surface: Surface, kind: str) -> Iterator[Mapping[str, Any]]:
    return (one for one in _walk(list(surface.blocks)) if one.get("type") == kind)


def _list_confirms(surface: Surface) -> Iterator[Mapping[str, Any]]:
    return (
        one["confirm"]
        for one in _walk(list(surface.blocks))
        if isinstance(one.get("confirm"), dict) and "title" in one["confirm"]
    )


def _list_texts(surface: Surface) -> Iterator[str]:
    return (
        one["text"]
        for one in _walk(list(surface.blocks))
        if isinstance(one.get("text"), str) and one.get("type") in ("mrkdwn", "plain_text")
    )


def _get_label(button: Mapping[str, Any]) -> str:
    return str(button["text"]["text"])
