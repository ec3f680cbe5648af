"""To ask for an approval: those who may are mentioned below the card, and nobody else; not again for a while."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.actions import act_targets, audit_trail, hold_approval, reachability
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.hold_approval import HeldWorkflow
from bot.actions.targets import FoundWorkflow
from bot.blocks import hold_blocks, status_blocks
from bot.circleci.models import Job
from bot.command import Context, Reply
from bot.domain.audit_records import AuditKind
from bot.errors import TargetError
from bot.language import _
from bot.language.formats import format_duration, join_and
from bot.messages import About, Message
from bot.permissions import format_mention
from bot.rules.voting import Approval
from bot.store.store import Tx

AGAIN_AFTER = timedelta(minutes=10)


async def ask(context: Context, found: FoundWorkflow, job: Job) -> Reply:
    target = await act_targets.fetch_pipeline_target(context, found.pipeline, found.workflow, hold=job)
    held = HeldWorkflow(found, job, target, await context.rights.find_demands(target, "approve"))
    people = await _list_missing(context, held)
    await follow_pipeline(context, found.project, found.pipeline, action=None)
    await _post(context, held, people)
    context.wake()
    asked = join_and([format_mention(one) for one in people])
    return Reply(Message(_("I asked {people} to approve {hold}.", people=asked, hold=held.name)), points=True)


async def _list_missing(context: Context, held: HeldWorkflow) -> list[str]:
    """Those who may approve it and have not. Raises TargetError where nobody is known."""
    workspace = context.request.workspace
    async with context.store.begin_read() as tx:
        known = await tx.approvals.find(workspace, held.build_approval(workspace).subject)
    voted = {one.user for one in known.list_counting(context.clock.now())} if known else set()
    people = [one for one in await hold_approval.list_approvers(context, held) if one not in voted]
    if not people:
        raise TargetError(_("I know nobody else here who may approve {hold}.", hold=held.name))
    return people


async def _post(context: Context, held: HeldWorkflow, people: list[str]) -> None:
    """Raises TargetError for who asks too soon after somebody has."""
    request, now = context.request, context.clock.now()
    hold = await hold_approval.load_hold(context, held)
    draw = partial(hold_blocks.render_question, hold, context.links, people, request.user)
    channel, pipeline = reachability.choose_card_channel(context), held.found.pipeline.id
    async with context.store.begin() as tx:
        approval = await tx.approvals.open(held.build_approval(request.workspace), now)
        if not await tx.approvals.mark_asked(approval, now, now - AGAIN_AFTER):
            raise _build_too_soon_error(approval)
        card = await tx.cards.upsert(request.workspace, channel, pipeline, asked_by=None, now=now)
        await tx.outbox.insert(
            f"ask:{approval.subject}:{request.workspace}:{int(now.timestamp())}",
            request.workspace,
            channel,
            message=draw,
            card_id=card.id,
            about=About(pipeline, (approval.subject,)),
            now=now,
        )
        _record(context, tx, held, people)


def _record(context: Context, tx: Tx, held: HeldWorkflow, people: list[str]) -> None:
    """Without the pipeline's id: its card tells what was done to it, and has the question below."""
    pipeline = held.found.pipeline
    audit_trail.record(
        context,
        tx,
        AuditKind.ACT,
        what=f"asked who may approve {held.name}",
        project=str(held.found.project),
        pipeline_number=pipeline.number,
        branch=pipeline.ref or "",
        detail={"asked": people},
    )


def _build_too_soon_error(approval: Approval) -> TargetError:
    ago = status_blocks.format_ago(approval.asked_at) if approval.asked_at else ""
    span = format_duration(AGAIN_AFTER.total_seconds())
    return TargetError(_("They were asked {ago}. Ask again {span} after that.", ago=ago, span=span))
