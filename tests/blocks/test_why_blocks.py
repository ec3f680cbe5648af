from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import why_blocks
from bot.blocks.condition_sentences import SENTENCES
from bot.circleci.links import Links
from bot.domain import Deploy, Outcome, ProjectScope
from bot.language.spoken import speaking
from bot.messages import Card, Message
from bot.rules.fields import FIELDS
from bot.rules.match import list_conditions
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, WEB, make_id, make_pipeline

OUTCOME = Outcome(
    key="k", kind="failed", status="failed", project=WEB, pipeline_id=make_id(341), pipeline_number=341,
    workflow="build", workflow_id="w", branch="main", tag=None, happened_at=NOW, actor="ada", trigger="webhook",
    on_default=True,
    classes=frozenset({"still-failing"}), streak=3,
)  # fmt: skip
WANTS = Rule(
    branch=("m*",), tag=("v*",), not_branch=("x",), not_tag=("y",), workflow=("b*",), not_workflow=("z",),
    actor=("ada",), not_actor=("bot*",), trigger=("webhook",), not_trigger=("api",), default_branch=True,
    mine=True, every=2,
)  # fmt: skip
RULE = Subscription(1, "T", "C", ProjectScope.parse("gh/acme"), WANTS, "U1", NOW, login="ada")
CARD = Card(1, "T", "C", make_id(341), "1.2", 1, 1, None, NOW)


def _told(found: Sequence[Outcome], rules: Sequence[Subscription], covering: set[int], **more: Any) -> Message:
    usual: dict[str, Any] = {"card": CARD, "kept": {}, "due": {}, "known": True}
    return why_blocks.render(
        why_blocks.NotificationTrace(make_pipeline(), found, rules, covering, **(usual | more)), Links()
    )


def test_every_condition_has_words_for_both_cases(golden: Check, valid_blocks: Check) -> None:
    opposite = replace(
        OUTCOME,
        kind="passed",
        classes=frozenset(),
        branch="x",
        workflow="z",
        actor="bot1",
        trigger="api",
        on_default=False,
    )
    rules = [RULE, replace(RULE, id=2, scope=ProjectScope.parse("gh/acme/api")), replace(RULE, id=3)]
    message = _told([OUTCOME, opposite], rules, {1, 2})
    valid_blocks(message.blocks)
    golden("why", list(message.blocks))


def test_a_deploy_is_explained_by_where_it_went_and_what_went(golden: Check, valid_blocks: Check) -> None:
    deploy = Deploy("web", "production", "v1.4.2", replaced="v1.4.1")
    deployed = replace(OUTCOME, kind="deployed", classes=frozenset(), streak=0, deploy=deploy, workflow="ship")
    wants = [
        Rule.build({"environment": ("prod*",), "not_environment": ("qa",), "component": ("web",)}),
        Rule.build({"environment": ("staging",), "not_environment": ("prod*",), "component": ("api",)}),
        Rule(not_environment=("qa",), only=frozenset({"all"})),
    ]
    rules = [replace(RULE, id=number, rule=rule) for number, rule in enumerate(wants, 1)]
    message = _told([OUTCOME, deployed], rules, {1, 2, 3})
    valid_blocks(message.blocks)
    golden("why_deploys", list(message.blocks))


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_people_call_a_trigger_stands_beside_circlecis_word_only_where_that_is_another(language: str) -> None:
    say = SENTENCES["trigger"].met
    with speaking(language):
        said = [say(RULE, replace(OUTCOME, trigger=word)) if say else "" for word in ("schedule", "github_app")]
    assert "(" not in said[0]
    assert "`github_app` (" in said[1]


@each_case("name", [name for name, _ in list_conditions(RULE, OUTCOME)])
def test_no_condition_is_without_words(name: str) -> None:
    assert SENTENCES[name].unmet
    assert SENTENCES[name].met or name in {"project", "since"}


def test_every_field_is_explained_or_part_of_another() -> None:
    assert {field.name for field in FIELDS} - set(SENTENCES) == {"every", "slower", "to", "at", "mention"}


def test_many_rules_and_outcomes_fit_into_a_message(valid_blocks: Check) -> None:
    long = replace(RULE, rule=replace(WANTS, branch=tuple(f"{'x' * 190}{number}" for number in range(7))))
    outcomes = [replace(OUTCOME, workflow="<!channel>" * 30)] * 20
    message = _told(outcomes, [long] * 30, set(), card=None, known=False)
    valid_blocks(message.blocks)
    assert "<!channel>" not in get_text(message.blocks)
    assert "and 20 more rules" in get_text(message.blocks)
    empty = _told([], [], set(), card=None)
    assert "Nothing has happened yet" in get_text(empty.blocks)


def test_a_hold_says_when_it_is_reminded_of(valid_blocks: Check) -> None:
    held = replace(OUTCOME, kind="on-hold", key="w:hold:j")
    rule, due = replace(RULE, rule=Rule(only=frozenset({"on-hold"}), remind=("2h", "1d"))), NOW + timedelta(hours=2)
    drawn = _told([held], [rule], {1}, due={held.key: due})
    valid_blocks(drawn.blocks)
    shown = get_text(list(drawn.blocks))
    assert "While it waits, I remind this channel after 2h and after 1d." in shown
    assert "If it still waits, I remind this channel at <!date^" in shown
    failed = _told([OUTCOME], [rule], {1})
    assert "I remind" not in get_text(list(failed.blocks))
