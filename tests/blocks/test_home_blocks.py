from __future__ import annotations

from bot.blocks import home_blocks
from bot.blocks.home_blocks import HomeContent
from bot.blocks.me_blocks import PersonalSettings
from bot.circleci.links import Links
from bot.commands import COMMANDS
from bot.domain import ProjectScope
from bot.domain.people import Account, AccountState, Login
from bot.rules.dm_topics import USUAL
from bot.rules.rule import Rule
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, WEB, make_hold, make_snapshot, make_workflow

ADA = Account("T1", "U1", "id-of-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_secret")
ME = PersonalSettings(ADA, [Login("T1", "U1", "ada", verified=True, linked_at=NOW)], USUAL)


def test_holds_come_before_my_pipelines_and_these_before_rules(golden: Check, valid_blocks: Check) -> None:
    held = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), (make_hold(1, "ship"),)))
    passed = make_snapshot((make_workflow(2, "build", "success"), None))
    rule = Subscription(3, "T1", "C1", ProjectScope.parse(str(WEB)), Rule(), "U1", NOW)
    harness = HomeContent(ADA, [(WEB, held)], [(WEB, passed)], [rule], {}, ME)
    blocks = home_blocks.render(harness, COMMANDS[:2], links=Links(), now=NOW)
    valid_blocks(blocks, "home")
    golden("home", blocks)


def test_a_fullest_desk_fits_into_a_home(valid_blocks: Check) -> None:
    holds = tuple(make_hold(number, f"hold-{number}") for number in range(9))
    held = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), holds))
    rules = [Subscription(number, "T1", "C1", ProjectScope.parse(str(WEB)), Rule(), "U1", NOW) for number in range(10)]
    problems = {rule.id: [RuleProblem(rule.id, "project", "renamed", "gh/acme/site", NOW)] for rule in rules}
    harness = HomeContent(ADA, [(WEB, held)] * 5, [(WEB, held)] * 5, rules, {}, ME, "CircleCI is slow", problems)
    blocks = home_blocks.render(harness, COMMANDS, links=Links(), now=NOW)
    valid_blocks(blocks, "home")
    assert get_text(blocks).count("Follow the New Name") == len(rules)


def test_a_stranger_is_welcomed_with_first_steps(valid_blocks: Check) -> None:
    blocks = home_blocks.render_welcome(None, COMMANDS)
    valid_blocks(blocks, "home")
    assert "Connect CircleCI" in get_text(blocks)
    assert "First steps" in get_text(blocks)


def test_an_empty_desk_says_how_to_fill_it() -> None:
    shown = get_text(home_blocks.render(HomeContent(ADA, [], [], [], {}, ME), COMMANDS, links=Links(), now=NOW))
    assert "Waiting for approval" not in shown
    assert "None that you started lately" in shown
    assert "say `/circle subscribe`" in shown
