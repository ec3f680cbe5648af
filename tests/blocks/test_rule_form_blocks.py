from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.blocks import rule_form_blocks
from bot.blocks.kit import Block
from bot.blocks.rule_form_pages import PAGES
from bot.rules.fields import FIELDS
from bot.rules.kinds import OUTCOME_KINDS
from bot.rules.rule import Rule
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case

RULE = Rule(
    frozenset({"broke", "recovered"}), branch=("main", "release/*"), not_actor=("dependabot*",),
    trigger=("gitlab", "webhook"), every=3, default_branch=True, mention=("S0PLATFORM", "U0ADA", "author"),
)  # fmt: skip
TEXTS = {"only": tuple(sorted(RULE.only)), **RULE.to_texts()}


def test_the_first_page_asks_for_what_people_decide_first(golden: Check, valid_blocks: Check) -> None:
    drawn = rule_form_blocks.render("gh/acme/web-*", {"only": sorted(Rule().only)})
    assert [block["block_id"] for block in drawn if block["type"] == "input"] == ["project", "what", "branch"]
    valid_blocks(drawn, "modal")
    golden("rule_form", drawn)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_short_and_says_what_the_rule_says(page: str, golden: Check, valid_blocks: Check) -> None:
    drawn = rule_form_blocks.render("gh/acme/web-*", TEXTS, page, summary="`main` · first failures")
    assert drawn[0]["block_id"] == "project"
    valid_blocks(drawn, "modal")
    assert sum(block["type"] == "input" for block in drawn) <= 7
    golden(f"rule_form_{page}", drawn)


def test_every_field_of_a_rule_is_on_exactly_one_page() -> None:
    shown = [block.get("block_id") for page in PAGES for block in rule_form_blocks.render(None, {}, page)]
    assert [shown.count(field.name) for field in FIELDS] == [1] * len(FIELDS)


@each_case("page", PAGES)
def test_no_page_speaks_of_a_command_line(page: str) -> None:
    assert "--" not in get_text({"blocks": rule_form_blocks.render(None, {}, page)})


def test_an_empty_form_fits_too_and_the_longest_rule(valid_blocks: Check) -> None:
    for page in PAGES:
        valid_blocks(rule_form_blocks.render(None, {}, page), "modal")
        said = {"branch": ["x" * 200] * 7, "trigger": ["y" * 150]}
        valid_blocks(rule_form_blocks.render("gh/acme/" + "x" * 140, said, page), "modal")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("rule", [RULE, Rule(), Rule(frozenset({"all"})), Rule(frozenset(OUTCOME_KINDS))])
def test_a_page_that_is_handed_in_as_it_is_drawn_changes_nothing(rule: Rule, page: str) -> None:
    texts = {"only": tuple(sorted(rule.only)), **rule.to_texts()}
    drawn = rule_form_blocks.render("gh/acme", texts, page)
    scope, after = rule_form_blocks.merge_form("gh/acme", texts, **_hand_in(drawn))
    assert scope == "gh/acme"
    assert Rule.parse(after) in {rule, Rule.parse({**after, "only": tuple(rule.only)})}
    assert _spell(Rule.parse(after).only) == _spell(rule.only)


def test_what_is_emptied_is_taken_away_and_what_is_on_other_pages_stays() -> None:
    drawn = rule_form_blocks.render("gh/acme", TEXTS)
    said = _hand_in(drawn)
    said["fields"] = {"project": "gh/acme/api"}
    said["chosen"] = {"what": ("fails", "waits")}
    scope, after = rule_form_blocks.merge_form("gh/acme", TEXTS, **said)
    kinds = {"failed", "errored-config", "unauthorized", "on-hold", "broke"}
    assert (scope, Rule.parse(after)) == (
        "gh/acme/api",
        Rule.parse({**{name: texts for name, texts in TEXTS.items() if name != "branch"}, "only": tuple(kinds)}),
    )


def test_of_everything_a_box_can_be_left_out() -> None:
    drawn = rule_form_blocks.render("gh/acme", {"only": ("all",)})
    said = _hand_in(drawn)
    said["chosen"] = {"what": tuple(box for box in said["chosen"]["what"] if box != "starts")}
    _, after = rule_form_blocks.merge_form("gh/acme", {"only": ("all",)}, **said)
    assert set(after["only"]) == set(OUTCOME_KINDS) - {"started"}


def _spell(only: frozenset[str]) -> frozenset[str]:
    return frozenset(OUTCOME_KINDS) if "all" in only else only


def _hand_in(blocks: Sequence[Block]) -> dict[str, Any]:
    """What Slack says of a form that nobody touched."""
    fields: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    inputs = [block for block in blocks if block["type"] == "input"]
    for block in inputs:
        element: Mapping[str, Any] = block["element"]
        if element["type"] in {"checkboxes", "multi_static_select", "multi_external_select"}:
            chosen[block["block_id"]] = tuple(one["value"] for one in element.get("initial_options", ()))
        elif element["type"] == "multi_users_select":
            chosen[block["block_id"]] = tuple(element.get("initial_users", ()))
        elif "initial_option" in element:
            fields[block["block_id"]] = element["initial_option"]["value"]
        elif "initial_value" in element:
            fields[block["block_id"]] = element["initial_value"]
    return {"fields": fields, "chosen": chosen, "shown": {block["block_id"] for block in inputs}}
