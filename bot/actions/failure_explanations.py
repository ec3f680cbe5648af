"""Why a workflow failed, or what its success mended: asked of CircleCI, and compared with what was kept."""

from __future__ import annotations

import asyncio

from bot.actions.previous_failures import find_previous_failures
from bot.circleci.client import CircleCI
from bot.circleci.explanation import Explanation, FailureHistory, list_fixed_tests
from bot.circleci.flaky_stats import fetch_flaky_stats
from bot.circleci.job_failure import diagnose_job
from bot.circleci.previous_runs import PreviousRun
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.store.store import Store

EXPLAINED_JOBS = 3
_COMPARED = frozenset({OutcomeKind.FAILED, OutcomeClass.RECOVERED})


async def fetch_explanation(
    circleci: CircleCI, store: Store, outcome: Outcome, snapshot: Snapshot, *, run: WorkflowRun
) -> Explanation:
    """What can be found out of the first failed jobs of this run. Raises CircleCIError.

    What failed before is asked meanwhile, where that is told whatever failed now.
    """

    async def find_before() -> PreviousRun | None:
        return await find_previous_failures(circleci, store, snapshot.pipeline, workflow=run.workflow)

    diagnosed = asyncio.gather(
        *(diagnose_job(circleci, outcome.project, job) for job in run.failed_jobs[:EXPLAINED_JOBS])
    )
    if outcome.filter_words & _COMPARED:
        failed, before = await asyncio.gather(diagnosed, find_before())
        tests_failed = any(each.tests for each in failed)
    else:
        failed = await diagnosed
        tests_failed = any(each.tests for each in failed)
        before = await find_before() if tests_failed else None
    flaky_stats = dict(await fetch_flaky_stats(circleci, outcome.project, outcome.workflow)) if tests_failed else {}
    fixed = list_fixed_tests(before, run.jobs or (), failed)
    return Explanation(tuple(failed), FailureHistory(before, flaky_stats, snapshot.pipeline.number), fixed)
