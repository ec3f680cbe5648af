"""Every golden message, modal and Home, against Slack's own design rules; what is broken on purpose says why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.plugins.each_case import each_case
from tests.plugins.slack_design import RULES, Surface, find_design_problems, list_surfaces

_GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))

DEVIATIONS: Mapping[str, Mapping[str, str]] = {
    "few_inputs": {
        "trigger_form": "a project's config says how many parameters a pipeline has",
        **dict.fromkeys(
            ("policy_form_new", "policy_form_changed"), "a line of the policy is about what it names alone"
        ),
        "schedule_form": "a schedule is these eight facts, and CircleCI takes it with all or not at all",
    },
    "headings_are_headers": {"project_with_definitions": "the project's name, before its facts"},
}
"""By rule and golden file: why it is broken there."""


@each_case("file", _GOLDEN, ids=lambda file: file.stem)
def test_what_we_draw_keeps_to_the_design_rules(file: Path) -> None:
    surfaces = list_surfaces(json.loads(file.read_text(encoding="utf-8")), "home" if file.stem == "home" else "message")
    problems = {problem for surface in surfaces for problem in find_design_problems(surface)}
    allowed = {rule for rule, files in DEVIATIONS.items() if file.stem in files}
    assert {problem for problem in problems if problem[0] not in allowed} == set()
    assert allowed - {rule for rule, _ in problems} == set(), "mended: take it out of DEVIATIONS"


def _button(label: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **more}


def _row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _input(label: str, placeholder: str = "Ex. main") -> dict[str, Any]:
    element = {"type": "plain_text_input", "placeholder": {"type": "plain_text", "text": placeholder}}
    return {"type": "input", "label": {"type": "plain_text", "text": label}, "element": element}


def _confirm(title: str, yes: str, no: str) -> dict[str, Any]:
    return {"title": {"text": title}, "confirm": {"text": yes}, "deny": {"text": no}}


_HEADER = {"type": "header", "text": {"type": "plain_text", "text": "What happened."}}
_CONTEXT = {"type": "context", "elements": [{"type": "mrkdwn", "text": "by Ada"}]}

BROKEN: Mapping[str, Surface] = {
    "labels_are_verbs_in_title_case": Surface("message", [_row(_button("Whole pipeline"))]),
    "titles_have_no_end_punctuation": Surface("message", [_HEADER]),
    "no_emoji_in_labels": Surface("message", [_row(_button("Approve :tada:"))]),
    "labels_that_repeat_say_what_they_are_about": Surface("message", [_row(_button("Remove"), _button("Remove"))]),
    "no_directions": Surface("message", [_section("Press the button below.")]),
    "one_primary": Surface(
        "message", [_row(_button("Approve A", style="primary"), _button("Approve B", style="primary"))]
    ),
    "red_only_for_the_main_act": Surface("message", [_row(_button("Decline", style="danger"))]),
    "few_buttons_in_a_row": Surface("message", [_row(*(_button(f"Show {n}") for n in range(5)))]),
    "what_destroys_asks_first": Surface("message", [_row(_button("Delete Schedule"))]),
    "answers_of_a_dialog_do_not_read_alike": Surface(
        "message", [_row(_button("Cancel", confirm=_confirm("Cancel workflow", "Cancel It", "Cancel")))]
    ),
    "acts_are_not_after_closing_notes": Surface("message", [_section("Done"), _CONTEXT, _row(_button("Undo"))]),
    "no_divider_beside_a_header": Surface("home", [{"type": "divider"}, _HEADER]),
    "headings_are_headers": Surface("message", [_section("*Pipeline definitions* (2)")]),
    "long_numbers_are_short": Surface("message", [_section("360,000 credits")]),
    "tables_have_five_columns": Surface("message", [{"type": "table", "rows": [[{}] * 6]}]),
    "titles_of_modals_name_the_form": Surface("modal", [], title="circlebot", submit="OK"),
    "labels_name_the_value": Surface("modal", [_input("Its name")]),
    "placeholders_are_examples": Surface("modal", [_input("Name", "Type a branch")]),
    "few_inputs": Surface("modal", [_input("Name")] * 8),
}


@each_case("rule", RULES)
def test_each_rule_sees_what_breaks_it(rule: str) -> None:
    assert rule in {name for name, _ in find_design_problems(BROKEN[rule])}
