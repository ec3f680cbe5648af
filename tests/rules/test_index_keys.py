from __future__ import annotations

import pytest

from bot.rules.index_keys import KEYS_PER_OUTCOME, LONGEST, build_outcome_keys, build_rule_keys
from bot.rules.rule import Rule
from tests.plugins.each_case import each_case

LONG = "dependabot/npm_and_yarn/left-pad-1.3.0"


@each_case(
    ("rule", "cues"),
    [
        (Rule(), set()),
        (Rule(branch=("main",)), {"branch:main"}),
        (Rule(branch=("main", "release/*")), {"branch:main", "branch:release/"}),
        (Rule(branch=("*-fix",)), {"branch:"}),
        (Rule(branch=("v?",), tag=("v[0-9]*",)), {"branch:v", "tag:v"}),
        (Rule(branch=("fix[1]",)), {"branch:fix"}),
        (Rule(branch=(LONG,)), {f"branch:{LONG[:LONGEST]}"}),
        (Rule(default_branch=True), {"default"}),
        (Rule(branch=("main",), default_branch=True), {"branch:main"}),
        (Rule(not_branch=("main",), not_tag=("v*",), workflow=("build",), mine=True), set()),
    ],
)
def test_a_rule_needs_the_beginning_of_one_of_its_refs(rule: Rule, cues: set[str]) -> None:
    assert build_rule_keys(rule) == cues


def test_an_outcome_shows_each_beginning_of_its_ref() -> None:
    assert set(build_outcome_keys("main", None, on_default=False)) == {
        "", "branch:", "branch:m", "branch:ma", "branch:mai", "branch:main",
    }  # fmt: skip
    assert set(build_outcome_keys(None, "v1", on_default=False)) == {"", "tag:", "tag:v", "tag:v1"}
    assert "default" in build_outcome_keys("main", None, on_default=True)


@pytest.mark.parametrize("ref", [None, "", "main", LONG[:LONGEST], LONG])
@pytest.mark.parametrize("on_default", [True, False])
def test_however_long_a_ref_is_as_many_cues_are_looked_for(ref: str | None, *, on_default: bool) -> None:
    assert (
        len(build_outcome_keys(ref, None, on_default=on_default))
        == len(build_outcome_keys(None, ref, on_default=on_default))
        == KEYS_PER_OUTCOME
    )


def test_no_rule_needs_what_fills_up_the_cues_of_a_short_ref() -> None:
    assert "" in build_outcome_keys(None, None, on_default=False)
    assert "" not in build_rule_keys(Rule(branch=("*", ""), tag=("*",)))
