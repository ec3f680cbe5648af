"""What several people approve, each with one vote for it; who is the one that tells CircleCI is decided in the row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update

from bot.rules.voting import Approval, ApprovalState, Loss, Vote
from bot.store.engine.statements import Repository, bind_columns, bind_key
from bot.store.tables.approving import approvals, votes

_ONE = select(approvals).where(bind_columns(approvals, "workspace", "subject"))
_LOCKED = _ONE.with_for_update()
_OF_PIPELINE = (
    select(approvals)
    .where(bind_columns(approvals, "pipeline_id"))
    .order_by(approvals.c.opened_at, approvals.c.workspace, approvals.c.subject)
)
_VOTES = (
    select(votes)
    .where(votes.c.subject.in_(bindparam("subjects", expanding=True)))
    .order_by(votes.c.voted_at, votes.c.user)
)
_CHANGE = update(approvals).where(bind_key(approvals, "workspace", "subject"))
_ASK = _CHANGE.where(or_(approvals.c.asked_at.is_(None), approvals.c.asked_at <= bindparam("before")))
_ESCALATE = _CHANGE.where(approvals.c.escalates_at <= bindparam("now"))
_DROP = update(votes).where(bind_key(votes, "workspace", "subject", "user"), votes.c.loss.is_(None))
_WAITING = (
    select(approvals.c.pipeline_id, approvals.c.project)
    .where(
        bind_columns(approvals, "workspace"),
        approvals.c.state.in_([ApprovalState.OPEN, ApprovalState.CALLING]),
    )
    .distinct()
)
_LAST = (
    select(approvals)
    .where(bind_columns(approvals, "workspace", "project", "name"), approvals.c.state == ApprovalState.APPROVED)
    .order_by(approvals.c.called_at.desc())
    .limit(1)
)


class ApprovalRepository(Repository):
    async def open(self, wanted: Approval, now: datetime) -> Approval:
        """As it stands with its votes, and with what it takes by now; nobody else changes it in this transaction."""
        asked = {"needed": wanted.needed, "expires_s": wanted.expires_s, "asks_reason": wanted.asks_reason}
        escalates = {"escalates_at": wanted.escalates_at, "escalate_to": " ".join(wanted.escalate_to)}
        named = {"pipeline_id": wanted.pipeline_id, "project": wanted.project, "name": wanted.name[:200]}
        key = {"workspace": wanted.workspace, "subject": wanted.subject}
        new = {"state": ApprovalState.OPEN, "revision": wanted.revision, "declined_why": "", "opened_at": now}
        named |= {"approvers": " ".join(wanted.approvers)}
        await self._insert_if_new(approvals, {**key, **asked, **named, **new, **escalates})
        await self._change(wanted, asked)
        found = (await self._connection.execute(_LOCKED, key)).one()
        return (await self._add_votes([found]))[0]

    async def restate(self, wanted: Approval) -> None:
        """What it takes by now, whom the policy names, and whom it asks later."""
        asked = {"needed": wanted.needed, "expires_s": wanted.expires_s, "asks_reason": wanted.asks_reason}
        escalates = {"escalates_at": wanted.escalates_at, "escalate_to": " ".join(wanted.escalate_to)}
        await self._change(wanted, {**asked, **escalates, "approvers": " ".join(wanted.approvers)})

    async def list_waiting(self, workspace: str) -> list[tuple[str, str]]:
        """The pipelines in which something waits for an approval here, each with its project."""
        found = await self._connection.execute(_WAITING, {"workspace": workspace})
        return [(row.pipeline_id, row.project) for row in found]

    async def find(self, workspace: str, subject: str) -> Approval | None:
        found = await self._connection.execute(_ONE, {"workspace": workspace, "subject": subject})
        return next(iter(await self._add_votes(found.all())), None)

    async def list_for_pipeline(self, pipeline_id: str) -> list[Approval]:
        """In every workspace; the oldest first."""
        return await self._add_votes((await self._connection.execute(_OF_PIPELINE, {"pipeline_id": pipeline_id})).all())

    async def find_last(self, workspace: str, project: str, name: str) -> Approval | None:
        """The last one of this name in the project that was approved."""
        asked = {"workspace": workspace, "project": project, "name": name[:200]}
        return next(iter(await self._add_votes((await self._connection.execute(_LAST, asked)).all())), None)

    async def upsert_vote(self, approval: Approval, vote: Vote) -> None:
        """Theirs from now on; what it was before is forgotten."""
        key = {"workspace": approval.workspace, "subject": approval.subject}
        await self._upsert(votes, {**key, **asdict(vote)}, ("workspace", "subject", "user"))

    async def drop_votes(self, approval: Approval, losses: Mapping[str, Loss], now: datetime) -> None:
        """The votes of these people do not count any more."""
        for user, loss in losses.items():
            key = {"this_workspace": approval.workspace, "this_subject": approval.subject, "this_user": user}
            await self._connection.execute(_DROP, {**key, "loss": loss, "lost_at": now})

    async def set_state(
        self, approval: Approval, state: ApprovalState, caller: str | None = None, *, now: datetime | None = None
    ) -> None:
        """`caller` has told CircleCI, or is about to."""
        await self._change(approval, {"state": state, "caller": caller, "called_at": now})

    async def close(self, declined: Approval, now: datetime) -> None:
        """By its `caller`, as it says why; nobody is asked for it any more."""
        opened = await self.open(declined, now)
        await self.set_state(opened, ApprovalState.CLOSED, declined.caller, now=now)
        await self._change(opened, {"declined_why": declined.declined_why})

    async def mark_asked(self, approval: Approval, now: datetime, before: datetime) -> bool:
        """Its approvers are asked now. False where they were since `before`."""
        key = {"this_workspace": approval.workspace, "this_subject": approval.subject}
        asked = await self._connection.execute(_ASK, {**key, "before": before, "asked_at": now})
        return asked.rowcount == 1

    async def take_escalation(self, approval: Approval, now: datetime) -> bool:
        """Whether it is time to ask those to whom it escalates; then it is the caller's to do, once."""
        key = {"this_workspace": approval.workspace, "this_subject": approval.subject}
        taken = await self._connection.execute(_ESCALATE, {**key, "now": now, "escalates_at": None})
        return taken.rowcount == 1

    async def prune(self, before: datetime) -> None:
        """What was opened before; votes of nothing that is left."""
        old = select(approvals.c.subject).where(approvals.c.opened_at < before)
        await self._connection.execute(delete(votes).where(votes.c.subject.in_(old)))
        await self._connection.execute(delete(approvals).where(approvals.c.opened_at < before))

    async def _change(self, approval: Approval, values: Mapping[str, Any]) -> None:
        key = {"this_workspace": approval.workspace, "this_subject": approval.subject}
        await self._connection.execute(_CHANGE, {**key, **values})

    async def _add_votes(self, rows: Sequence[Row[Any]]) -> list[Approval]:
        subjects = [row.subject for row in rows]
        by_key: dict[tuple[str, str], list[Vote]] = defaultdict(list)
        for row in await self._connection.execute(_VOTES, {"subjects": subjects}) if subjects else ():
            by_key[row.workspace, row.subject].append(_build_vote(row))
        return [_build_approval(row, by_key[row.workspace, row.subject]) for row in rows]


def _build_vote(row: Row[Any]) -> Vote:
    loss = Loss(row.loss) if row.loss else None
    return Vote(row.user, row.team, row.circleci_id, row.voted_at, row.reason, loss, row.lost_at)


def _build_approval(row: Row[Any], cast: Sequence[Vote]) -> Approval:
    return Approval(
        workspace=row.workspace,
        subject=row.subject,
        pipeline_id=row.pipeline_id,
        project=row.project,
        name=row.name,
        revision=row.revision,
        needed=row.needed,
        expires_s=row.expires_s,
        asks_reason=row.asks_reason,
        approvers=tuple(row.approvers.split()),
        escalates_at=row.escalates_at,
        escalate_to=tuple(row.escalate_to.split()),
        state=ApprovalState(row.state),
        caller=row.caller,
        called_at=row.called_at,
        asked_at=row.asked_at,
        declined_why=row.declined_why,
        votes=tuple(cast),
    )
