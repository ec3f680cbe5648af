from __future__ import annotations

from dataclasses import replace

from bot.blocks import own_settings_blocks
from bot.blocks.me_blocks import PersonalSettings
from bot.blocks.own_settings_blocks import Deed, OwnSettings
from bot.domain import ProjectScope
from bot.domain.people import Account, AccountState, Login
from bot.rules.dm_topics import USUAL
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, WEB

ADA = Account("T1", "U1", "id-of-ada", "ada", "Ada Lovelace", AccountState.ACTIVE, NOW, "CCIPAT_secret")
ME = PersonalSettings(ADA, [Login("T1", "U1", "ada", verified=True, linked_at=NOW)], USUAL)
RULE = Subscription(3, "T1", "C1", ProjectScope.parse(str(WEB)), Rule(), "U1", NOW)


def test_settings_show_the_account_the_messages_the_rules_and_what_was_done(golden: Check, valid_blocks: Check) -> None:
    own = OwnSettings(ME, [RULE], deeds=[Deed("Rerun from failed (`build`)", WEB, 341, NOW)])
    blocks = own_settings_blocks.render_form(own, "U1", {}, {})
    valid_blocks(blocks, "modal")
    golden("own_settings", blocks)


def test_a_login_is_added_below_those_that_there_are() -> None:
    shown = get_text(own_settings_blocks.render_form(OwnSettings(ME), "U1", {}, {}))
    assert shown.index("`ada` — verified") < shown.index("Add a login")


def test_settings_of_a_stranger_offer_to_connect_and_say_what_will_stand_there(valid_blocks: Check) -> None:
    blocks = own_settings_blocks.render_form(OwnSettings(PersonalSettings(None, [], USUAL)), "U1", {}, {})
    valid_blocks(blocks, "modal")
    shown = get_text(blocks)
    assert "Connect CircleCI" in shown
    assert "`/circle subscribe acme/web`" in shown
    assert "Nothing yet" in shown


def test_fullest_settings_fit_into_a_modal(valid_blocks: Check) -> None:
    logins = [Login("T1", "U1", f"login-{number}", verified=False, linked_at=NOW) for number in range(30)]
    rules = [replace(RULE, id=number) for number in range(10)]
    deeds = [Deed("Canceled (`build`)", WEB, number, NOW) for number in range(10)]
    blocks = own_settings_blocks.render_form(
        OwnSettings(PersonalSettings(ADA, logins, USUAL), rules, deeds=deeds), "U1", {}, {}
    )
    valid_blocks(blocks, "modal")
    assert len(blocks) <= 100
