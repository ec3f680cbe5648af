"""The record as text: a line for people, JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from bot.domain.audit_records import ChainedRecord, to_canonical_json

Write = Callable[[ChainedRecord], str]

COLUMNS = (
    *("at", "workspace", "seq", "kind", "act", "result", "user", "team", "login", "circleci_id", "project"),
    *("pipeline_number", "pipeline_id", "branch", "what", "door", "channel", "decided_by", "request", "detail"),
    *("prev_hash", "hash"),
)
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell, maybe behind blanks, and would run."""


def to_json(row: ChainedRecord) -> str:
    """On one line."""
    return to_canonical_json({**row.list_fields(), "hash": row.hash})


def to_csv(row: ChainedRecord) -> str:
    fields = {**row.list_fields(), "hash": row.hash, "detail": to_canonical_json(row.record.detail)}
    return _write_cells(_quote_formula(fields[name]) for name in COLUMNS)


def to_line(row: ChainedRecord) -> str:
    one = row.record
    who = f"{one.user} ({one.login})" if one.login else one.user or one.door
    about = " ".join(filter(None, [one.project, f"#{one.pipeline_number}" * bool(one.pipeline_number), one.what]))
    decided = f"  [{one.decided_by}]" if one.decided_by else ""
    return f"{one.at:%Y-%m-%d %H:%M:%S}  {one.workspace} {row.seq}  {who}  {one.act}: {one.result}  {about}{decided}"


def _quote_formula(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _write_cells(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(list(cells))
    return line.getvalue()


CSV_HEAD = _write_cells(COLUMNS)
