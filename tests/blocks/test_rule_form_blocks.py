from __future__ import annotations

from bot.blocks import rule_form_blocks
from bot.rules.fields import FIELDS
from bot.rules.rule import Rule
from tests.plugins.block_kit import Check

RULE = Rule(
    frozenset({"broke"}), branch=("main", "release/*"), not_actor=("dependabot*",), trigger=("gitlab", "webhook"),
    every=3, default_branch=True, mention=("S0PLATFORM", "U0ADA", "author"),
)  # fmt: skip

_BLOCKS = ["project", *(name for field in FIELDS for name in (field.name, f"{field.name}-people")[: 1 + field.people])]


def test_the_form_has_an_input_for_each_field_with_what_the_rule_says(golden: Check, valid_blocks: Check) -> None:
    drawn = rule_form_blocks.render("gh/acme/web-*", RULE.to_texts())
    assert [block["block_id"] for block in drawn] == _BLOCKS
    valid_blocks(drawn, "modal")
    golden("rule_form", drawn)


def test_an_empty_form_fits_too_and_the_longest_rule(valid_blocks: Check) -> None:
    valid_blocks(rule_form_blocks.render(None, {}), "modal")
    valid_blocks(
        rule_form_blocks.render("gh/acme/" + "x" * 140, {"branch": ["x" * 200] * 7, "trigger": ["y" * 150]}), "modal"
    )


def test_what_is_filled_in_is_read_as_the_rule_that_was_drawn() -> None:
    several = {field.name for field in FIELDS if not field.takes or (field.choices and not field.single_choice)}
    fields = {name: ",".join(texts) for name, texts in RULE.to_texts().items() if name not in several}
    chosen = {name: texts or ("yes",) for name, texts in RULE.to_texts().items() if name in several}
    chosen |= {"mention": ("S0PLATFORM", "author"), "mention-people": ("U0ADA",), "mine": ()}
    scope, said = rule_form_blocks.parse_form({"project": "gh/acme", "tag": " ", **fields}, chosen)
    assert (scope, Rule.parse(said)) == ("gh/acme", RULE)
