"""Tables of the docs that tests write: what stands between the marks of a part of a page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def hold_table(page: Path, part: str, rows: Sequence[str]) -> None:
    """The page has these rows; `make golden` writes them."""
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    shown, _, after = rest.partition(end)
    table = "\n".join(["", *rows, ""])
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
    else:
        assert shown == table, "run: make golden"
