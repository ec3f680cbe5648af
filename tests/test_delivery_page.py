"""docs/delivery.md names a test for everything that it says of faults; each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.plugins.each_case import each_case

PAGE = Path("docs/delivery.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:4] for line in PAGE.splitlines() if re.match(r"\| .*`test_\w+` \|$", line)]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in Path("tests").rglob("test_*.py"))


@each_case(("fault", "shown_by"), [(row[0].strip(), row[2].strip(" `")) for row in ROWS])
def test_what_is_said_of_a_fault_is_shown_by_a_test(fault: str, shown_by: str) -> None:
    assert f"def {shown_by}(" in TESTS, fault


def test_every_fault_of_the_table_names_its_test() -> None:
    table = PAGE.split("## What happens when")[1].split("\n\n")[1]
    assert len(ROWS) == len(table.splitlines()) - 2 > 20
