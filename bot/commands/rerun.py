"""rerun [project] [pipeline] [NAME] [--failed] [--jobs NAMES] [--ssh] — runs a workflow again, or some of its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import target_jobs, target_words, targets
from bot.actions.follow_pipeline import follow
from bot.actions.lost_answer import told
from bot.actions.targets import Found
from bot.ambiguity import meant
from bot.blocks import kit, status_blocks
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.line import Written, listed
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    """`jobs` as they were said: only when they are known is a comma a part of a name, unless each is `exact`."""

    words: tuple[str, ...]
    failed: bool
    jobs: tuple[str, ...]
    ssh: bool
    exact: bool = False


def parse(said: Line) -> Args:
    args = Args(target_words.words(said), said.flag("failed"), _texts(said), said.flag("ssh"), "jobs" in said.exact)
    if args.failed and args.jobs:
        raise UsageError("`--failed` chooses the jobs by itself: leave out `--jobs`, or `--failed`.")
    if args.ssh and not (args.jobs or "job" in args.words):
        raise UsageError("SSH needs to know where: name the jobs, as in `--jobs build --ssh`.")
    return args


def _texts(said: Line) -> tuple[str, ...]:
    return tuple(filter(str.strip, said.options.get("jobs", ())))


async def run(context: Context, args: Args) -> Reply:
    found = await _find(context, args)
    args = _alone(args, found)
    await _check_state(context, found, args)
    jobs = await _jobs(context, found.workflow, args)
    ids = [job.id for job in jobs]
    new_id = await context.circleci.rerun(found.workflow.id, from_failed=args.failed, jobs=ids or None, ssh=args.ssh)
    deed = _deed(found.workflow, args, [job.name for job in jobs])
    await follow(context, found.project, found.pipeline, deed)
    text = f":repeat: {deed}: {found.where(context.links, new_id)}{_SSH_NOTE if args.ssh else ''}"
    connect = [kit.button(f"Where to connect: {job.name}", line("job", new_id, job.name)) for job in jobs[:5]]
    return Reply(Message(text, [kit.section(text), kit.actions(connect)] if args.ssh else ()))


async def _find(context: Context, args: Args) -> Found:
    """Of several the only failed one is meant by `--failed`; whoever wants a whole one says which."""

    def fits(workflow: Workflow) -> bool:
        return not args.failed or workflow.status == "failed"

    try:
        found = await targets.workflow(context, args.words, lambda *words: _again(args, *words), fits)
    except targets.Several as several:
        if args.failed and not any(map(fits, several.workflows)):
            raise _nothing_failed(several.pipeline) from None
        raise several.of([one for one in several.workflows if one.ended]) from None
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.", "Jobs are named by `--jobs`.")
    return found


def _nothing_failed(of: Pipeline) -> NotThere:
    return NotThere(
        f"No workflow of pipeline #{of.number} failed: only a failed one can be rerun from failed.",
        Step("Look at it", line("pipeline", of.id)),
    )


def _alone(args: Args, found: Found) -> Args:
    """A job that was named by its number is run again by itself; from failed, all of its workflow that failed is."""
    return replace(args, jobs=(str(found.job),), exact=True) if found.job and not (args.jobs or args.failed) else args


def _again(args: Args, *words: str) -> Written:
    return line("rerun", *words, failed=args.failed, jobs=args.jobs, ssh=args.ssh)


async def _check_state(context: Context, found: Found, args: Args) -> None:
    """A button may be old: somebody else may have rerun the workflow since."""
    workflow = found.workflow
    newer = await targets.newer(context, workflow)
    if newer and (args.failed or not newer.ended):
        raise NotThere(
            f"{code(workflow.name)} has been rerun already: that run is *{status_blocks.word(newer.status)}*.",
            Step("Show it", line("workflow", newer.id)),
            *([Step("Rerun that one from failed", _again(args, newer.id))] if newer.status == "failed" else []),
        )
    if args.failed and workflow.status != "failed":
        whole = [Step("Rerun all of it", line("rerun", workflow.id))] if workflow.ended else []
        now = f"{code(workflow.name)} is *{status_blocks.word(workflow.status)}*"
        raise NotThere(f"{now}: only a failed workflow can be rerun from failed.", *whole)


async def _jobs(context: Context, workflow: Workflow, args: Args) -> list[Job]:
    if not args.jobs:
        return []
    jobs = await context.circleci.workflow_jobs(workflow.id)
    return [job for text in args.jobs for job in _named(jobs, workflow, text, args)]


def _named(jobs: Sequence[Job] | None, workflow: Workflow, text: str, args: Args) -> list[Job]:
    """The job of this name, commas and all; else those whose names stand between commas."""

    def say(workflow: Workflow, job: Job) -> Written:
        return line("rerun", workflow.id, jobs=[job.id], ssh=args.ssh)

    whole = meant(text, jobs or (), lambda job: [job.name], lambda job: [job.id])
    names = [text] if whole or args.exact else listed(text)
    return [target_jobs.one_of(jobs, workflow, name, say) for name in names]


def _deed(workflow: Workflow, args: Args, names: Sequence[str]) -> str:
    if args.failed:
        return f"Rerun from failed ({code(workflow.name, 80)})"
    jobs = f": {', '.join(code(name, 80) for name in names)}" if names else ""
    return f"Rerun of {code(workflow.name, 80)}{jobs}{' with SSH' if args.ssh else ''}"


_SSH_NOTE = "\nOnce the job runs, these buttons tell how you connect, with the SSH key that CircleCI has of you."


@told
async def reread(context: Context, args: Args, began_at: datetime) -> str:
    """Look for a newer run of the same workflow."""
    found = await _find(context, args)
    newer = await targets.newer(context, found.workflow)
    if newer and newer.created_at and newer.created_at >= began_at:
        await follow(context, found.project, found.pipeline, _deed(found.workflow, args, args.jobs))
        return (
            f"I looked again: it did start, {found.where(context.links, newer.id)} is "
            f"*{status_blocks.word(newer.status)}*."
        )
    return f"I looked again: CircleCI shows no new run of {code(found.workflow.name)} yet."


COMMAND = Command(
    name="rerun",
    summary="Runs a workflow again: whole, from failed, or some jobs",
    usage="rerun [project] [pipeline] [NAME] [--failed] [--jobs NAMES] [--job N] [--ssh]",
    example="rerun gh/acme/web 341 build-test --failed",
    parse=parse,
    run=run,
    group=Group.ACTS,
    covers=("POST /workflow/{id}/rerun",),
    acts=True,
    reread=reread,
    aliases=("retry",),
)
