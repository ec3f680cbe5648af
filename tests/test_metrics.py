"""The page about metrics tells what a process exposes, no more and no less."""

from __future__ import annotations

import os
from pathlib import Path

from bot.metrics import ROWS, MetricRow, Metrics

PATH = Path(__file__).parents[1] / "docs" / "metrics.md"
BEGIN, END = "<!-- metrics -->", "<!-- /metrics -->"


def _format_row(row: MetricRow) -> str:
    labels = [f"`{name}`" + (f" ({', '.join(values)})" if values else "") for name, values in row.labels.items()]
    told = "; ".join(label for label in labels if not label.startswith("`version`")) or "`version`" * bool(row.labels)
    return f"| `{row.name}` | {row.kind.__name__.lower()} | {told} | {row.question} |"


def test_the_page_tells_of_each_metric_what_it_answers() -> None:
    before, _, rest = PATH.read_text("utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    table = "\n".join(["", "| metric | kind | labels | answers |", "|---|---|---|---|", *map(_format_row, ROWS), ""])
    if os.environ.get("UPDATE_GOLDEN"):
        PATH.write_text(f"{before}{BEGIN}{table}{END}{after}", encoding="utf-8")
    else:
        assert shown == table, "run: make golden"


def test_a_metric_is_named_as_prometheus_wants_it() -> None:
    """A counter ends in _total, and what is measured in its unit."""
    exposed = {family.name: family.type for family in Metrics().registry.collect()}
    for row in ROWS:
        kind = row.kind.__name__.lower()
        assert exposed[row.name.removesuffix("_total")] == kind
        assert row.name.endswith("_total") == (kind == "counter")
        assert row.name.endswith("_seconds") or kind != "histogram"
        assert "?" in row.question


def test_no_metric_has_a_label_for_whom_or_what_it_is_about() -> None:
    labels = {label for row in ROWS for label in row.labels}
    assert labels <= {
        "found_by",
        "kind",
        "result",
        "of",
        "status",
        "workspace",
        "state",
        "command",
        "family",
        "reason",
        "outcome",
        "loop",
        "version",
    }
