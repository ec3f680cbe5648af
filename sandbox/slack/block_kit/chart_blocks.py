"""Tables and charts (slack docs: table, data table and data visualization blocks)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.slack.block_kit.rich_text import RICH_TEXT_BLOCK
from sandbox.slack.block_kit.texts import ID
from sandbox.slack.block_kit.validators import (
    SchemaProblem,
    by_type,
    flag,
    many,
    number,
    record,
    string,
    typed_record,
    word,
)


def _even_rows(table: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    """Every row as long as the head, which holds no rich text (slack docs: data table block)."""
    rows = table.get("rows")
    rows = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield SchemaProblem("every row must have as many cells as the first", f"{at}/rows/{index}")
    for index, cell in enumerate(rows[0] if rows else []):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            yield SchemaProblem("unsupported type: rich_text", f"{at}/rows/0/{index}/type")


def _one_point_each(chart: dict[str, Any], at: str) -> Iterator[SchemaProblem]:
    """Each series has one point for each category and is called like no other (slack docs: data visualization)."""
    axes, series = chart.get("axis_config"), chart.get("series")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    several = [each for each in series if isinstance(each, dict)] if isinstance(series, list) else []
    for index, each in enumerate(several):
        points = each.get("data")
        labels = [point.get("label") if isinstance(point, dict) else None for point in points or ()]
        if isinstance(categories, list) and labels != categories:
            yield SchemaProblem("every series must have one point for each category", f"{at}/series/{index}/data")
        if each.get("name") in [other.get("name") for other in several[:index]]:
            yield SchemaProblem("the names of series must be unique", f"{at}/series/{index}/name")


_CELL = by_type(
    {
        **RICH_TEXT_BLOCK,
        **typed_record("raw_text", {"text": string(shortest=1)}, need="text"),
        **typed_record("raw_number", {"text": string(shortest=1), "value": number()}, need="text value"),
    },
)
_COLUMN = record({"align": word("left", "center", "right"), "is_wrapped": flag})

_LABEL = string(20, shortest=1)
_POINTS = many(record({"label": _LABEL, "value": number()}, need="label value"), 20)
_SERIES = many(record({"name": _LABEL, "data": _POINTS}, need="name data"), 12)
_AXES = record(
    {"categories": many(_LABEL, 20), "x_label": string(50), "y_label": string(50)},
    need="categories",
)
_SEGMENTS = many(record({"label": _LABEL, "value": number(above=0)}, need="label value"), 12)
_SERIES_CHARTS = {
    kind: check
    for each in ("bar", "area", "line")
    for kind, check in typed_record(
        each,
        {"series": _SERIES, "axis_config": _AXES},
        need="series axis_config",
        extra_check=_one_point_each,
    ).items()
}
_CHARTS = {
    **typed_record("pie", {"segments": _SEGMENTS}, need="segments"),
    **_SERIES_CHARTS,
}

TABLE = typed_record(
    "table",
    {
        "block_id": ID,
        "rows": many(many(_CELL, 20), 100),
        "column_settings": many(_COLUMN, 20, least=0),
    },
    need="rows",
)
DATA_TABLE = typed_record(
    "data_table",
    {
        "block_id": ID,
        "caption": string(),
        "rows": many(many(_CELL, 20), 201, least=2),
        "page_size": number(1, 100),
        "row_header_column_index": number(0),
    },
    need="caption rows",
    extra_check=_even_rows,
)
DATA_VISUALIZATION = typed_record(
    "data_visualization",
    {"block_id": ID, "title": string(50), "chart": by_type(_CHARTS)},
    need="title chart",
)
