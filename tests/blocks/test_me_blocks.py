from __future__ import annotations

from bot.blocks import direct_message_blocks, me_blocks
from bot.domain.people import Account, AccountState, Login
from bot.messages import Message
from bot.rules.dm_topics import USUAL
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW

ADA = Account("T1", "UADA", "c-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_ada")
LOGINS = [
    Login("T1", "UADA", "ada", verified=True, linked_at=NOW),
    Login("T1", "UADA", NASTY[:100], verified=False, linked_at=NOW),
]


def test_a_person_sees_their_logins_and_a_switch_for_each_message(golden: Check, valid_blocks: Check) -> None:
    known = me_blocks.PersonalSettings(ADA, LOGINS, USUAL)
    blocks = me_blocks.render(
        known,
        me_blocks.format_changes(frozenset({"failed", "recovered"}), USUAL),
        me_blocks.build_topics_line({"failed", "recovered"}),
    )
    valid_blocks(blocks)
    assert "<!channel>" not in get_text(blocks)
    golden("me", blocks)


def test_a_stranger_with_many_logins_fits_too_and_is_told_what_is_missing(valid_blocks: Check) -> None:
    many = [Login("T1", "UADA", f"login-{number}", verified=False, linked_at=NOW) for number in range(12)]
    blocks = me_blocks.render(me_blocks.PersonalSettings(None, many, frozenset()))
    valid_blocks(blocks)
    assert "…and 2 more" in get_text(blocks)
    assert "They need your own token" in get_text(blocks)


def test_the_form_ticks_what_is_wished_or_was_filled_in(golden: Check, valid_blocks: Check) -> None:
    known = me_blocks.PersonalSettings(ADA, LOGINS, USUAL)
    valid_blocks(me_blocks.render_form(known, {}, {}), "modal")
    filled = me_blocks.render_form(
        known, {"login": "octocat", "language": "de"}, {"messages": ("recovered", "approvals")}
    )
    golden("me_form", filled)


def test_what_has_changed_reads_as_a_sentence() -> None:
    everything = frozenset({"failed", "recovered", "approvals"})
    assert me_blocks.format_changes(USUAL, USUAL) == "That is how it was already."
    assert (
        me_blocks.format_changes(USUAL, everything)
        == "Direct messages turned on: *My recoveries* and *Approvals wanted*."
    )
    assert me_blocks.format_changes(USUAL, frozenset({"approvals"})) == (
        "Direct messages turned off: *My failures*. Direct messages turned on: *Approvals wanted*."
    )
    assert me_blocks.build_topics_line(frozenset()) == "me --dm=none"


def test_a_letter_says_why_it_came_and_stops_at_one_tap(golden: Check, valid_blocks: Check) -> None:
    long = Message("It failed", [{"type": "divider"}] * 60)
    valid_blocks(list(direct_message_blocks.render_direct_message(long, "failed").blocks))
    golden(
        "letter",
        direct_message_blocks.render_direct_message(Message("It failed", [{"type": "divider"}]), "approvals").blocks,
    )
