"""rerun [project] [pipeline] [NAME] [--failed] [--jobs NAMES] [--ssh] — runs a workflow again, or some of its jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.actions import act_targets, confirm, target_jobs, target_words, targets, understood_act
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.lost_answer import catch_errors
from bot.actions.newest_pipelines import build_newest, is_without_pipeline
from bot.actions.targets import FoundWorkflow
from bot.ambiguity import match_by_name
from bot.blocks import deed_blocks, kit, status_blocks
from bot.blocks.decision_form_blocks import MOST
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.language.formats import join_and
from bot.line import Written, extend_line, split_commas
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class RerunArgs:
    """`jobs` as they were said: only when they are known is a comma a part of a name, unless each is `exact`."""

    words: tuple[str, ...]
    failed: bool
    jobs: tuple[str, ...]
    ssh: bool
    exact: bool = False
    sure: bool = False
    reason: str = ""


def parse(line: ParsedLine) -> RerunArgs:
    args = RerunArgs(
        target_words.add_job_option(line),
        line.has_flag("failed"),
        tuple(filter(str.strip, line.options.get("jobs", ()))),
        line.has_flag("ssh"),
        "jobs" in line.exact,
        line.has_flag("sure"),
        line.get_text("reason", MOST),
    )
    if args.failed and args.jobs:
        raise UsageError(_("`--failed` already chooses the jobs: leave out `--jobs`, or `--failed`."))
    if args.ssh and not (args.jobs or "job" in args.words):
        raise UsageError(_("SSH needs to know where: name the jobs, as in `--jobs build --ssh`."))
    return args


async def run(context: Context, args: RerunArgs) -> Reply:
    found = await _fetch_target(context, args)
    args = _narrow_to_job(args, found)
    await _check_state(context, found, args)
    if _wants_confirmation(context, found, args):
        return confirm.ask(context, _build_question(found, args))
    if await _has_to_be_shown(context, args):
        return await _show_understood(context, found, args)
    jobs = await _fetch_jobs(context, found.workflow, args)
    ids = [job.id for job in jobs]
    line = _build_line(replace(args, jobs=tuple(ids)), found.workflow.id)
    await act_targets.check_pipeline_act(context, found.pipeline, found.workflow, line=line, why=args.reason)
    new_id = await context.circleci.rerun_workflow(
        found.workflow.id, from_failed=args.failed, jobs=ids or None, ssh=args.ssh
    )
    names = [job.name for job in jobs]
    action = _format_action(found.workflow, args, names)
    seen = await follow_pipeline(context, found.project, found.pipeline, action=action)
    text = _format_answer(found.format_link(context.links, new_id), args, names)
    connect = [
        kit.button(_("Show How to Connect to {job}", job=job.name), format_line("job", new_id, job.name))
        for job in jobs[:5]
    ]
    return Reply(
        Message(text, [kit.section(text), kit.actions(connect)] if args.ssh else ()), seen=seen and not args.ssh
    )


_FAILED, _STOPPED = frozenset({"failed"}), frozenset({"failed", "canceled"})


def _is_any(statuses: Collection[str], _of: Pipeline, runs: Sequence[Workflow]) -> bool:
    return any(run.status in statuses for run in runs)


_find_failed = build_newest(partial(_is_any, _FAILED), followed=True, own=partial(_is_any, _FAILED))
_find_stopped = build_newest(partial(_is_any, _FAILED), followed=True, own=partial(_is_any, _STOPPED))


async def _fetch_target(context: Context, args: RerunArgs) -> FoundWorkflow:
    """The only failed workflow of several, with `--failed` or where we choose the pipeline; else it has to be named.

    Of a person's own that was canceled, and in which nothing failed, the only canceled one.
    """
    chosen = await is_without_pipeline(context, args.words)
    wanted = _STOPPED if chosen and not args.failed else _FAILED

    def fits(workflow: Workflow) -> bool:
        return not (args.failed or chosen) or workflow.status in wanted

    try:
        newest = (_find_failed if args.failed else _find_stopped) if chosen else None
        found = await targets.resolve_workflow(
            context, args.words, lambda *words: _build_line(args, *words), fits=fits, newest=newest
        )
    except targets.AmbiguousWorkflow as several:
        if args.failed and not any(map(fits, several.workflows)):
            raise _build_nothing_failed_error(several.pipeline) from None
        failed = [one for one in several.workflows if one.status == "failed"]
        if not (chosen and len(failed) == 1):
            raise several.narrow([one for one in several.workflows if one.has_ended]) from None
        found = FoundWorkflow(failed[0], several.pipeline, tuple(several.rest))
    if found.rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(found.rest[0], 100)), _("Name jobs by `--jobs`.")
        )
    return found


def _wants_confirmation(context: Context, found: FoundWorkflow, args: RerunArgs) -> bool:
    """Whether it was chosen in a menu, which cannot ask: a shortcut, or something that passed and may deploy again."""
    source = context.request.source
    pressed = source is RequestSource.BUTTON and not args.sure
    passed = found.workflow.status == "success" and not args.jobs
    return source is RequestSource.SHORTCUT or (pressed and passed)


async def _has_to_be_shown(context: Context, args: RerunArgs) -> bool:
    """Whether we chose the pipeline: of what was said only the project is known, or the channel's is meant."""
    said = context.request.source in understood_act.SHOWN_FIRST
    return said and not args.jobs and await is_without_pipeline(context, args.words)


async def _show_understood(context: Context, found: FoundWorkflow, args: RerunArgs) -> Reply:
    label = _("Rerun from Failed") if args.failed else _("Rerun Workflow")
    what = f"*{label}*: {as_code(found.workflow.name, 100)}"
    line = _build_line(args, found.workflow.id)
    return await understood_act.show(context, what, found.pipeline, label=label, line=line)


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    title = _("Rerun from failed") if line.has_flag("failed") else _("Rerun workflow")
    return (
        Modal(title, kit.build_loading(_("Reading the workflow"))) if request.source is RequestSource.SHORTCUT else None
    )


def _build_question(found: FoundWorkflow, args: RerunArgs) -> Confirmation:
    name, number = as_code(found.workflow.name, 100), found.pipeline.number
    line = _build_line(args, found.workflow.id)
    if args.failed:
        text = _(
            "The failed jobs of {workflow} of pipeline #{number} on {branch} run again, in your name.",
            workflow=name,
            number=number,
            branch=as_code(found.pipeline.ref or "?", 100),
        )
        return Confirmation(_("Rerun from failed"), text, _("Rerun from Failed"), line, danger=False)
    text = _(
        "{workflow} of pipeline #{number} passed. All its jobs run again, in your name.", workflow=name, number=number
    )
    return Confirmation(_("Rerun workflow"), text, _("Rerun Workflow"), line, danger=False)


def _build_nothing_failed_error(of: Pipeline) -> TargetError:
    return TargetError(
        _("No workflow of pipeline #{number} failed: only a failed one can be rerun from failed.", number=of.number),
        NextStep(_("Show Pipeline"), format_line("pipeline", of.id)),
    )


def _narrow_to_job(args: RerunArgs, found: FoundWorkflow) -> RerunArgs:
    """A job named by its number is rerun alone; with `--failed`, everything in its workflow that failed."""
    return replace(args, jobs=(str(found.job),), exact=True) if found.job and not (args.jobs or args.failed) else args


def _build_line(args: RerunArgs, *words: str) -> Written:
    """A choice among several that match: who makes it has asked for just that."""
    line = format_line("rerun", *words, failed=args.failed, jobs=args.jobs, ssh=args.ssh, sure=not args.failed)
    return extend_line(line, reason=args.reason or None)


async def _check_state(context: Context, found: FoundWorkflow, args: RerunArgs) -> None:
    """A button may be old: somebody else may have rerun the workflow since."""
    workflow = found.workflow
    newer = await targets.find_newer_run(context, workflow)
    if newer and (args.failed or not newer.has_ended):
        raise TargetError(
            _(
                "Somebody has rerun {workflow} already. Status of that run: *{status}*.",
                workflow=as_code(workflow.name),
                status=status_blocks.get_label(newer.status),
            ),
            NextStep(_("Show It"), format_line("jobs", newer.id, overview=True)),
            *(
                [NextStep(_("Rerun That One from Failed"), _build_line(args, newer.id))]
                if newer.status == "failed"
                else []
            ),
        )
    if args.failed and workflow.status != "failed":
        whole = [NextStep(_("Rerun All of It"), format_line("rerun", workflow.id))] if workflow.has_ended else []
        raise TargetError(
            _(
                "Only a failed workflow can be rerun from failed. Status of {workflow}: *{status}*.",
                workflow=as_code(workflow.name),
                status=status_blocks.get_label(workflow.status),
            ),
            *whole,
        )


async def _fetch_jobs(context: Context, workflow: Workflow, args: RerunArgs) -> list[Job]:
    if not args.jobs:
        return []
    jobs = await context.circleci.list_workflow_jobs(workflow.id)
    return [job for text in args.jobs for job in _get_jobs_by_name(jobs, workflow, text, args)]


def _get_jobs_by_name(jobs: Sequence[Job] | None, workflow: Workflow, text: str, args: RerunArgs) -> list[Job]:
    """The job of this name, commas included; else the jobs named between commas."""

    def say(workflow: Workflow, job: Job) -> Written:
        return format_line("rerun", workflow.id, jobs=[job.id], ssh=args.ssh, reason=args.reason or None)

    whole = match_by_name(text, jobs or (), lambda job: [job.name], lambda job: [job.id])
    names = [text] if whole or args.exact else split_commas(text)
    return [target_jobs.pick_job(jobs, workflow, name, build_job_line=say) for name in names]


def _format_action(workflow: Workflow, args: RerunArgs, names: Sequence[str]) -> str:
    name, jobs = as_code(workflow.name, 80), ", ".join(as_code(name, 80) for name in names)
    if args.failed:
        return deed_blocks.RERUN_FAILED.format(workflow=name)
    if jobs:
        sentence = deed_blocks.RERUN_JOBS_SSH if args.ssh else deed_blocks.RERUN_JOBS
        return sentence.format(workflow=name, jobs=jobs)
    return (deed_blocks.RERUN_SSH if args.ssh else deed_blocks.RERUN).format(workflow=name)


def _format_answer(workflow: str, args: RerunArgs, names: Sequence[str]) -> str:
    """For the person who asked; `workflow` is a link to it."""
    if args.failed:
        return _(":repeat: CircleCI is rerunning {workflow} from failed.", workflow=workflow)
    if not names:
        return _(":repeat: CircleCI is rerunning {workflow}.", workflow=workflow)
    jobs = join_and([as_code(name, 80) for name in names])
    if not args.ssh:
        return _(":repeat: CircleCI is rerunning {jobs} in {workflow}.", jobs=jobs, workflow=workflow)
    return _(
        ":repeat: CircleCI is rerunning {jobs} in {workflow} with SSH.\nOnce a job runs, its button shows how to "
        "connect, with the SSH key that CircleCI has of you.",
        jobs=jobs,
        workflow=workflow,
    )


@catch_errors
async def resolve_lost_answer(context: Context, args: RerunArgs, began_at: datetime) -> str:
    """Look for a newer run of the same workflow."""
    found = await _fetch_target(context, args)
    newer = await targets.find_newer_run(context, found.workflow)
    if newer and newer.created_at and newer.created_at >= began_at:
        await follow_pipeline(
            context, found.project, found.pipeline, action=_format_action(found.workflow, args, args.jobs)
        )
        return _(
            "I looked again: it did start. Status of {workflow}: *{status}*.",
            workflow=found.format_link(context.links, newer.id),
            status=status_blocks.get_label(newer.status),
        )
    return _("I looked again: CircleCI shows no new run of {workflow} yet.", workflow=as_code(found.workflow.name))


COMMAND = Command(
    name="rerun",
    summary=N_("Runs a workflow again: whole, from failed, or some jobs"),
    usage="rerun [project] [pipeline] [NAME] [--failed] [--jobs NAMES] [--job N] [--ssh] [--reason TEXT] [--sure]",
    example="rerun acme/web 341 build-test --failed",
    parse=parse,
    run=run,
    group=Group.ACTS,
    order=1,
    task=N_("Run again what failed"),
    endpoints=("POST /workflow/{id}/rerun",),
    writes=True,
    resolve_lost_answer=resolve_lost_answer,
    build_first_modal=build_first_modal,
    aliases=("retry",),
)
