"""approve [project] [pipeline] [hold] — approves a hold, so that its workflow continues; name it if several wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.actions import act_targets, hold_approval, promotions, target_holds, target_jobs, target_words, understood_act
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.hold_approval import HeldWorkflow
from bot.actions.hold_decision import build_decided_error
from bot.actions.lost_answer import catch_errors
from bot.actions.target_pipelines import resolve_target
from bot.actions.targets import FoundWorkflow
from bot.blocks import deed_blocks, kit, status_blocks
from bot.blocks.action_blocks import build_approve_choice, format_approve_label
from bot.blocks.decision_form_blocks import MOST
from bot.circleci.models import Job
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, format_line
from bot.errors import Rejected
from bot.language import N_, _
from bot.language.formats import join_and
from bot.mrkdwn import as_code, escape


@dataclass(frozen=True, slots=True)
class ApproveArgs:
    words: tuple[str, ...]
    reason: str = ""
    form: bool = False
    withdraw: bool = False


def parse(line: ParsedLine) -> ApproveArgs:
    return ApproveArgs(
        target_words.add_job_option(line),
        line.get_text("reason", MOST),
        line.has_flag("form"),
        line.has_flag("withdraw"),
    )


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return Modal(_("Approve"), kit.build_loading(_("Reading what waits"))) if line.has_flag("form") else None


async def run(context: Context, args: ApproveArgs) -> Reply:
    found, hold = await target_holds.resolve_hold(context, args.words, "approve")
    if context.request.source in understood_act.SHOWN_FIRST and not (found.rest or args.withdraw):
        label, line = build_approve_choice(found.pipeline, found.workflow, hold)
        decline = (_("Decline…"), format_line("cancel", found.workflow.id, job=hold.id, form=True))
        what = f"*{escape(format_approve_label(hold))}*"
        return await understood_act.show(context, what, found.pipeline, label=label, line=line, instead=[decline])
    target = await act_targets.fetch_pipeline_target(context, found.pipeline, found.workflow, hold=hold)
    held = HeldWorkflow(found, hold, target, await context.rights.check_act(target))
    if args.withdraw:
        return await hold_approval.withdraw(context, held)
    tell_circleci = partial(_tell_circleci, context, found, hold)
    return await hold_approval.approve(
        context,
        held,
        reason=args.reason,
        form=args.form,
        tell_circleci=tell_circleci,
        complete=promotions.add_deploys,
    )


async def _tell_circleci(context: Context, found: FoundWorkflow, hold: Job) -> None:
    """Where CircleCI refuses since somebody was quicker, it is said who that was."""
    try:
        await context.circleci.approve_job(found.workflow.id, hold.approval_request_id or hold.id)
    except Rejected:
        jobs = await context.circleci.list_workflow_jobs(found.workflow.id)
        now = target_jobs.pick_job(
            jobs, found.workflow, hold.id, build_job_line=partial(target_holds.build_line, "approve")
        )
        if now.is_held:
            raise
        raise await build_decided_error(context, now, found.workflow.id, found.pipeline) from None


@catch_errors
async def resolve_lost_answer(context: Context, args: ApproveArgs, _began_at: datetime) -> str:
    """Read the holds again. An approval is ours if this person gave it."""
    at = await resolve_target(context, args.words, lambda *words: format_line("approve", *words))
    workflows = await target_jobs.fetch_workflows(context, at)
    holds = [job for _workflow, job in await target_jobs.fetch_jobs(context, workflows) if job.is_approval]
    mine = [job for job in holds if context.account and job.approved_by == context.account.circleci_id]
    approved = next((job for job in mine if {job.name, job.id} & set(args.words)), None)
    action = deed_blocks.APPROVED.format(hold=as_code(approved.name, 80)) if approved else None
    await follow_pipeline(context, at.pipeline.project, at.pipeline, action=action)
    if not holds:
        return _("I looked again: there are no holds any more.")
    now = join_and([f"{as_code(job.name, 80)} *{status_blocks.get_label(job.status)}*" for job in holds[:10]])
    return _("I looked again. This is how it is now: {holds}.", holds=now)


COMMAND = Command(
    name="approve",
    summary=N_("Approves a hold, so that its workflow continues"),
    usage="approve [project] [pipeline] [hold] [--job N] [--reason TEXT] [--form] [--withdraw]",
    example="approve acme/web 341 release-production",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=2,
    task=N_("Approve or decline what waits"),
    endpoints=("POST /workflow/{id}/approve/{approval_request_id}", "GET /user/{id}"),
    writes=True,
    once_each=True,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
)
