"""To decide a start that waits: approve it, decline it, or take it back.

A vote is written before anything is started. Whose vote makes it enough runs the asker's own line, as the asker.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.actions import start_voters, vote_counting, waiting_starts
from bot.actions.vote_counting import Tally
from bot.blocks import start_request_blocks
from bot.command import Context, Reply
from bot.errors import NotConnected, TargetError
from bot.language import _
from bot.language.said import keep
from bot.messages import Message
from bot.rules.start_request import StartRequest, StartState
from bot.store.store import Tx


async def load(context: Context, request_id: str, verb: str) -> StartRequest:
    """One that waits, or is being started, to be approved again. Raises TargetError for what has ended, and how."""
    async with context.store.begin() as tx:
        found = await tx.start_requests.find(context.request.workspace, request_id)
        if found is None:
            raise TargetError(_("I know no such request any more."))
        context.trail.add(**waiting_starts.list_known(found, verb))
        if found.state is StartState.WAITING and found.ends_at <= context.clock.now():
            found = await waiting_starts.end(tx, replace(found, state=StartState.EXPIRED), context.clock.now())
            context.wake()
    if found.state is not StartState.WAITING and not (verb == "approve" and found.state is StartState.STARTING):
        raise TargetError(start_request_blocks.format_end(found))
    return found


async def approve(context: Context, start: StartRequest) -> Reply:
    """With this person's vote; where that makes it enough, it is started in the name of whoever asked."""
    if context.account is None:
        raise NotConnected(_("Connect your CircleCI account first."))
    demands = await context.rights.find_demands(start_voters.build_target(start), start.act, user=start.user)
    await start_voters.check_voter(context, context.account, start, demands)
    await _check_unmoved(context, start)
    may_approve = partial(start_voters.may_vote, context, start, demands)
    wanted = start.build_approval(demands)
    tell = partial(_tell_vote, context, start)
    tally = await vote_counting.record_vote(
        context, wanted, context.account, reason="", may_approve=may_approve, tell=tell
    )
    context.wake()
    if not tally.calls:
        return Reply(start_request_blocks.render_vote(start, tally.left))
    run = waiting_starts.build_run(start, tally.approval)
    return Reply(Message(_(":white_check_mark: You approved it: it starts now.")), resume=run)


async def _tell_vote(context: Context, start: StartRequest, tx: Tx, tally: Tally) -> None:
    if tally.calls and not await tx.start_requests.begin(start):
        raise TargetError(_("It is being started just now, or has ended already."))
    start = await tx.start_requests.find(start.workspace, start.id) or start
    await waiting_starts.restate(tx, start, tally.approval)
    waiting_starts.record(context, tx, start, "approved")


async def _check_unmoved(context: Context, start: StartRequest) -> None:
    """Raises TargetError, and ends it, where its branch has another commit by now."""
    newest = None if start.pipeline_id else await waiting_starts.fetch_newest(context, start.target)
    if start.pipeline_id or ((newest and newest.revision) or "") == start.revision:
        return
    why = _("The branch has another commit by now: ask for it again.")
    async with context.store.begin() as tx:
        await waiting_starts.end(tx, replace(start, state=StartState.REFUSED, why=keep(why)), context.clock.now())
    context.wake()
    raise TargetError(why)


async def refuse(context: Context, start: StartRequest, reason: str) -> Reply:
    """It is not started, and whoever asked is told why."""
    if context.account is None:
        raise NotConnected(_("Connect your CircleCI account first."))
    demands = await context.rights.find_demands(start_voters.build_target(start), start.act, user=start.user)
    await start_voters.check_voter(context, context.account, start, demands)
    await _end_by(context, replace(start, state=StartState.DECLINED, why=reason), "declined")
    return Reply(Message(_(":no_entry_sign: You declined it: nothing is started.")))


async def withdraw(context: Context, start: StartRequest) -> Reply:
    """Their request; or the vote of somebody else for it."""
    if context.request.user == start.user:
        await _end_by(context, replace(start, state=StartState.WITHDRAWN), "withdrawn")
        return Reply(Message(_("You withdrew it: nothing is started.")))
    async with context.store.begin_read() as tx:
        known = await tx.approvals.find(start.workspace, start.subject)
    if known is None or not await vote_counting.withdraw(context, known):
        raise TargetError(_("No approval of yours waits there."))
    async with context.store.begin() as tx:
        approval = await tx.approvals.open(known, context.clock.now())
        start = await tx.start_requests.find(start.workspace, start.id) or start
        await waiting_starts.restate(tx, start, approval)
        waiting_starts.record(context, tx, start, "vote withdrawn")
    context.wake()
    return Reply(Message(_("You withdrew your approval.")))


async def _end_by(context: Context, ended: StartRequest, word: str) -> None:
    """By whoever asks. Raises TargetError where it has ended meanwhile, or is being started."""
    ended = replace(ended, ended_by=context.request.user)
    async with context.store.begin() as tx:
        known = await waiting_starts.lock(tx, ended, context.clock.now())
        if not await tx.start_requests.end(ended):
            raise TargetError(_("It is being started just now, or has ended already."))
        await waiting_starts.conclude(tx, ended, known, context.clock.now())
        waiting_starts.record(context, tx, ended, word)
    context.wake()
