from __future__ import annotations

from bot.blocks import personal_data_blocks
from bot.blocks.personal_data_blocks import KeptPart
from bot.store.tables.personal import BY_TABLE
from tests.plugins.block_kit import Check

PARTS = (
    KeptPart(BY_TABLE["accounts"].what, 1, goes=True),
    KeptPart(BY_TABLE["outbox"].what, 1200, goes=True),
    KeptPart(BY_TABLE["subscriptions"].what, 3, goes=False),
    KeptPart(BY_TABLE["audit"].what, 40, goes=False, stays=BY_TABLE["audit"].stays),
)


def test_the_question_says_what_goes_what_stays_and_why(golden: Check, valid_blocks: Check) -> None:
    modal = personal_data_blocks.render_question(PARTS)
    assert len(modal.title) <= 24
    valid_blocks(list(modal.blocks))
    golden("erase_form", list(modal.blocks))


def test_where_no_modal_opens_the_button_asks_once_more(golden: Check, valid_blocks: Check) -> None:
    blocks = list(personal_data_blocks.render_question_message(PARTS).blocks)
    valid_blocks(blocks)
    golden("erase_message", blocks)


def test_everything_that_is_kept_fits_into_one_modal(valid_blocks: Check) -> None:
    parts = [KeptPart(one.what, 10**6, goes, one.stays) for one in BY_TABLE.values() for goes in (True, False)]
    valid_blocks(list(personal_data_blocks.render_question(parts).blocks))
