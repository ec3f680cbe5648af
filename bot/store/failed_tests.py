"""Which tests failed in a workflow run, so that the next run can be compared with it without asking CircleCI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.publishing import failed_tests

_OF_WORKFLOW = select(failed_tests.c.failed).where(bind_columns(failed_tests, "workflow_id"))

FailedByJob = Mapping[str, frozenset[tuple[str, str]]]
"""Class and name of the failed tests, by job; empty for a job that passed."""


class FailedTestRepository(Repository):
    async def insert(self, workflow_id: str, failed: FailedByJob, now: datetime) -> None:
        """Once: a run that ended does not change any more."""
        text = json.dumps({job: sorted(tests) for job, tests in failed.items()})
        await self._insert_if_new(failed_tests, {"workflow_id": workflow_id, "failed": text, "kept_at": now})

    async def find(self, workflow_id: str) -> FailedByJob | None:
        """None when nothing was kept."""
        text = await self._connection.scalar(_OF_WORKFLOW, {"workflow_id": workflow_id})
        if text is None:
            return None
        kept = json.loads(text)
        return {job: frozenset((classname, name) for classname, name in tests) for job, tests in kept.items()}

    async def prune(self, before: datetime) -> int:
        """Forget what was kept before then."""
        return (await self._connection.execute(delete(failed_tests).where(failed_tests.c.kept_at < before))).rowcount
