from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks import mark_blocks
from bot.domain import ProjectScope
from bot.domain.project_marks import Mark, ProjectMark
from tests.plugins.block_kit import Check
from tests.plugins.factories import WEB

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
MARKS = [
    ProjectMark("T1", ProjectScope.parse("gh/acme/web"), Mark.NO_LOGS, "U0ADA", NOW),
    ProjectMark("T1", ProjectScope.parse("gh/acme/*"), Mark.NEVER_EXTERNAL, "U0ADA", NOW),
]


def test_each_mark_says_what_it_means_and_admins_change_it(golden: Check, valid_blocks: Check) -> None:
    blocks = mark_blocks.render_marks(WEB, MARKS, is_admin=True)
    valid_blocks(blocks)
    golden("project_marks", blocks)


def test_whoever_is_no_admin_only_reads_them() -> None:
    assert [block["type"] for block in mark_blocks.render_marks(WEB, MARKS, is_admin=False)] == ["section"]
    assert mark_blocks.render_marks(WEB, [], is_admin=False) == []


def test_what_changed_can_be_undone_at_once(golden: Check, valid_blocks: Check) -> None:
    told = mark_blocks.render_change(ProjectScope.parse("gh/acme/web"), Mark.NO_LOGS, wanted=True, changed=True)
    valid_blocks(list(told.blocks))
    golden("project_marked", list(told.blocks))
