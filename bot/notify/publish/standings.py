"""What holds need beside a press: written down when they begin to wait, and brought to their end with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import Outcome
from bot.notify.readings import Reading
from bot.rules.hold_demands import HoldPolicy, find_hold_policy
from bot.rules.hold_resolution import HoldResolution, ResolutionKind, build_hold_key, get_hold
from bot.rules.policy_line import Demands
from bot.rules.voting import Approval, ApprovalState, Loss, Standing
from bot.store.store import Tx

Standings = Mapping[tuple[str, str], Standing]
"""By workspace and by the key of the hold."""


async def open_all(tx: Tx, reading: Reading, outcome: Outcome, workspaces: Collection[str], now: datetime) -> None:
    """This hold waits from now on, in these workspaces."""
    workflow, job = get_hold(reading.snapshot, outcome.key)
    for workspace in sorted(workspaces):
        lines = await tx.policy_versions.load_lines(workspace)
        policy = find_hold_policy(lines, reading.snapshot, outcome.project, workflow=workflow, job=job, at=now)
        await tx.approvals.open(_build_approval(reading, outcome, workspace, policy), now)


def _build_approval(reading: Reading, outcome: Outcome, workspace: str, policy: HoldPolicy) -> Approval:
    job, demands = get_hold(reading.snapshot, outcome.key)[1], policy.demands
    waits_since = job.started_at or outcome.happened_at
    escalates_s = demands.escalates_s
    new = Approval(
        workspace=workspace,
        subject=outcome.key,
        pipeline_id=outcome.pipeline_id,
        project=str(outcome.project),
        name=job.name,
        revision=reading.snapshot.pipeline.revision or "",
        escalates_at=None if escalates_s is None else waits_since + timedelta(seconds=escalates_s),
        escalate_to=demands.escalate_to,
    )
    return _apply_policy(new, policy)


async def restate(tx: Tx, reading: Reading, now: datetime) -> None:
    """What is still open needs what the policy demands by now."""
    holds = {build_hold_key(*held): held for held in reading.snapshot.pending_holds}
    for one in await tx.approvals.list_for_pipeline(reading.snapshot.pipeline.id):
        if one.state is ApprovalState.OPEN and one.subject in holds:
            workflow, job = holds[one.subject]
            lines = await tx.policy_versions.load_lines(one.workspace)
            policy = find_hold_policy(lines, reading.snapshot, reading.project, workflow=workflow, job=job, at=now)
            by_now = _apply_policy(_apply_escalation(one, policy.demands, job.started_at), policy)
            if by_now != one:
                await tx.approvals.restate(by_now)


def _apply_escalation(approval: Approval, demands: Demands, since: datetime | None) -> Approval:
    """Who was asked already stays asked."""
    if since is None or (approval.escalate_to and approval.escalates_at is None):
        return approval
    at = None if demands.escalates_s is None else since + timedelta(seconds=demands.escalates_s)
    return replace(approval, escalates_at=at, escalate_to=demands.escalate_to)


def _apply_policy(approval: Approval, policy: HoldPolicy) -> Approval:
    demands = policy.demands
    return replace(
        approval,
        needed=max(1, demands.approvals),
        expires_s=demands.expires_s,
        asks_reason=demands.reason,
        approvers=policy.approvers,
    )


async def load(tx: Tx, reading: Reading) -> Standings:
    found = await tx.approvals.list_for_pipeline(reading.snapshot.pipeline.id)
    return {(one.workspace, one.subject): await _build_standing(tx, one) for one in found}


async def _build_standing(tx: Tx, approval: Approval) -> Standing:
    """What is decided is compared with nothing."""
    if approval.state in {ApprovalState.APPROVED, ApprovalState.CLOSED}:
        return Standing(approval)
    return Standing(approval, await tx.approvals.find_last(approval.workspace, approval.project, approval.name))


async def settle(tx: Tx, approval: Approval, end: HoldResolution, now: datetime) -> None:
    """It does not wait any more. Votes for what was not approved end with it."""
    if approval.state in {ApprovalState.APPROVED, ApprovalState.CLOSED}:
        return
    if end.kind is ResolutionKind.APPROVED:
        await tx.approvals.set_state(approval, ApprovalState.APPROVED, approval.caller, now=end.at or now)
        return
    losses = {one.user: Loss.SUPERSEDED for one in approval.votes if one.loss is None}
    await tx.approvals.drop_votes(approval, losses, now)
    await tx.approvals.set_state(approval, ApprovalState.CLOSED)


async def drop_expired(tx: Tx, reading: Reading, now: datetime) -> None:
    """Votes that were given too long ago end."""
    for approval in await tx.approvals.list_for_pipeline(reading.snapshot.pipeline.id):
        expired = approval.list_expired(now) if approval.state is ApprovalState.OPEN else []
        await tx.approvals.drop_votes(approval, {one.user: Loss.EXPIRED for one in expired}, now)


async def list_escalating(tx: Tx, standings: Standings, now: datetime) -> list[Standing]:
    """Those that nobody approved in time: from now on they are the caller's to ask others for, once."""
    waiting = [one for one in standings.values() if one.approval.state is ApprovalState.OPEN]
    return [
        one for one in waiting if one.approval.escalate_to and await tx.approvals.take_escalation(one.approval, now)
    ]


def find_next_at(standings: Standings, now: datetime) -> datetime | None:
    """When the next vote expires, or others are to be asked."""
    waiting = [one.approval for one in standings.values() if one.approval.state is ApprovalState.OPEN]
    return min(filter(None, [one.find_next_at(now) for one in waiting]), default=None)
