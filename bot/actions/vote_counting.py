"""To approve together: a vote is written down, and whoever's vote makes it enough tells CircleCI.

The row of what is approved is locked while votes are counted: of two who approve at the same moment, on whatever
replicas, one tells CircleCI. A process that dies after the count leaves the votes: anybody's next press counts them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks import person_blocks
from bot.command import Context
from bot.domain.people import Account, Person
from bot.errors import BotError, CircleCIError, NotAllowed, NotFound, Unauthorized, Unavailable
from bot.language import _
from bot.mrkdwn import as_code
from bot.rules.voting import Approval, ApprovalState, Loss, Vote
from bot.store.store import Tx

MayApprove = Callable[[str], Awaitable[bool]]
"""Whether this person (by Slack's id) may approve it now."""

_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Tally:
    """Where it stands `at` the time of a press, which tells CircleCI if it `calls`; `lost` are votes that ended."""

    approval: Approval
    at: datetime
    calls: bool
    lost: tuple[Vote, ...] = ()

    @property
    def count(self) -> int:
        return len(self.approval.list_counting(self.at))

    @property
    def left(self) -> int:
        return max(0, self.approval.needed - self.count)


Tell = Callable[[Tx, Tally], Awaitable[None]]
"""Writes what a vote leaves behind, and begins what it calls for, in the transaction that counts it: all or nothing."""


async def record_vote(
    context: Context, wanted: Approval, account: Account, *, reason: str, may_approve: MayApprove, tell: Tell
) -> Tally:
    """This person approves it, and `tell` says so. Votes of those who may not any more end first. Raises NotAllowed."""
    request, now = context.request, context.clock.now()
    losses = await _find_losses(context, wanted, may_approve)
    mine = Vote(request.user, request.team, account.circleci_id, now, reason)
    async with context.store.begin() as tx:
        before = (await tx.approvals.open(wanted, now)).drop_votes(losses, now)
        expired = {one.user: Loss.EXPIRED for one in before.list_expired(now)}
        _refuse_twice(before.list_counting(now), mine, wanted)
        await tx.approvals.drop_votes(before, losses | expired, now)
        await tx.approvals.upsert_vote(before, _keep_reason(before, mine))
        approval = await tx.approvals.open(wanted, now)
        calls = approval.may_call(now)
        if calls:
            await tx.approvals.set_state(approval, ApprovalState.CALLING, request.user, now=now)
        lost = [one for one in approval.votes if one.lost_at == now and one.user in {*losses, *expired}]
        tally = Tally(approval, now, calls, tuple(lost))
        await tell(tx, tally)
    return tally


def _refuse_twice(counting: Sequence[Vote], mine: Vote, wanted: Approval) -> None:
    """One person of CircleCI has one vote, by however many accounts of Slack."""
    same = [one.user for one in counting if one.circleci_id == mine.circleci_id and one.user != mine.user]
    if same:
        who = person_blocks.format_user(same[0])
        raise NotAllowed(
            _("{who} approved {hold} with this CircleCI account already.", who=who, hold=as_code(wanted.name, 80)),
            _("Another person has to approve it, with their own CircleCI account."),
        )


def _keep_reason(before: Approval, mine: Vote) -> Vote:
    """Who presses once more says no other reason by saying none."""
    earlier = next((one.reason for one in before.votes if one.user == mine.user and one.loss is None), "")
    return replace(mine, reason=mine.reason or earlier)


async def _find_losses(context: Context, wanted: Approval, may_approve: MayApprove) -> dict[str, Loss]:
    """Of those who voted before: who is not connected any more as they were, or may not approve any more."""
    async with context.store.begin_read() as tx:
        known = await tx.approvals.find(wanted.workspace, wanted.subject)
        cast = [one for one in known.votes if one.loss is None and one.user != context.request.user] if known else []
        accounts = await tx.accounts.list_for_people(Person(one.team, one.user) for one in cast)
    connected = {(one.user, one.circleci_id) for one in accounts}
    losses: dict[str, Loss] = {}
    for one in cast:
        if (one.user, one.circleci_id) not in connected:
            losses[one.user] = Loss.DISCONNECTED
        elif not await may_approve(one.user):
            losses[one.user] = Loss.NOT_ALLOWED
    return losses


@asynccontextmanager
async def begin_call(context: Context, tally: Tally) -> AsyncIterator[None]:
    """While this press tells CircleCI: what came of it is written down.

    A token that CircleCI refuses takes its vote with it. Where the answer was lost, it stays with whoever asked for a
    while: a look tells what happened.
    """
    try:
        yield
    except Unavailable as lost:
        if not lost.unknown:
            await _release(context, tally)
        raise
    except BotError as error:
        await _release(context, tally, refused=_is_refused(error))
        raise
    async with context.store.begin() as tx:
        await tx.approvals.set_state(
            tally.approval, ApprovalState.APPROVED, context.request.user, now=context.clock.now()
        )


def _is_refused(error: BotError) -> bool:
    forbidden = isinstance(error, CircleCIError) and error.status == _FORBIDDEN
    return forbidden or isinstance(error, NotFound | Unauthorized)


async def _release(context: Context, tally: Tally, *, refused: bool = False) -> None:
    async with context.store.begin() as tx:
        approval = await tx.approvals.open(tally.approval, context.clock.now())
        if approval.caller == context.request.user:
            await tx.approvals.set_state(approval, ApprovalState.OPEN)
        if refused:
            await tx.approvals.drop_votes(approval, {context.request.user: Loss.REFUSED}, context.clock.now())


async def withdraw(context: Context, wanted: Approval) -> bool:
    """This person takes their vote back. False where none counts, or CircleCI is being told."""
    user, now = context.request.user, context.clock.now()
    async with context.store.begin() as tx:
        approval = await tx.approvals.open(wanted, now)
        counts = any(one.user == user for one in approval.list_counting(now))
        if not counts or approval.is_taken(now):
            return False
        await tx.approvals.drop_votes(approval, {user: Loss.WITHDRAWN}, now)
    return True


async def record_decline(context: Context, wanted: Approval, reason: str) -> None:
    """CircleCI has declined it: the votes for it end, and it is kept why."""
    now = context.clock.now()
    async with context.store.begin() as tx:
        approval = await tx.approvals.open(wanted, now)
        await tx.approvals.drop_votes(approval, {one.user: Loss.SUPERSEDED for one in approval.votes}, now)
        await tx.approvals.close(replace(approval, caller=context.request.user, declined_why=reason), now)
