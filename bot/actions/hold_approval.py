"""To approve a hold: with a vote of its own where the policy wants several people, else at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot.actions import vote_counting
from bot.actions.follow_pipeline import follow_pipeline, record_deed
from bot.actions.four_eyes import Origin, fetch_origin
from bot.actions.targets import FoundWorkflow
from bot.actions.vote_counting import Tally
from bot.blocks import decision_form_blocks, deed_blocks, kit, person_blocks, vote_blocks
from bot.blocks.hold_blocks import Hold
from bot.circleci.models import Job
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.command import Context, Reply, RequestSource, format_line
from bot.domain.people import Account, Person
from bot.errors import NotAllowed, NotConnected, TargetError, UsageError
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.permissions import ActTarget, format_whom_to_ask
from bot.rules.hold_resolution import build_hold_key
from bot.rules.policy_line import Demands, is_group
from bot.rules.voting import Approval, Standing
from bot.store.store import Tx

_MOST_NAMED, _MOST_TRIED = 10, 30


@dataclass(frozen=True, slots=True)
class HeldWorkflow:
    """A hold that waits, what it is to the policy, and what that demands of whoever approves it."""

    found: FoundWorkflow
    job: Job
    target: ActTarget
    demands: Demands

    @property
    def name(self) -> str:
        return as_code(self.job.name, 80)

    async def fetch_origin(self, context: Context) -> Origin:
        return await fetch_origin(context, self.found.pipeline, self.found.workflow.name)

    def build_approval(self, workspace: str) -> Approval:
        return Approval(
            workspace=workspace,
            subject=build_hold_key(self.found.workflow, self.job),
            pipeline_id=self.found.pipeline.id,
            project=str(self.found.project),
            name=self.job.name,
            revision=self.found.pipeline.revision or "",
            needed=max(1, self.demands.approvals),
            expires_s=self.demands.expires_s,
            asks_reason=self.demands.reason,
        )


Complete = Callable[[Context, Hold], Awaitable[Hold]]


async def approve(
    context: Context,
    held: HeldWorkflow,
    *,
    reason: str,
    form: bool,
    tell_circleci: Callable[[], Awaitable[None]],
    complete: Complete,
) -> Reply:
    """Count this person's vote; where that makes it enough CircleCI is told, by their press and with their token.

    `complete` adds to what is said before somebody decides.
    """
    request = context.request
    reason = reason or request.fields.get(decision_form_blocks.REASON, "").strip()
    in_form = request.source is RequestSource.FORM
    if not in_form and (form or held.demands.confirm or (held.demands.reason and not reason)):
        return await ask(context, held, complete)
    account = _get_account(context)
    await _check_approver(context, account, held)
    if held.demands.reason and not reason:
        raise _build_no_reason_error()
    wanted = held.build_approval(request.workspace)
    may_approve = partial(_may_approve, context, held)
    tell = partial(_tell_vote, context, held, reason)
    tally = await vote_counting.record_vote(context, wanted, account, reason=reason, may_approve=may_approve, tell=tell)
    if not tally.calls:
        return await _answer_vote(context, held, tally, reason)
    async with vote_counting.begin_call(context, tally):
        await tell_circleci()
    return await _answer_approval(context, held, tally, reason)


def _get_account(context: Context) -> Account:
    if context.account is None:
        raise NotConnected(_("Connect your CircleCI account first."))
    return context.account


async def ask(context: Context, held: HeldWorkflow, complete: Complete) -> Reply:
    """By the form that is open, or else by a button that opens it. Raises NotAllowed for whoever does not count."""
    await _check_approver(context, _get_account(context), held)
    hold = await complete(context, await load_hold(context, held))
    if context.request.view_id:
        return Reply(view=decision_form_blocks.render_approve_form(hold, context.links, held.demands))
    return Reply(decision_form_blocks.render_approve_button(hold))


def _build_no_reason_error() -> UsageError:
    error = UsageError(_("Say why: your workspace's policy asks for a reason."))
    error.field = decision_form_blocks.REASON
    return error


async def load_hold(context: Context, held: HeldWorkflow) -> Hold:
    """All that is said before somebody decides."""
    found, workspace = held.found, context.request.workspace
    jobs = await context.circleci.list_workflow_jobs(found.workflow.id)
    run = WorkflowRun(workflow=found.workflow, jobs=tuple(jobs) if jobs is not None else None)
    wanted = held.build_approval(workspace)
    async with context.store.begin_read() as tx:
        known = await tx.approvals.find(workspace, wanted.subject)
        last = await tx.approvals.find_last(workspace, wanted.project, wanted.name)
    now = replace(wanted, votes=known.votes if known else ())
    snapshot = Snapshot(pipeline=found.pipeline, workflows=(run,))
    return Hold(snapshot, found.project, found.workflow, held.job, Standing(now, last))


async def _check_approver(context: Context, account: Account, held: HeldWorkflow) -> None:
    """Raises NotAllowed with whom to ask for somebody who is none of those who count."""
    part = ""
    if not await _is_approver(context, held, context.request.user):
        message = _("{hold} waits for the approval of others: your workspace's policy names them.", hold=held.name)
    elif held.demands.four_eyes and (part := await _find_own_part(context, held, account)):
        rest = _("{hold} needs four eyes: somebody else has to approve it.", hold=held.name)
        message = f"{part} {rest}"
    else:
        return
    raise NotAllowed(message, format_whom_to_ask(await list_approvers(context, held), _("Ask an admin of circlebot.")))


async def _find_own_part(context: Context, held: HeldWorkflow, account: Account) -> str:
    return await (await held.fetch_origin(context)).find_part(context, account)


async def list_approvers(context: Context, held: HeldWorkflow) -> list[str]:
    """Whom the policy names; where it names nobody, those who are connected and may. Not the person who asks."""
    named, user = list_named(context, held), context.request.user
    people = [one for one in named if not is_group(one)] if named else await _list_connected(context)
    async with context.store.begin_read() as tx:
        accounts = await tx.accounts.list_for_people(Person(context.request.workspace, one) for one in people)
    known = {one.user: one for one in accounts}
    origin = await held.fetch_origin(context) if held.demands.four_eyes else None
    able = [
        one
        for one in people
        if one != user
        and await _may_approve(context, held, one)
        and not (origin and one in known and await origin.find_part(context, known[one]))
    ]
    return [*able, *filter(is_group, named)][:_MOST_NAMED]


async def _list_connected(context: Context) -> list[str]:
    async with context.store.begin_read() as tx:
        return [one.user for one in await tx.accounts.list_active_people(context.request.workspace, _MOST_TRIED)]


def list_named(context: Context, held: HeldWorkflow) -> tuple[str, ...]:
    """People and groups; after a while those to whom it escalates count too."""
    demands, since = held.demands, held.job.started_at
    escalated = (
        demands.escalates_s is not None
        and since is not None
        and context.clock.now() - since >= timedelta(seconds=demands.escalates_s)
    )
    return (*demands.approvers, *demands.escalate_to) if escalated and demands.approvers else demands.approvers


async def _may_approve(context: Context, held: HeldWorkflow, user: str) -> bool:
    """By the policy as it is now; that they are none of the four eyes was found when they voted."""
    verdict = await context.rights.find_verdict(held.target, "approve", user=user)
    return verdict.allowed and await _is_approver(context, held, user)


async def _is_approver(context: Context, held: HeldWorkflow, user: str) -> bool:
    named = list_named(context, held)
    return not named or await context.rights.is_among(named, user)


async def _answer_approval(context: Context, held: HeldWorkflow, tally: Tally, reason: str) -> Reply:
    found = held.found
    action = deed_blocks.format_decision(deed_blocks.APPROVED, deed_blocks.APPROVED_WHY, held.name, reason)
    seen = await follow_pipeline(context, found.project, found.pipeline, action=action)
    workflow = found.format_link(context.links)
    text = _(":white_check_mark: You approved {hold}: {workflow} continues.", hold=held.name, workflow=workflow)
    return Reply(_add_losses(Message(text), tally), seen=seen and not tally.lost)


async def _tell_vote(context: Context, held: HeldWorkflow, reason: str, tx: Tx, tally: Tally) -> None:
    """What CircleCI is told is recorded once it has answered."""
    if not tally.calls:
        action = _format_vote(held, reason, tally)
        record_deed(context, tx, held.found.project, pipeline=held.found.pipeline, action=action)


def _format_vote(held: HeldWorkflow, reason: str, tally: Tally) -> str:
    counts = {"count": tally.count, "needed": tally.approval.needed}
    return deed_blocks.format_decision(deed_blocks.VOTED, deed_blocks.VOTED_WHY, held.name, reason, **counts)


async def _answer_vote(context: Context, held: HeldWorkflow, tally: Tally, reason: str) -> Reply:
    """It counts, and CircleCI is not told by this press."""
    action = _format_vote(held, reason, tally)
    await follow_pipeline(context, held.found.project, held.found.pipeline, action=action, recorded=True)
    said = _(
        ":ballot_box_with_check: You approved {hold}: {given} of {needed}.",
        hold=held.name,
        given=tally.count,
        needed=tally.approval.needed,
    )
    text = f"{said} {_format_rest(tally)}"
    back = format_line("approve", held.found.workflow.id, held.job.id, withdraw=True)
    row = kit.actions([kit.button(_("Withdraw My Approval"), back)])
    return Reply(_add_losses(Message(text, [kit.section(text), row]), tally), repeatable=True)


def _format_rest(tally: Tally) -> str:
    if tally.left:
        return vote_blocks.format_left(tally.left)
    who = person_blocks.format_user(tally.approval.caller or "") or _("somebody")
    return _("{who} is telling CircleCI just now. If nothing comes of it, press again in half a minute.", who=who)


def _add_losses(message: Message, tally: Tally) -> Message:
    return kit.add_notes(message, [vote_blocks.format_loss(one) for one in tally.lost])


async def withdraw(context: Context, held: HeldWorkflow) -> Reply:
    """This person's vote does not count any more, unless CircleCI was told already."""
    if not await vote_counting.withdraw(context, held.build_approval(context.request.workspace)):
        raise TargetError(_("No approval of yours waits at {hold}.", hold=held.name))
    action = deed_blocks.UNVOTED.format(hold=held.name)
    await follow_pipeline(context, held.found.project, held.found.pipeline, action=action)
    return Reply(Message(_("You withdrew your approval of {hold}.", hold=held.name)), repeatable=True)
