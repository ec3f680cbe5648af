"""cancel [project] [pipeline] [NAME] [--job JOB] — stops a workflow, or a job; canceling an approval declines it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.actions import act_targets, hold_decline, target_jobs, targets, understood_act
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.hold_approval import HeldWorkflow
from bot.actions.hold_decision import build_decided_error
from bot.actions.lost_answer import catch_errors
from bot.actions.newest_pipelines import find_running, is_without_pipeline
from bot.actions.target_jobs import FoundJob
from bot.actions.target_pipelines import Newest
from bot.actions.targets import FoundWorkflow
from bot.blocks import deed_blocks, kit, status_blocks
from bot.blocks.decision_form_blocks import MOST
from bot.circleci.models import Job, Workflow
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, format_line
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class CancelArgs:
    words: tuple[str, ...]
    job: str | None
    reason: str = ""
    form: bool = False


def parse(line: ParsedLine) -> CancelArgs:
    reason = line.get_text("reason", MOST)
    return CancelArgs(line.words, line.get_value("job"), reason, line.has_flag("form"))


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    return Modal(_("Decline hold"), kit.build_loading(_("Reading what waits"))) if line.has_flag("form") else None


async def run(context: Context, args: CancelArgs) -> Reply:
    found = await _fetch_target(context, args)
    if isinstance(found, FoundJob):
        return await _cancel_job(context, found, args)
    _check_formless(args)
    if context.request.source in understood_act.SHOWN_FIRST and await is_without_pipeline(context, args.words):
        return await _show_understood(context, found)
    return await _cancel_workflow(context, found)


async def _show_understood(context: Context, found: FoundWorkflow) -> Reply:
    workflow, label = found.workflow, _("Cancel Workflow")
    _check_running(workflow)
    what = f"*{label}*: {as_code(workflow.name, 100)}"
    line = format_line("cancel", workflow.id)
    return await understood_act.show(context, what, found.pipeline, label=label, line=line)


async def _fetch_target(context: Context, args: CancelArgs) -> FoundWorkflow | FoundJob:
    """What is to be stopped: a workflow, or one job where one was named."""
    if args.job:
        return await _fetch_job(context, args)
    found = await _fetch_workflow(context, args)
    if found.rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(found.rest[0], 100)), _("Name one job by `--job`.")
        )
    return await _fetch_job(context, args) if found.job else found


async def _fetch_workflow(context: Context, args: CancelArgs) -> FoundWorkflow:
    try:
        return await targets.resolve_workflow(
            context,
            args.words,
            lambda *words: format_line("cancel", *words),
            fits=lambda workflow: not workflow.has_ended,
            newest=await _choose_newest(context, args),
        )
    except targets.AmbiguousWorkflow as several:
        if not all(one.has_ended for one in several.workflows):
            raise
        raise TargetError(
            _("Nothing runs in pipeline #{number}.", number=several.pipeline.number),
            NextStep(_("Show Pipeline"), format_line("pipeline", several.pipeline.id)),
        ) from None


async def _choose_newest(context: Context, args: CancelArgs) -> Newest | None:
    return find_running if await is_without_pipeline(context, args.words) else None


async def _cancel_workflow(context: Context, found: FoundWorkflow) -> Reply:
    workflow = found.workflow
    _check_running(workflow)
    await act_targets.check_pipeline_act(context, found.pipeline, workflow)
    await context.circleci.cancel_workflow(workflow.id)
    action = deed_blocks.CANCELED.format(workflow=as_code(workflow.name, 80))
    seen = await follow_pipeline(context, found.project, found.pipeline, action=action)
    text = _(
        ":no_entry_sign: CircleCI is canceling {workflow}. That may take some seconds.",
        workflow=found.format_link(context.links),
    )
    return Reply(Message(text), seen=seen)


def _check_formless(args: CancelArgs) -> None:
    """Only a hold has a form: what is drawn in one changes nothing, and is not recorded."""
    if args.form:
        raise UsageError(_("`--form` is for a hold: it asks why you decline it."), _("Leave it out to cancel this."))


def _check_running(workflow: Workflow) -> None:
    if workflow.has_ended:
        raise TargetError(
            _(
                "{workflow} has ended already: *{status}*.",
                workflow=as_code(workflow.name),
                status=status_blocks.get_label(workflow.status),
            ),
            NextStep(_("Show It"), format_line("jobs", workflow.id, overview=True)),
        )


async def _fetch_job(context: Context, args: CancelArgs) -> FoundJob:
    return await target_jobs.resolve(
        context,
        args.words,
        args.job,
        lambda *words: format_line("cancel", *words),
        fits=lambda job: not job.has_ended,
        newest=await _choose_newest(context, args),
        build_job_line=lambda workflow, job: format_line("cancel", workflow.id, job=job.id),
    )


async def _cancel_job(context: Context, job: FoundJob, args: CancelArgs) -> Reply:
    if job.ended and job.hold:
        raise await build_decided_error(context, job.hold, job.workflow_id or "", job.pipeline)
    if job.ended:
        raise TargetError(
            _(
                "The job {job} has ended already: *{status}*.",
                job=as_code(job.name),
                status=status_blocks.get_label(job.status),
            )
        )
    if job.hold:
        return await _decline(context, job, job.hold, args)
    _check_formless(args)
    await _check_act(context, job)
    await _tell_circleci(context, job)
    name = as_code(job.name, 80)
    action = deed_blocks.CANCELED_JOB.format(job=name)
    seen = await follow_pipeline(context, job.project, job.pipeline, action=action)
    text = _(":no_entry_sign: CircleCI is canceling the job {job}. That may take some seconds.", job=name)
    return Reply(Message(text), seen=seen)


async def _decline(context: Context, job: FoundJob, hold: Job, args: CancelArgs) -> Reply:
    """To cancel a hold is to decline it."""
    workflow = await context.circleci.fetch_workflow(job.workflow_id or "")
    target = await act_targets.fetch_pipeline_target(context, job.pipeline, workflow, hold=hold)
    demands = await context.rights.check_act(target, "decline")
    held = HeldWorkflow(FoundWorkflow(workflow, job.pipeline), hold, target, demands)
    tell_circleci = partial(_tell_circleci, context, job)
    return await hold_decline.refuse_hold(
        context, held, reason=args.reason, form=args.form, tell_circleci=tell_circleci
    )


async def _check_act(context: Context, job: FoundJob) -> None:
    workflow = await context.circleci.fetch_workflow(job.workflow_id) if job.workflow_id else None
    await act_targets.check_pipeline_act(context, job.pipeline, workflow)


async def _tell_circleci(context: Context, job: FoundJob) -> None:
    if job.number is not None:
        await context.circleci.cancel_job(job.project, job.number)
    else:
        await context.circleci.cancel_job_by_id(job.id or "")


@catch_errors
async def resolve_lost_answer(context: Context, args: CancelArgs, _began_at: datetime) -> str:
    """Read its state again."""
    found = await _fetch_target(context, args)
    if isinstance(found, FoundJob):
        return _(
            "I looked again. Status of the job {job}: *{status}*.",
            job=as_code(found.name),
            status=status_blocks.get_label(found.status),
        )
    workflow = found.workflow
    await follow_pipeline(context, found.project, found.pipeline, action=None)
    return _(
        "I looked again. Status of {workflow}: *{status}*.",
        workflow=as_code(workflow.name),
        status=status_blocks.get_label(workflow.status),
    )


COMMAND = Command(
    name="cancel",
    summary=N_("Stops a workflow, or one job of it"),
    usage="cancel [project] [pipeline] [NAME] [--job JOB] [--reason TEXT] [--form]",
    example="cancel acme/web 341",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=3,
    task=N_("Stop what runs"),
    endpoints=(
        "POST /workflow/{id}/cancel",
        "POST /project/{project-slug}/job/{job-number}/cancel",
        "POST /jobs/{job-id}/cancel",
    ),
    writes=True,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
    aliases=("stop",),
)
