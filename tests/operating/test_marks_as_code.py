from __future__ import annotations

import pytest

from bot.errors import UsageError
from bot.operating.as_code.export import export_documents
from bot.store.store import Store
from tests.operating.test_as_code import applied, store

__all__ = ["store"]

MARKS = """\
workspace: T0SANDBOX
marks:
  - {project: gh/acme, mark: never-external}
  - {project: acme/web, mark: no-logs}
"""


async def test_marks_are_what_the_file_says_and_what_is_exported_changes_nothing(store: Store) -> None:
    assert await applied(store, MARKS) == ["+ mark gh/acme/* never-external", "+ mark gh/acme/web no-logs"]
    exported = await export_documents(store, "T0SANDBOX")
    assert [line[0] for line in await applied(store, exported) if "mark" in line] == ["=", "="]
    assert await applied(store, "workspace: T0SANDBOX\nmarks: []\n") == [
        "- mark gh/acme/* never-external",
        "- mark gh/acme/web no-logs",
    ]
    async with store.begin_read() as tx:
        assert await tx.project_marks.list_for_workspace("T0SANDBOX") == []


@pytest.mark.parametrize("wrong", ["secret", "no-log"])
async def test_a_mark_that_there_is_not_is_refused(store: Store, wrong: str) -> None:
    with pytest.raises(UsageError, match="mark"):
        await applied(store, MARKS.replace("no-logs", wrong))
