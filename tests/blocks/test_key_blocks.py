from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import key_blocks, question_blocks
from bot.circleci.models import CheckoutKey
from bot.domain import ProjectSlug
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, WEB

DEPLOY = CheckoutKey(
    public_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==",
    type="deploy-key",
    fingerprint="c9:0b:1c:4f:d5:65:56:b9:ad:88:f9:81:2b:37:74:2f",
    preferred=True,
    created_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
)
USER = CheckoutKey(type="github-user-key", fingerprint="SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30JwCcdSSNM0")
STRANGE = CheckoutKey(public_key=NASTY * 20, type=NASTY, fingerprint=NASTY)


def test_keys_are_listed_with_what_can_be_done_with_each(golden: Check, valid_blocks: Check) -> None:
    blocks_ = key_blocks.render_list(WEB, [DEPLOY, USER], 1, digest="md5")
    valid_blocks(blocks_)
    golden("keys", blocks_)


def test_one_key_shows_its_public_half(golden: Check, valid_blocks: Check) -> None:
    shown = key_blocks.render_details(WEB, DEPLOY)
    valid_blocks(shown)
    golden("key", shown)


def test_the_dialog_names_the_key_and_what_becomes_of_it(golden: Check, valid_blocks: Check) -> None:
    view = question_blocks.render_dialog(key_blocks.build_removal_confirmation(WEB, DEPLOY))
    valid_blocks(view.blocks, "modal")
    golden("key_removal", {"title": view.title, "submit": view.submit, "line": view.line, "blocks": view.blocks})


def test_whatever_circleci_sends_is_shown_harmlessly_and_a_page_at_a_time(valid_blocks: Check) -> None:
    listed = key_blocks.render_list(WEB, [STRANGE] * 20, 2, digest="sha256")
    valid_blocks(listed)
    valid_blocks(key_blocks.render_details(WEB, STRANGE))
    assert "<!channel>" not in get_text(listed)
    assert [text for text in ("Previous Page", "Next Page") if text in get_text(listed)] == [
        "Previous Page",
        "Next Page",
    ]
    assert any("--digest=sha256 --keys --page=3" in str(block) for block in listed)


def test_an_empty_list_still_leads_on() -> None:
    assert "(none)" in get_text(key_blocks.render_list(WEB, [], 1, digest="md5"))
    assert "Add a" not in get_text(key_blocks.render_list(ProjectSlug("circleci", "o", "p"), [], 1, digest="md5"))
