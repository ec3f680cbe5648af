"""To explain an outcome: ask CircleCI why a workflow failed, or what its success mended, before it is published.

Best effort: what cannot be found out in time is left out; no outcome waits for it.
"""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from bot.actions.previous_failures import find_previous_failures
from bot.circleci.client import CircleCI
from bot.circleci.explanation import NOTHING_KNOWN, Explanation, FailureHistory, list_fixed_tests
from bot.circleci.flaky_stats import fetch_flaky_stats
from bot.circleci.job_failure import FailedJob, diagnose_job
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.errors import BotError
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store

log = structlog.get_logger(__name__)

WITHIN_S = 45.0
_EXPLAINED_JOBS = 3
_EXPLAINED = frozenset({OutcomeKind.FAILED, OutcomeKind.UNAUTHORIZED, OutcomeClass.RECOVERED})


class Explainer:
    def __init__(self, *, store: Store, tokens: PollTokens) -> None:
        self._store = store
        self._tokens = tokens

    async def explain(self, outcome: Outcome, snapshot: Snapshot) -> Explanation:
        """What can be found out in 45 seconds. Raises nothing."""
        run = next((run for run in snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
        if not outcome.filter_words & _EXPLAINED or run is None:
            return NOTHING_KNOWN
        ask = partial(self._fetch_explanation, outcome, snapshot, run)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._tokens.fetch_for_project(outcome.project, ask)
        except (BotError, TimeoutError) as error:
            log.info("explain.failed", pipeline=outcome.pipeline_id, error=str(error))
        except Exception:
            log.exception("explain.failed", pipeline=outcome.pipeline_id)
        return Explanation(tuple(FailedJob(job) for job in run.failed_jobs[:_EXPLAINED_JOBS]))

    async def _fetch_explanation(
        self, outcome: Outcome, snapshot: Snapshot, run: WorkflowRun, circleci: CircleCI
    ) -> Explanation:
        failed = await asyncio.gather(
            *(diagnose_job(circleci, outcome.project, job) for job in run.failed_jobs[:_EXPLAINED_JOBS])
        )
        tests_failed = any(each.tests for each in failed)
        before, flaky_stats = None, {}
        if tests_failed or outcome.filter_words & {OutcomeKind.FAILED, OutcomeClass.RECOVERED}:
            before = await find_previous_failures(circleci, self._store, snapshot.pipeline, workflow=run.workflow)
        if tests_failed:
            flaky_stats = dict(await fetch_flaky_stats(circleci, outcome.project, outcome.workflow))
        fixed = list_fixed_tests(before, run.jobs or (), failed)
        return Explanation(tuple(failed), FailureHistory(before, flaky_stats), fixed)
