from __future__ import annotations

from bot.blocks import audit_blocks
from bot.command import format_line
from bot.domain.audit_records import FIRST_HASH, AuditKind, AuditRecord, ChainedRecord, build_chained
from tests.plugins.block_kit import Check
from tests.plugins.factories import NOW, make_id

DONE = AuditRecord(
    workspace="T1",
    at=NOW,
    kind=AuditKind.ACT,
    act="approve",
    user="U0ADA",
    login="ada",
    project="gh/acme/web",
    pipeline_id=make_id(1),
    pipeline_number=341,
    branch="release",
    what="Approved `approve-production`",
    door="button",
    channel="C0DEPLOYS",
)
REFUSED = AuditRecord(
    workspace="T1",
    at=NOW,
    kind=AuditKind.ACT,
    act="trigger",
    result="refused",
    user="U0EVE",
    project="gh/acme/web",
    door="typed",
    channel="D0EVE",
    decided_by="only @deployers start gh/acme/web",
)
BY_ITSELF = AuditRecord(
    workspace="T1",
    at=NOW,
    kind=AuditKind.OPERATION,
    act="apply",
    what="<@U0EVE> wrote 2 rules <b> <!here>",
    door="code",
)


def test_a_page_of_the_record(golden: Check, valid_blocks: Check) -> None:
    message = audit_blocks.render_page(
        _chain(BY_ITSELF, REFUSED, DONE), 1, said=format_line("audit"), more=True, live=False
    )
    valid_blocks(message.blocks)
    golden("audit", message.blocks)


def test_a_row_of_the_record_as_a_channel_gets_it(golden: Check, valid_blocks: Check) -> None:
    (row,) = _chain(REFUSED)
    valid_blocks(blocks := audit_blocks.render_row(row).blocks)
    golden("audit_row", blocks)


def test_the_longest_rows_of_a_page_have_room(valid_blocks: Check) -> None:
    long = AuditRecord(
        workspace="T1", at=NOW, kind=AuditKind.ACT, act="a" * 999, what="<&>" * 333, decided_by="`&" * 500, user="U0ADA"
    )
    rows = _chain(*[long] * audit_blocks.PAGE)
    valid_blocks(
        audit_blocks.render_page(rows, 2, said=format_line("audit", act="a" * 999), more=True, live=True).blocks
    )


def _chain(*records: AuditRecord) -> list[ChainedRecord]:
    return [build_chained(one, number, FIRST_HASH) for number, one in enumerate(records, 1)]
