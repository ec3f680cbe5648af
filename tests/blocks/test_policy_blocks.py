from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.blocks import policy_blocks, policy_change_blocks, policy_form_blocks, policy_words
from bot.blocks.policy_blocks import NumberedLine
from bot.command import format_line
from bot.rules.policy_difference import compare_lines
from bot.rules.policy_effects import PolicyEffects
from bot.rules.policy_line import EVERYBODY, EXTERNAL, GUESTS, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_version import PolicyVersion
from bot.rules.weekly_window import parse_window
from tests.plugins.block_kit import Check

AT = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
WEB = "gh/acme/web"
DECIDE = PolicyLine(Effect.ONLY, ("S0DEPLOYERS", "U0ADA"), PolicyScope("decide", project=WEB, hold="production"))
WEEKEND = PolicyLine(
    Effect.DENY, (EVERYBODY,), PolicyScope("start", when=parse_window("fri 16:00-mon 08:00 Europe/Berlin"))
)
FREE = PolicyLine(Effect.ALLOW, (EXTERNAL,), PolicyScope("read", "C0DEPLOYS", "gh/acme/*"))
TWO = PolicyLine(
    Effect.REQUIRE,
    (EVERYBODY,),
    PolicyScope("approve", project=WEB, parameters=(("environment", "prod*"),)),
    Demands(2, ("S0LEADS",), four_eyes=True, reason=True, expires_s=14400, escalates_s=3600, escalate_to=("U0EVE",)),
)
ODD = PolicyLine(Effect.DENY, (GUESTS,), PolicyScope(branch="<!channel>*", tag="`v`", workflow="w" * 200))
LINES = (DECIDE, WEEKEND, FREE, TWO, ODD)
VERSION = PolicyVersion("T1", 7, LINES, "U0ADA", AT)
SHOW = format_line("policy", "show")


def _number(lines: tuple[PolicyLine, ...] = LINES) -> list[NumberedLine]:
    return [NumberedLine(number, line) for number, line in enumerate(lines, 1)]


def test_the_table_says_who_may_do_what_family_by_family(golden: Check, valid_blocks: Check) -> None:
    blocks = policy_blocks.render_table(_number(), VERSION, 1, again=SHOW, may_change=True).blocks
    valid_blocks(blocks, "message")
    golden("policy_table", list(blocks))


def test_who_is_no_admin_reads_what_it_says_to_them(golden: Check, valid_blocks: Check) -> None:
    own = [one._replace(says=Effect.DENY if one.number == 2 else Effect.ALLOW) for one in _number()[:2]]
    shown = policy_blocks.render_table(own, VERSION, 1, again=SHOW, may_change=False, about=WEB)
    valid_blocks(shown.blocks, "message")
    golden("policy_table_own", list(shown.blocks))


def test_an_empty_table_says_what_holds_then(golden: Check, valid_blocks: Check) -> None:
    empty = replace(VERSION, number=0, lines=())
    blocks = policy_blocks.render_table([], empty, 1, again=SHOW, may_change=True).blocks
    valid_blocks(blocks, "message")
    golden("policy_table_empty", list(blocks))


def test_a_long_table_has_pages() -> None:
    many = _number(tuple(replace(DECIDE, who=(f"U{number}",)) for number in range(30)))
    pages = [policy_blocks.render_table(many, VERSION, page, again=SHOW, may_change=True).blocks for page in (1, 2, 3)]
    assert [sum("accessory" in block for block in page) for page in pages] == [12, 12, 6]


def test_a_change_says_what_it_means_for_whom(golden: Check, valid_blocks: Check) -> None:
    effects = PolicyEffects(("S0DEPLOYERS",), (EVERYBODY, "U0GRACE"), ("rerun",), (TWO,), locked_out=True)
    difference = compare_lines([WEEKEND], [DECIDE])
    written = policy_change_blocks.render_written(VERSION, difference, effects)
    asked = policy_change_blocks.render_question(difference, effects, format_line("policy", "rm", "2", sure=True))
    told = policy_change_blocks.render_told(VERSION, difference)
    for name, message in (("written", written), ("question", asked), ("told", told)):
        valid_blocks(message.blocks, "message")
        golden(f"policy_{name}", list(message.blocks))


@pytest.mark.parametrize("again", [format_line("policy", "rm", "3", version="7"), None])
def test_whoever_was_slower_reads_what_the_first_changed(again: str | None, golden: Check, valid_blocks: Check) -> None:
    difference = compare_lines([DECIDE, ODD], LINES)
    line = format_line("policy", "rm", "3", version="7") if again else None
    blocks = policy_change_blocks.render_overtaken(6, VERSION, difference, line).blocks
    valid_blocks(blocks, "message")
    golden(f"policy_overtaken_{'again' if again else 'gone'}", list(blocks))


def test_the_history_says_what_each_version_changed(golden: Check, valid_blocks: Check) -> None:
    before = replace(VERSION, number=6, lines=(DECIDE, ODD), changed_by=None)
    shown = policy_change_blocks.render_history([VERSION, before], 1, 7)
    valid_blocks(shown.blocks, "message")
    golden("policy_history", list(shown.blocks))
    compared = policy_change_blocks.render_comparison(before, VERSION, compare_lines(before.lines, VERSION.lines))
    valid_blocks(compared.blocks, "message")
    golden("policy_comparison", list(compared.blocks))


def test_a_family_is_told_with_what_belongs_to_it() -> None:
    assert policy_words.format_act("stop") == "`stop` (`cancel`)"
    assert policy_words.format_act("*") == "all commands"


def test_more_people_than_anybody_reads_are_counted() -> None:
    assert policy_words.format_people([f"U{number}" for number in range(12)]).endswith("<@U9> and +2")


def test_the_form_is_filled_in_with_the_line_that_is_changed(golden: Check, valid_blocks: Check) -> None:
    for name, line in (("new", None), ("changed", TWO)):
        blocks = policy_form_blocks.render(line)
        valid_blocks(blocks, "modal")
        golden(f"policy_form_{name}", blocks)
