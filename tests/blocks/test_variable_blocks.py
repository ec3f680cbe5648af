from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import question_blocks, variable_blocks
from bot.circleci.models import Variable
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB

TOKEN = Variable(name="NPM_TOKEN", value="xxxx7h2k", created_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC))
SHORT = Variable(name="FLAG", value="xxxx1")
BARE = Variable(name="BARE", value="not masked at all")


def test_variables_are_listed_masked(golden: Check, valid_blocks: Check) -> None:
    listed = variable_blocks.render_list(WEB, [TOKEN, SHORT], 1)
    valid_blocks(listed)
    golden("variables", listed)


def test_what_is_too_short_to_be_masked_is_not_shown_at_all() -> None:
    shown = get_text(variable_blocks.render_list(WEB, [SHORT, BARE], 1))
    assert "xxxx1" not in shown
    assert "not masked" not in shown
    assert shown.count("`xxxx`") >= 2


def test_the_form_for_a_new_value_and_for_one_that_replaces(golden: Check, valid_blocks: Check) -> None:
    forms = [
        variable_blocks.render_name_form(WEB),
        variable_blocks.render_value_form(WEB, "NEW", None),
        variable_blocks.render_value_form(WEB, "NPM_TOKEN", TOKEN),
    ]
    for view in forms:
        valid_blocks(view.blocks, "modal")
    golden("variable_forms", [[view.title, view.submit, view.line, list(view.blocks)] for view in forms])


def test_the_dialog_names_the_variable_and_what_becomes_of_it(golden: Check, valid_blocks: Check) -> None:
    view = question_blocks.render_dialog(variable_blocks.build_removal_confirmation(WEB, TOKEN))
    valid_blocks(view.blocks, "modal")
    golden("variable_removal", [view.title, view.submit, view.line, list(view.blocks)])


def test_whatever_circleci_sends_is_shown_harmlessly(valid_blocks: Check) -> None:
    strange = Variable(name=NASTY, value=NASTY)
    valid_blocks(variable_blocks.render_list(WEB, [strange] * 20, 2))
    valid_blocks(variable_blocks.render_details(WEB, strange))
    assert "<!channel>" not in get_text(variable_blocks.render_details(WEB, strange))
