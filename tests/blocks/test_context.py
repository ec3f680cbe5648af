from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import context as blocks
from bot.circleci.models import Collaboration, ContextName, ContextVariable
from tests.plugins.blockkit import Check
from tests.plugins.nouns import NASTY, an_id
from tests.plugins.reading import text_of

ACME = Collaboration(name="acme", slug="gh/acme")
AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
PRODUCTION = ContextName(id=an_id(1), name="deploy-production", created_at=AT)
AWS = ContextVariable(variable="AWS_ACCESS_KEY_ID", created_at=AT, updated_at=AT)


def test_contexts_are_listed_with_a_way_to_what_they_hold(golden: Check, valid_blocks: Check) -> None:
    listed = blocks.listed(ACME, [PRODUCTION], 1)
    valid_blocks(listed)
    golden("contexts", listed)


def test_of_what_a_context_holds_the_names_are_shown(golden: Check, valid_blocks: Check) -> None:
    shown = blocks.shown(PRODUCTION, [AWS], 1)
    valid_blocks(shown)
    golden("context", shown)


def test_whatever_circleci_sends_is_shown_harmlessly_and_a_page_at_a_time(valid_blocks: Check) -> None:
    strange = ContextName(id=an_id(2), name=NASTY)
    listed = blocks.listed(ACME, [strange] * 20, 2)
    shown = blocks.shown(strange, [ContextVariable(variable=NASTY, updated_at=AT)] * 70, 2)
    for drawn in (listed, shown):
        valid_blocks(drawn)
        assert "<!channel>" not in text_of(drawn)
        assert "Next page" in text_of(drawn)
    assert "(none)" in text_of(blocks.listed(ACME, [], 1))
