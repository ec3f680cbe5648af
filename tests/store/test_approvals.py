from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.rules.voting import Approval, ApprovalState, Loss, Vote
from bot.store.store import Store, Tx

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
HOLD = Approval(
    workspace="T1", subject="w1:hold:j1", pipeline_id="p1", project="gh/acme/web", name="production", needed=2
)
ADA = Vote("UADA", "T1", "c-ada", NOW, "Tested on staging")
GRACE = Vote("UGRACE", "T1", "c-grace", NOW + timedelta(minutes=1))


async def _vote(tx: Tx, approval: Approval, *cast: Vote) -> Approval:
    opened = await tx.approvals.open(approval, NOW)
    for one in cast:
        await tx.approvals.upsert_vote(opened, one)
    return await tx.approvals.open(approval, NOW)


async def test_each_workspace_counts_its_own_votes_for_the_same_hold(store: Store) -> None:
    async with store.begin() as tx:
        here = await _vote(tx, HOLD, GRACE, ADA)
        there = await _vote(tx, replace(HOLD, workspace="T2"), ADA)
    assert here.list_counting(NOW) == [ADA, GRACE]
    assert (here.is_enough(NOW), there.is_enough(NOW)) == (True, False)
    async with store.begin_read() as tx:
        assert await tx.approvals.list_for_pipeline("p1") == [here, there]
        assert await tx.approvals.find("T2", HOLD.subject) == there
        assert await tx.approvals.find("T3", HOLD.subject) is None


async def test_one_person_has_one_vote_and_what_is_lost_does_not_count(store: Store) -> None:
    async with store.begin() as tx:
        twice = await _vote(tx, HOLD, ADA, replace(ADA, reason="Again"), GRACE)
        assert [one.reason for one in twice.list_counting(NOW)] == ["Again", ""]
        await tx.approvals.drop_votes(twice, {"UADA": Loss.WITHDRAWN}, NOW)
        await tx.approvals.drop_votes(twice, {"UADA": Loss.EXPIRED}, NOW + timedelta(hours=1))
        left = await tx.approvals.open(HOLD, NOW)
        assert left.list_counting(NOW) == [GRACE]
        assert (left.votes[0].loss, left.votes[0].lost_at) == (Loss.WITHDRAWN, NOW), "what happened first is kept"
        anew = await _vote(tx, HOLD, ADA)
    assert anew.list_counting(NOW) == [ADA, GRACE]


async def test_what_it_takes_may_change_while_people_vote(store: Store) -> None:
    async with store.begin() as tx:
        await _vote(tx, HOLD, ADA)
        now = await tx.approvals.open(replace(HOLD, needed=1, expires_s=60), NOW)
    assert now.is_enough(NOW)
    assert not now.is_enough(NOW + timedelta(seconds=60))
    assert now.list_expired(NOW + timedelta(seconds=60)) == [ADA]


async def test_whoever_tells_circleci_keeps_the_others_from_it_for_a_moment(store: Store) -> None:
    async with store.begin() as tx:
        opened = await _vote(tx, replace(HOLD, needed=1), ADA)
        assert opened.may_call(NOW)
        await tx.approvals.set_state(opened, ApprovalState.CALLING, "UADA", now=NOW)
        calling = await tx.approvals.open(replace(HOLD, needed=1), NOW)
    assert not calling.may_call(NOW + timedelta(seconds=29))
    assert calling.may_call(NOW + timedelta(seconds=30)), "a process that died says nothing more"


async def test_the_last_approval_of_a_name_is_remembered_until_it_is_old(store: Store) -> None:
    async with store.begin() as tx:
        for number, state in enumerate([ApprovalState.APPROVED, ApprovalState.APPROVED, ApprovalState.CLOSED]):
            one = replace(HOLD, subject=f"w{number}:hold:j", revision=str(number))
            await tx.approvals.open(one, NOW)
            await tx.approvals.set_state(one, state, "UADA", now=NOW + timedelta(minutes=number))
        found = await tx.approvals.find_last("T1", "gh/acme/web", "production")
        assert found is not None
        assert found.revision == "1"
        assert await tx.approvals.find_last("T1", "gh/acme/web", "staging") is None
        assert await tx.approvals.find_last("T2", "gh/acme/web", "production") is None
        await tx.approvals.prune(NOW + timedelta(seconds=1))
        assert await tx.approvals.list_for_pipeline("p1") == []
