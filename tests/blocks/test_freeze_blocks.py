from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks import freeze_blocks
from tests.plugins.block_kit import Check
from tests.rules.test_project_freeze import FREEZE, NOW

PLANNED = replace(FREEZE, id=2, scope=None, name="", exempt=(), since=NOW + timedelta(days=1))


def _check(golden: Check, valid_blocks: Check, name: str, blocks: object) -> None:
    valid_blocks(blocks)
    golden(name, blocks)


def test_an_admin_sees_what_holds_and_what_will_and_ends_it(golden: Check, valid_blocks: Check) -> None:
    _check(
        golden, valid_blocks, "freezes", freeze_blocks.render_list([FREEZE, PLANNED], now=NOW, may_change=True).blocks
    )


def test_list_of_somebody_who_may_not_change_it(golden: Check, valid_blocks: Check) -> None:
    _check(golden, valid_blocks, "freezes_read", freeze_blocks.render_list([FREEZE], now=NOW, may_change=False).blocks)


def test_nothing_is_frozen(golden: Check, valid_blocks: Check) -> None:
    _check(golden, valid_blocks, "freezes_none", freeze_blocks.render_list([], now=NOW, may_change=True).blocks)


def test_begun_and_over(golden: Check, valid_blocks: Check) -> None:
    _check(golden, valid_blocks, "freeze_begun", freeze_blocks.render_announcement(FREEZE).blocks)
    _check(golden, valid_blocks, "freeze_over", freeze_blocks.render_thaw(FREEZE).blocks)
    _check(golden, valid_blocks, "freeze_thawed", freeze_blocks.render_ended(FREEZE.end(NOW, "UEVE")).blocks)


def test_the_form_is_as_the_person_left_it(golden: Check, valid_blocks: Check) -> None:
    form = freeze_blocks.render_form("gh/acme/web", {"until": "monday"}, {"people": ("UGRACE",)})
    _check(golden, valid_blocks, "freeze_form", form.blocks)
