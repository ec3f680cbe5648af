"""To explain an outcome: ask CircleCI why a workflow failed, or what its success mended, before it is published.

Best effort: what cannot be found out in time is left out; no outcome waits for it.
"""

from __future__ import annotations

import asyncio

import structlog

from bot.actions.failure_explanations import EXPLAINED_JOBS, fetch_explanation
from bot.circleci.client import CircleCI
from bot.circleci.explanation import NOTHING_KNOWN, Explanation
from bot.circleci.job_failure import FailedJob
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.errors import BotError
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store

log = structlog.get_logger(__name__)

WITHIN_S = 45.0
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

        async def ask(circleci: CircleCI) -> Explanation:
            return await fetch_explanation(circleci, self._store, outcome, snapshot, run=run)

        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._tokens.fetch_for_project(outcome.project, ask)
        except (BotError, TimeoutError) as error:
            log.info("explain.failed", pipeline=outcome.pipeline_id, error=str(error))
        except Exception:
            log.exception("explain.failed", pipeline=outcome.pipeline_id)
        return Explanation(tuple(FailedJob(job) for job in run.failed_jobs[:EXPLAINED_JOBS]))
