from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import admin_blocks
from bot.domain.people import AddedAdmin
from tests.plugins.block_kit import Check

ADDED = [AddedAdmin("T1", who, "U0ADA", datetime(2026, 11, 30, tzinfo=UTC)) for who in ("U0GRACE", "S0LEADS")]


def test_the_list_says_who_made_whom_an_admin(golden: Check, valid_blocks: Check) -> None:
    for name, blocks in (
        ("admins", admin_blocks.render_list(["U0ADA"], ADDED).blocks),
        ("admins_none", admin_blocks.render_list([], []).blocks),
        ("admins_added", admin_blocks.render_added(["U0GRACE", "S0LEADS"]).blocks),
        ("admins_removed", admin_blocks.render_removed(["U0GRACE"]).blocks),
        ("admins_told", admin_blocks.render_told("U0ADA", ["U0GRACE"], added=True).blocks),
    ):
        valid_blocks(blocks, "message")
        golden(name, list(blocks))
