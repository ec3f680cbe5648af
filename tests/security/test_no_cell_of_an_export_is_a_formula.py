"""No cell of an export runs as a formula, whatever somebody wrote into what it shows."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

from bot.domain.audit_export import COLUMNS, CSV_HEAD, to_csv
from bot.domain.audit_records import AuditRecord, build_chained
from tests.plugins.each_case import each_case

TEXTS = [name for name in AuditRecord.__dataclass_fields__ if name not in {"at", "pipeline_number", "detail"}]


@each_case("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " ="])
def test_no_cell_begins_as_a_formula_does(start: str) -> None:
    said = dict.fromkeys(TEXTS, f'{start}cmd|"/c calc"!A1,2')
    row = build_chained(AuditRecord(**said, at=datetime.now(UTC), detail={"=x": "=y"}), 1, "0")  # type: ignore[arg-type] # made by name
    head, cells = csv.reader([CSV_HEAD, to_csv(row)])
    assert head == list(COLUMNS)
    assert len(cells) == len(COLUMNS)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
