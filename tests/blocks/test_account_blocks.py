from __future__ import annotations

from dataclasses import replace

from bot.blocks import account_blocks, me_blocks
from bot.circleci.models import Collaboration
from bot.domain.people import Account, AccountState, Login
from bot.rules.dm_topics import USUAL
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW

ADA = Account("T1", "U1", "id-of-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_secret")


def test_the_form_says_where_a_token_comes_from_and_what_becomes_of_it(golden: Check, valid_blocks: Check) -> None:
    blocks = account_blocks.render_connect_form("https://app.circleci.com/settings/user/tokens", None)
    valid_blocks(blocks, "modal")
    golden("connect_form", blocks)


def test_a_token_is_never_drawn() -> None:
    drawn = [
        account_blocks.render_connect_form("https://x", ADA),
        account_blocks.render_connected(ADA, "status"),
        account_blocks.render_profile(ADA, [], "`gh/acme/web`"),
        account_blocks.render_connect_prompt(ADA),
    ]
    assert "secret" not in get_text(drawn)


def test_an_expired_token_asks_for_a_new_one() -> None:
    expired = replace(ADA, state="expired")
    assert "no longer accepts the token of *Ada Lovelace (ada)*" in get_text(
        account_blocks.render_connect_prompt(expired)
    )
    assert "a new one replaces it" in get_text(account_blocks.render_connect_form("https://x", expired))


def test_a_profile_of_the_strangest_names_is_harmless(golden: Check, valid_blocks: Check) -> None:
    nasty = replace(ADA, name=NASTY, login=NASTY)
    orgs = [Collaboration(name=NASTY, slug="gh/acme") for _ in range(30)]
    blocks = account_blocks.render_profile(nasty, orgs, "`gh/acme/web`")
    valid_blocks(blocks)
    assert "<!channel>" not in get_text(blocks)
    known = me_blocks.PersonalSettings(ADA, [Login("T1", "U1", "ada", verified=True, linked_at=NOW)], USUAL)
    profile = account_blocks.render_profile(
        ADA,
        [Collaboration(name="Acme", slug="gh/acme")],
        "`gh/acme/web`",
        facts=me_blocks.list_facts(known),
        offers=[me_blocks.build_change_button()],
    )
    valid_blocks(profile)
    golden("profile", profile)
