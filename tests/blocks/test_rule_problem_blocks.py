from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase

from bot.actions import rule_changes
from bot.blocks import rule_problem_blocks, subscription_blocks
from bot.blocks.rule_problem_blocks import ProblemReport
from bot.commands.subscribe import COMMAND
from bot.domain import ProjectScope
from bot.rules.rule import Rule
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from bot.rules.unmatched_workflows import UnmatchedWorkflows
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import find_button, get_text
from tests.plugins.command_lines import parse_written
from tests.plugins.each_case import each_case
from tests.plugins.factories import NASTY, NOW

RULE = Subscription(12, "T1", "C1", ProjectScope.parse("gh/acme/web"), Rule(), "UGRACE", NOW)
WIDE = replace(RULE, id=13, scope=ProjectScope.parse("gh/acme"))
DEPLOYS = replace(RULE, id=14, rule=Rule(workflow=("deplyo-*",)))


def _case(
    rule: Subscription, kind: str, reason: str, detail: str = "", *, unheard: UnmatchedWorkflows | None = None
) -> ProblemReport:
    return ProblemReport(rule, RuleProblem(rule.id, kind, reason, detail, NOW), unheard)


MISSED = UnmatchedWorkflows(("build", "deploy-prod"), "deploy-prod", NOW - timedelta(days=20))
TOLD = {
    "left": [_case(RULE, "owner", "left"), _case(WIDE, "owner", "left")],
    "disconnected": [_case(RULE, "owner", "disconnected", "silent")],
    "expired": [_case(RULE, "owner", "expired")],
    "hidden": [_case(RULE, "owner", "hidden")],
    "vanished": [_case(RULE, "project", "vanished")],
    "renamed": [_case(RULE, "project", "renamed", "gh/acme/site")],
    "silent": [_case(DEPLOYS, "workflow", "silent", unheard=MISSED)],
}


def test_everything_that_keeps_a_rule_silent_is_told_with_what_mends_it(golden: Check, valid_blocks: Check) -> None:
    drawn = {reason: rule_problem_blocks.render(cases) for reason, cases in TOLD.items()}
    for message in drawn.values():
        valid_blocks(message.blocks)
    golden("troubles", {reason: list(message.blocks) for reason, message in drawn.items()})


@each_case("name", ["*", "deploy-[a-z]*", "deploy, *", "x --only all", "’ --branch ‘"])
def test_listening_to_a_workflow_means_that_one_whatever_it_is_called(name: str) -> None:
    """Whoever can push names workflows, and a pattern is a name too."""
    said = rule_problem_blocks.render(
        [_case(DEPLOYS, "workflow", "silent", unheard=replace(MISSED, recent=(name,), closest=name))]
    )
    _, button = find_button({"blocks": said.blocks}, lambda one: one["text"]["text"].startswith("Follow"))
    args = parse_written(COMMAND, button["value"])
    [pattern] = rule_changes.apply_changes(DEPLOYS.rule, args.texts).workflow
    assert args.number == DEPLOYS.id
    assert fnmatchcase(name, pattern)
    assert not fnmatchcase("deploy-b", pattern)


def test_whoever_made_the_rules_hears_of_them_together(golden: Check, valid_blocks: Check) -> None:
    cases = [_case(RULE, "owner", "expired"), _case(replace(WIDE, channel="C2"), "owner", "expired")]
    message = rule_problem_blocks.render_owner_notice(cases)
    valid_blocks(message.blocks)
    golden("troubles_of_owner", list(message.blocks))


def test_what_is_mended_has_no_buttons_any_more(valid_blocks: Check) -> None:
    standing, mended = TOLD["left"]
    mended = replace(mended, problem=replace(mended.problem, over_at=NOW))
    some, none = rule_problem_blocks.render([standing, mended]), rule_problem_blocks.render([mended])
    gone = rule_problem_blocks.render([mended], {13: rule_problem_blocks.REMOVED})
    for message in (some, none, gone):
        valid_blocks(message.blocks)
    assert "subscribe 12 --takeover" in json.dumps(some.blocks)
    assert "subscribe 13 --takeover" not in json.dumps(some.blocks)
    assert "Rule 13: <@UGRACE> answers for it" in get_text(some.blocks)
    assert "What was wrong with rule 13 of this channel is solved" in none.text
    assert "Rule 13 was removed" in get_text(gone.blocks)
    assert not any(block["type"] == "actions" for block in (*none.blocks, *gone.blocks))


def test_many_rules_fit_into_one_message(valid_blocks: Check) -> None:
    rules = [replace(RULE, id=number, rule=Rule(workflow=(NASTY[:200],))) for number in range(40)]
    message = rule_problem_blocks.render([_case(rule, "owner", "left", "silent") for rule in rules])
    valid_blocks(message.blocks)
    assert "and 30 more" in get_text(message.blocks)
    assert "<!channel>" not in get_text(message.blocks)


def test_lists_of_rules_mark_what_is_wrong(valid_blocks: Check) -> None:
    for reason, [case, *_] in TOLD.items():
        drawn = subscription_blocks.build_list(
            [case.rule], {}, user="UADA", channel="C1", problems={case.rule.id: [case.problem]}
        )
        valid_blocks(drawn)
        shown = get_text(drawn)
        assert ":warning:" in shown
        assert ("Take Over" in shown) == (case.problem.kind == "owner"), reason
        assert ("Follow the New Name" in shown) == (reason == "renamed")
