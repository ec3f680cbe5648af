"""A start that others have to approve waits where it was asked for, and runs in the name of whoever asked.

A vote is written before anything is started. Whose vote makes it enough runs the asker's own line, as the asker: with
their token, and with their rights as they are by then. One key stands for it, so it reaches CircleCI at most once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Any

from bot.actions import audit_trail, external_channels, reachability, start_voters
from bot.blocks import start_request_blocks
from bot.circleci.models import Pipeline
from bot.command import Context, Reply, Request, RequestSource
from bot.conversation import is_direct
from bot.domain import ProjectScope
from bot.domain.audit_records import AuditKind, AuditRecord, AuditResult, Door
from bot.errors import NotAllowed, TargetError
from bot.language import _, say_kept
from bot.language.said import keep
from bot.permissions import Unapproved
from bot.rules.asked_demands import APPROVED, CONFIRMED, WHY
from bot.rules.start_request import WAITS_FOR, StartRequest, StartState, StartTarget
from bot.rules.voting import Approval, ApprovalState
from bot.store.store import Tx


async def hold(context: Context, waits: Unapproved) -> Reply:
    """It waits from now on, and those who may approve it are asked, once."""
    request, now = context.request, context.clock.now()
    if request.chosen.get(APPROVED):
        raise TargetError(_("It is not what was approved any more. Ask for it again."))
    channel = reachability.choose_card_channel(context)
    if is_direct(channel):
        raise NotAllowed(_("Others have to approve this."), _("Ask for it in a channel that they read."))
    start = await _build_request(context, waits, channel)
    await external_channels.check_marks(context, channel, filter(None, [start.project]))
    people = await start_voters.list_voters(context, start, waits.demands)
    if not people:
        raise NotAllowed(
            _("Others have to approve this, and I know nobody here who may."),
            _("Whoever may has to connect first, with `/circle connect`; or an admin of circlebot changes the policy."),
        )
    wanted = replace(start.build_approval(waits.demands), approvers=tuple(people))
    async with context.store.begin() as tx:
        if await tx.start_requests.find_same(start.workspace, start.user, start.mark):
            raise TargetError(_("You have asked for this already: it waits for the approval of others."))
        await tx.start_requests.insert(start)
        approval = await tx.approvals.open(wanted, now)
        draw = partial(start_request_blocks.render, start, approval)
        await tx.outbox.insert(
            start.subject,
            start.workspace,
            channel,
            message=draw,
            thread_ts=request.thread_ts,
            project=start.project,
            now=now,
        )
        record(context, tx, start, "asked")
    context.wake()
    return Reply(start_request_blocks.render_asked(people), repeatable=True)


async def _build_request(context: Context, waits: Unapproved, channel: str) -> StartRequest:
    request, now, target = context.request, context.clock.now(), waits.target
    about = StartTarget(str(target.project), target.branch, target.tag, target.workflow, dict(target.parameters or {}))
    newest = None if target.pipeline_id else await fetch_newest(context, about)
    expires_s = waits.demands.expires_s
    return StartRequest(
        id=token_hex(8),
        workspace=request.workspace,
        user=request.user,
        team=request.team,
        channel=channel,
        thread_ts=request.thread_ts,
        act=waits.act,
        mark=waits.mark,
        line=waits.line or request.line,
        target=about,
        what=keep(target.what),
        reason="" if target.why else waits.why,
        pipeline_id=target.pipeline_id,
        revision=(newest.revision or "") if newest else "",
        author=(newest.author or "") if newest else "",
        circleci_id=context.account.circleci_id if context.account else "",
        asked_at=now,
        ends_at=now + (WAITS_FOR if expires_s is None else timedelta(seconds=expires_s)),
    )


async def fetch_newest(context: Context, about: StartTarget) -> Pipeline | None:
    """The newest pipeline of its branch: what CircleCI knows of the branch's newest commit.

    None where it has none. Raises CircleCIError where nobody tells: nothing is approved that cannot be compared.
    """
    scope = ProjectScope.parse(about.project)
    if not (about.branch and scope.exact):
        return None
    async for pipeline in context.circleci.list_pipelines(scope.exact, branch=about.branch, pages=1):
        return pipeline
    return None


def build_run(start: StartRequest, approval: Approval) -> Request:
    """What was asked, as if its person asked it now, who said yes to it before, with all votes that are not lost."""
    voters = [one.user for one in approval.list_counting(start.asked_at)]
    return Request(
        workspace=start.workspace,
        user=start.user,
        line=start.line,
        source=RequestSource.BUTTON,
        written=True,
        key=start.subject,
        channel=start.channel,
        thread_ts=start.thread_ts,
        away=start.team if start.team != start.workspace else None,
        chosen={CONFIRMED: (start.mark,), APPROVED: (start.mark, *voters), WHY: (start.reason,)},
        came_by=Door.RESUMED,
    )


async def ask_others(tx: Tx, start: StartRequest, now: datetime) -> None:
    """Others are asked as well, once, where it still waits: nobody approved it in time."""
    approval = await lock(tx, start, now)
    found = await tx.start_requests.find(start.workspace, start.id)
    waits = found is not None and found.state is StartState.WAITING
    if not (approval and waits and await tx.approvals.take_escalation(approval, now)):
        return
    approvers = tuple(dict.fromkeys([*approval.approvers, *approval.escalate_to]))
    approval = replace(approval, approvers=approvers, escalates_at=None)
    await tx.approvals.restate(approval)
    await restate(tx, start, approval)
    draw = partial(start_request_blocks.render_escalation, start, approval)
    place = (f"{start.subject}:escalated", start.workspace, start.channel)
    await tx.outbox.insert(*place, message=draw, thread_ts=start.thread_ts, project=start.project, now=now)
    known = {"workspace": start.workspace, "channel": start.channel, **list_known(start, "escalated")}
    tx.record(AuditRecord(at=now, kind=AuditKind.ACT, act="requests", result=AuditResult.DONE, **known))


async def release(tx: Tx, start: StartRequest, approval: Approval) -> None:
    """It waits as before: whoever presses next looks at it anew."""
    if await tx.start_requests.release(start):
        await tx.approvals.set_state(approval, ApprovalState.OPEN)
        await restate(tx, replace(start, state=StartState.WAITING), approval)


async def lock(tx: Tx, start: StartRequest, now: datetime) -> Approval | None:
    """Its votes, in the order in which whoever counts them locks both rows."""
    known = await tx.approvals.find(start.workspace, start.subject)
    return known and await tx.approvals.open(known, now)


async def end(tx: Tx, ended: StartRequest, now: datetime, *, begun: bool = False) -> StartRequest:
    """As it says, unless it had ended before, or is being started; that alone ends what has `begun`.

    It is said where it waited, to whoever asked, and in the record. What was started is recorded by the start itself.
    """
    approval = await lock(tx, ended, now)
    if await tx.start_requests.end(ended, begun=begun):
        if ended.state is not StartState.STARTED:
            known = {"workspace": ended.workspace, "channel": ended.channel, **list_known(ended, ended.state)}
            tx.record(AuditRecord(at=now, kind=AuditKind.ACT, act="requests", result=AuditResult.REFUSED, **known))
        await conclude(tx, ended, approval, now)
    return ended


async def conclude(tx: Tx, ended: StartRequest, approval: Approval | None, now: datetime) -> None:
    if approval is None:
        return
    started = ended.state is StartState.STARTED
    state = ApprovalState.APPROVED if started else ApprovalState.CLOSED
    await tx.approvals.set_state(approval, state, approval.caller, now=now)
    await restate(tx, ended, approval)
    if ended.state in {StartState.DECLINED, StartState.REFUSED, StartState.EXPIRED}:
        draw = partial(start_request_blocks.render_end, ended)
        place = (f"{ended.subject}:end", ended.workspace, ended.channel)
        await tx.outbox.insert(*place, message=draw, thread_ts=ended.thread_ts, project=ended.project, now=now)


async def restate(tx: Tx, start: StartRequest, approval: Approval) -> None:
    """Where it was asked for, and where others were asked as well."""
    await tx.revisions.revise(start.subject, partial(start_request_blocks.render, start, approval))
    again = partial(start_request_blocks.render_escalation, start, approval)
    await tx.revisions.revise(f"{start.subject}:escalated", again)


def record(context: Context, tx: Tx, start: StartRequest, word: str) -> None:
    known = {**list_known(start, word), "result": AuditResult.DONE}
    audit_trail.record(context, tx, AuditKind.ACT, act="requests", **known)


def list_known(start: StartRequest, word: str) -> dict[str, Any]:
    """Fields of a row of the record."""
    about = {"what": f"{start.act}: {word}", "project": start.target.project, "branch": start.target.branch or ""}
    why = start.why if start.state is StartState.DECLINED else say_kept(start.why)
    detail = {"request": start.id, "asked_by": start.user, **({"why": why} if why else {})}
    return {**about, "detail": detail}
