from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import context_blocks
from bot.circleci.models import Collaboration, ContextName, ContextVariable
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, make_id

ACME = Collaboration(name="acme", slug="gh/acme")
AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
PRODUCTION = ContextName(id=make_id(1), name="deploy-production", created_at=AT)
AWS = ContextVariable(variable="AWS_ACCESS_KEY_ID", created_at=AT, updated_at=AT)


def test_contexts_are_listed_with_a_way_to_what_they_hold(golden: Check, valid_blocks: Check) -> None:
    listed = context_blocks.render_list(ACME, [PRODUCTION], 1)
    valid_blocks(listed)
    golden("contexts", listed)


def test_of_what_a_context_holds_the_names_are_shown(golden: Check, valid_blocks: Check) -> None:
    shown = context_blocks.render_details(PRODUCTION, [AWS], 1)
    valid_blocks(shown)
    golden("context", shown)


def test_whatever_circleci_sends_is_shown_harmlessly_and_a_page_at_a_time(valid_blocks: Check) -> None:
    strange = ContextName(id=make_id(2), name=NASTY)
    listed = context_blocks.render_list(ACME, [strange] * 20, 2)
    shown = context_blocks.render_details(strange, [ContextVariable(variable=NASTY, updated_at=AT)] * 70, 2)
    for drawn in (listed, shown):
        valid_blocks(drawn)
        assert "<!channel>" not in get_text(drawn)
        assert "Next Page" in get_text(drawn)
    assert "(none)" in get_text(context_blocks.render_list(ACME, [], 1))
