"""SECURITY.md links each protection to the test that proves it: those tests exist, and every one of them is linked."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path("SECURITY.md").read_text(encoding="utf-8")
LINKED = re.findall(r"\]\((tests/[\w/]+\.py)\)", PAGE)
PROTECTIONS = PAGE.split("## What holds")[1].split("\n## ")[0]


def test_every_linked_test_exists() -> None:
    assert not [path for path in LINKED if not Path(path).is_file()]


def test_every_test_of_a_protection_is_linked() -> None:
    kept = {str(path) for path in Path("tests/security").glob("test_*.py")}
    assert kept - set(LINKED) == set()


def test_every_protection_names_its_test() -> None:
    rows = re.findall(r"^- .*?(?=^- |^#|\Z)", PROTECTIONS, re.MULTILINE | re.DOTALL)
    assert len(rows) > 20
    assert not [row for row in rows if "](tests/" not in row]
