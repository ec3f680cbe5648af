from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks import administration_blocks, administration_page_blocks
from bot.domain import ProjectSlug
from bot.domain.admin_overview import (
    AdministeredWorkspace,
    AdminOverview,
    ConnectedPerson,
    ReplayProgress,
    RuledProject,
    SpentBudget,
)
from bot.domain.audit_records import AuditKind, AuditRecord, AuditResult
from bot.domain.project_feeds import Hook, TokenOwner
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEB = ProjectSlug.parse("gh/acme/web")


def _refuse(number: int) -> AuditRecord:
    return AuditRecord(
        workspace="T1",
        at=NOW - number * DAY,
        kind=AuditKind.ACT,
        act="trigger",
        result=AuditResult.REFUSED,
        user="U0GRACE",
        project="gh/acme/web",
        branch="main",
        decided_by="allow @ada start" if number % 2 else "",
    )


def _know(user: str, *, is_active: bool) -> ConnectedPerson:
    return ConnectedPerson(user, is_active=is_active, connected_at=NOW - DAY, expires_at=None, last_used_at=None)


def _build(people: int = 3, refusals: int = 3) -> AdminOverview:
    known = [
        _know("U0GRACE", is_active=False),
        ConnectedPerson("U0ADA", is_active=True, connected_at=NOW - DAY, expires_at=NOW + 3 * DAY, last_used_at=NOW),
        *(_know(f"U{number}", is_active=True) for number in range(people - 2)),
    ]
    return AdminOverview(
        now=NOW,
        people=known,
        projects=[RuledProject("acme/web", [("U0ADA", 2), ("U0GRACE", 1)], ["C0WEB", "C0OPS"], 1, orphan=7)],
        hooks=[
            Hook(WEB, "k", "p", "h", "https://x.dev", "T1", "U0ADA", NOW, heard_at=NOW),
            Hook(WEB, "l", "p", "h", "https://x.dev", "T1", "U0ADA", NOW, quiet_at=NOW - DAY),
        ],
        budgets=[SpentBudget(TokenOwner("", ""), 4500, 5000), SpentBudget(TokenOwner("T1", "U0ADA"), 12, None)],
        stuck=2,
        waiting=1,
        replays=[ReplayProgress("acme/web", 12, 28)],
        refusals=[_refuse(number) for number in range(refusals)],
        release="0.3.0",
        revision="0042",
        seen_at=[NOW],
        workspaces=[AdministeredWorkspace("T1", "Acme", 2, 3, 0), AdministeredWorkspace("T2", "Lab", 1, 0, 2)],
        installed_as="Acme",
        installed_at=NOW - 30 * DAY,
    )


def test_the_overview_says_what_wants_somebody_first(golden: Check, valid_blocks: Check) -> None:
    message = administration_blocks.render(_build(), in_home=True)
    valid_blocks(message.blocks)
    golden("administration", list(message.blocks))


@pytest.mark.parametrize("word", administration_page_blocks.list_pages())
def test_each_page_leads_back_and_is_taken_by_slack(word: str, golden: Check, valid_blocks: Check) -> None:
    message = administration_page_blocks.render_page(word, _build(), 1)
    valid_blocks(message.blocks)
    golden(f"administration_{word}", list(message.blocks))


def test_an_installation_of_which_there_is_nothing_to_say_says_so(valid_blocks: Check) -> None:
    empty = AdminOverview(
        now=NOW,
        people=[],
        projects=[],
        hooks=[],
        budgets=[],
        stuck=0,
        waiting=0,
        replays=[],
        refusals=[],
        release="0.3.0",
        revision="0042",
        seen_at=[],
        installed_as=None,
        installed_at=None,
    )
    drawn = administration_blocks.render(empty, in_home=False)
    valid_blocks(drawn.blocks)
    assert ":warning:" not in get_text({"blocks": drawn.blocks})
    for word in administration_page_blocks.list_pages():
        assert "There is none." in get_text({"blocks": administration_page_blocks.render_page(word, empty, 1).blocks})


def test_five_hundred_people_come_a_page_at_a_time(valid_blocks: Check) -> None:
    last = administration_page_blocks.render_page("people", _build(people=500), 34)
    valid_blocks(last.blocks)
    assert "U497" in get_text({"blocks": last.blocks})
