"""A start that enough approved is started once, whatever dies on the way, and nobody ends it while it is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.actions import waiting_starts
from bot.command import Request
from bot.dispatch.answered_starts import check_begun, settle, take_up
from bot.errors import NotAllowed, TargetError
from bot.notify.upkeep.start_expiry import StartExpiry
from bot.rules.policy_line import Demands
from bot.rules.start_request import StartRequest, StartState
from bot.rules.voting import ApprovalState, Vote
from bot.store.idempotency_keys import IdempotencyState
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import FakeClock
from tests.plugins.factories import make_start


class Started:
    """A start that Grace has approved `ago`, and the requests that run it again."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock = store, clock
        self.runs: list[Request] = []
        self.start = make_start(clock.now(), ends_at=clock.now() + timedelta(seconds=1))

    async def approve(self, ago: timedelta) -> Request:
        now = self.clock.now() - ago
        async with self.store.begin() as tx:
            await tx.start_requests.insert(self.start)
            opened = await tx.approvals.open(self.start.build_approval(Demands(approvals=1)), now)
            await tx.approvals.upsert_vote(opened, Vote("UGRACE", "T1", "c-grace", now))
            await tx.approvals.set_state(opened, ApprovalState.CALLING, "UGRACE", now=now)
            await tx.start_requests.begin(self.start)
            opened = await tx.approvals.open(opened, now)
        return waiting_starts.build_run(self.start, opened)

    async def mark(self, state: IdempotencyState | None, ago: timedelta) -> None:
        if state is None:
            return
        key = f"T1:{self.start.subject}"
        async with self.store.begin() as tx:
            await tx.idempotency_keys.begin(key, "T1", "UADA", now=self.clock.now() - ago)
            if state is not IdempotencyState.STARTED:
                await tx.idempotency_keys.end(key, state, "", now=self.clock.now())

    async def find(self) -> StartRequest:
        async with self.store.begin_read() as tx:
            found = await tx.start_requests.find("T1", "a1")
        assert found
        return found

    async def tick(self) -> None:
        async def dispatch(request: Request) -> None:
            self.runs.append(request)

        async def resume(start: StartRequest) -> None:
            await take_up(self.store, dispatch, self.clock, start)

        expiry = StartExpiry(store=self.store, clock=self.clock, holder="h", wake=lambda: None, take_up=resume)
        await expiry.run(self.clock.now() + timedelta(seconds=2))


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Started]:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield Started(store, FakeClock())
    await store.close()


@pytest.mark.parametrize(
    ("state", "ago", "becomes", "runs"),
    [
        (None, timedelta(seconds=29), StartState.STARTING, 0),
        (None, timedelta(seconds=31), StartState.STARTING, 1),
        (None, timedelta(minutes=6), StartState.WAITING, 0),
        (IdempotencyState.STARTED, timedelta(minutes=6), StartState.STARTING, 0),
        (IdempotencyState.STARTED, timedelta(minutes=11), StartState.REFUSED, 0),
        (IdempotencyState.UNKNOWN, timedelta(seconds=31), StartState.REFUSED, 0),
        (IdempotencyState.DONE, timedelta(seconds=31), StartState.STARTED, 0),
    ],
)
async def test_what_a_process_died_over_is_taken_up_by_what_is_known_of_it(
    started: Started, state: IdempotencyState | None, ago: timedelta, becomes: StartState, runs: int
) -> None:
    run = await started.approve(ago)
    await started.mark(state, ago)
    await started.tick()
    assert ((await started.find()).state, started.runs) == (becomes, [run] * runs)
    await started.tick()
    assert len(started.runs) == runs, "it has half a minute of its own"


async def test_nobody_ends_what_is_being_started_but_what_becomes_of_it(started: Started) -> None:
    run = await started.approve(timedelta(minutes=1))
    await started.mark(IdempotencyState.STARTED, timedelta(minutes=1))
    async with started.store.begin() as tx:
        for state in (StartState.EXPIRED, StartState.DECLINED, StartState.WITHDRAWN, StartState.REFUSED):
            assert not await tx.start_requests.end(replace(started.start, state=state))
    await settle(started.store, run, None, started.clock)
    await settle(started.store, run, NotAllowed("Of another press."), started.clock)
    assert (await started.find()).state is StartState.STARTING
    async with started.store.begin() as tx:
        await tx.idempotency_keys.end(f"T1:{run.key}", IdempotencyState.DONE, "", now=started.clock.now())
    await settle(started.store, run, None, started.clock)
    assert (await started.find()).state is StartState.STARTED


def _build_context(run: Request, circleci_id: str) -> Any:
    return SimpleNamespace(request=run, account=SimpleNamespace(circleci_id=circleci_id))


async def test_what_has_ended_is_not_started_any_more_nor_as_somebody_else(started: Started) -> None:
    run = await started.approve(timedelta(minutes=1))
    async with started.store.begin() as tx:
        await check_begun(tx, _build_context(run, "c-ada"))
        with pytest.raises(TargetError, match="somebody else at CircleCI"):
            await check_begun(tx, _build_context(run, "c-eve"))
    await settle(started.store, run, NotAllowed("Frozen."), started.clock)
    async with started.store.begin() as tx:
        [told] = await tx.outbox.claim(started.clock.now(), 60, "me", limit=9)
        assert str(told.project) == "gh/acme/web", "it is withheld where the project may not be told"
        with pytest.raises(TargetError, match="was not started"):
            await check_begun(tx, _build_context(run, "c-ada"))
