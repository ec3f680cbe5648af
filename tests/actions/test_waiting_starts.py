"""What is approved is compared with what was asked, and who approves it with who asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from bot.actions import data_requests, start_voters, waiting_starts
from bot.blocks import start_request_blocks
from bot.domain.audit_records import AuditRecord
from bot.domain.people import Account, AccountState
from bot.errors import NotAllowed, Unavailable
from bot.rules.policy_line import Demands
from bot.rules.start_request import StartTarget
from bot.store.store import Store
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NOW, make_start
from tests.store.conftest import database_url, key, store

__all__ = ["database_url", "key", "store"]

MAIN = StartTarget("gh/acme/web", "main")


def _answer(error: Exception | None) -> Any:
    async def list_pipelines(*_args: Any, **_more: Any) -> AsyncIterator[None]:
        for one in filter(None, [error]):
            raise one
            yield

    return SimpleNamespace(circleci=SimpleNamespace(list_pipelines=list_pipelines))


async def test_a_branch_without_pipelines_is_told_from_one_that_nobody_could_read() -> None:
    assert await waiting_starts.fetch_newest(_answer(None), MAIN) is None
    with pytest.raises(Unavailable):
        await waiting_starts.fetch_newest(_answer(Unavailable("CircleCI does not answer.")), MAIN)


async def _load_no_groups(_named: object) -> list[object]:
    return []


async def test_who_asked_is_no_second_person_by_another_account_of_slack(store: Store) -> None:
    """Also where the first one is disconnected meanwhile."""
    account = Account("T1", "UTWO", "c-ada", "ada", "Ada", AccountState.ACTIVE, NOW, "token")
    request = SimpleNamespace(team="T1", user="UTWO")
    rights, clock = SimpleNamespace(load_groups=_load_no_groups), SimpleNamespace(now=lambda: NOW)
    context: Any = SimpleNamespace(store=store, request=request, rights=rights, clock=clock)
    with pytest.raises(NotAllowed, match="You asked for this yourself"):
        await start_voters.check_voter(context, account, make_start(), Demands(approvals=1, approvers=("UTWO",)))


async def test_what_somebody_asked_for_who_was_erased_cannot_be_approved_any_more(store: Store) -> None:
    start = make_start(user="U0ADA", reason="JIRA-1")
    async with store.begin() as tx:
        await tx.start_requests.insert(start)
        approval = await tx.approvals.open(start.build_approval(Demands(approvals=1)), NOW)
        draw = partial(start_request_blocks.render, start, approval)
        await tx.outbox.insert(start.subject, "T1", "C1", message=draw, now=NOW)
    erased = AuditRecord(workspace="T1", at=NOW, kind="account", act="erase")
    await data_requests.erase_person(store, None, erased, workspace="T1", user="U0ADA")
    async with store.begin() as tx:
        [told] = await tx.outbox.claim(NOW, 60, "me", limit=9)
        assert await tx.start_requests.find("T1", start.id) is None
    assert "somebody who was erased withdrew" in told.message.text
    assert "JIRA-1" not in told.message.text
    assert "Approve Start" not in get_text({"blocks": told.message.blocks})
