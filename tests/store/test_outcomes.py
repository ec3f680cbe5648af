from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain import Outcome, ProjectSlug
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")
FAILED = Outcome("w1:failed", "failed", "failed", WEB, "p1", 1, "build", "w1", "main", None, NOW)


def _later(number: int, kind: str = "passed", **more: object) -> Outcome:
    happened_at = NOW + timedelta(minutes=number)
    values = {"key": f"w{number}:{kind}", "pipeline_id": f"p{number}", "workflow_id": f"w{number}"} | more
    return replace(FAILED, kind=kind, pipeline_number=number, happened_at=happened_at, **values)  # type: ignore[arg-type]  # one of the fields


async def _add(tx: Tx, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        assert await tx.outcomes.add(outcome, NOW)


async def test_an_outcome_is_new_once_whoever_brings_it(store: Store, other_replica: Store) -> None:
    async def bring(at: Store) -> bool:
        async with at.begin() as tx:
            return await tx.outcomes.add(FAILED, NOW)

    brought = await asyncio.gather(*(bring(at) for at in (store, other_replica) * 5))
    assert sorted(brought) == [False] * 9 + [True]
    async with store.read() as tx:
        assert await tx.outcomes.of_pipeline("p1") == [FAILED]


async def test_an_outcome_of_a_transaction_that_failed_can_be_brought_again(store: Store) -> None:
    async def bring_and_die() -> None:
        async with store.begin() as tx:
            await tx.outcomes.add(FAILED, NOW)
            raise LookupError

    await asyncio.gather(bring_and_die(), return_exceptions=True)
    async with store.begin() as tx:
        assert await tx.outcomes.add(FAILED, NOW)


async def test_a_pipelines_outcomes_come_in_the_order_in_which_they_happened(store: Store) -> None:
    second = replace(FAILED, key="w2:success", workflow_id="w2", happened_at=NOW + timedelta(minutes=1))
    async with store.begin() as tx:
        await _add(tx, second, FAILED, replace(FAILED, key="other", pipeline_id="p2"))
        assert await tx.outcomes.of_pipeline("p1") == [FAILED, second]


async def test_what_came_before_is_the_newest_end_of_the_same_workflow_and_branch(store: Store) -> None:
    async with store.begin() as tx:
        await _add(tx, FAILED, _later(2), _later(3, branch="other"), _later(4, workflow="deploy"))
        await _add(tx, _later(5, project=ProjectSlug("gh", "acme", "api")), _later(6, "on-hold"), _later(8))
        assert await tx.outcomes.previous(_later(7)) == _later(2)
        assert await tx.outcomes.previous(_later(2)) == FAILED
        assert await tx.outcomes.previous(FAILED) is None


async def test_before_a_rerun_came_the_run_itself(store: Store) -> None:
    rerun = replace(FAILED, key="w9:success", workflow_id="w9", happened_at=NOW + timedelta(minutes=1))
    async with store.begin() as tx:
        await _add(tx, FAILED, rerun)
        assert await tx.outcomes.previous(rerun) == FAILED
        assert await tx.outcomes.previous(FAILED) is None


async def test_a_pipeline_of_a_tag_has_no_branch_and_is_compared_with_its_like(store: Store) -> None:
    tagged = replace(FAILED, branch=None, tag="v1")
    async with store.begin() as tx:
        await _add(tx, tagged, _later(2))
        assert await tx.outcomes.previous(_later(3, branch=None, tag="v2")) == tagged
