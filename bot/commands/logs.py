"""logs [project] [pipeline] [job] [--step NAME] [--full] — the lines that tell why, or all as a file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_jobs
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.actions.share_files import reply_with_files
from bot.actions.target_jobs import FoundJob
from bot.blocks import log_blocks
from bot.circleci.job_failure import get_context_names, sanitize_step_name
from bot.circleci.job_steps import find_telling_action, has_failed, is_ambiguous_name, match_steps
from bot.circleci.models import StepAction
from bot.circleci.secret_masking import fetch_secret_names
from bot.command import Command, Context, File, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.mrkdwn import as_code, escape
from bot.untrusted import shown_text
from bot.untrusted.numbers import parse_whole_number
from bot.untrusted.patterns import compile_linear
from bot.untrusted.reader_process import TooLarge

LINES = 60
MOST_NODES = 9999

_UNFIT = compile_linear(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class LogsArgs:
    words: tuple[str, ...]
    job: str | None
    step: str | None
    node: int | None
    full: bool
    here: bool

    def to_line(self, *words: str) -> Written:
        node = None if self.node is None else str(self.node)
        return format_line("logs", *words, step=self.step, node=node, full=self.full)


def parse(line: ParsedLine) -> LogsArgs:
    node = line.get_value("node")
    number = parse_whole_number(node, MOST_NODES) if node is not None else None
    if node is not None and number is None:
        raise UsageError(_("Nodes are numbers, counted from 0."))
    here = line.has_flag("here")
    return LogsArgs(
        line.words, line.get_value("job"), line.get_value("step"), number, line.has_flag("full") or here, here
    )


async def run(context: Context, args: LogsArgs) -> Reply:
    newest = None if args.job or not await is_without_pipeline(context, args.words) else find_failed
    found = await target_jobs.resolve(context, args.words, args.job, args.to_line, newest=newest)
    action = await _fetch_action(context, found, args)
    names = await _fetch_variable_names(context, found)
    action = action.model_copy(update={"name": await sanitize_step_name(action, names)})
    if not action.output_url:
        raise TargetError(
            _("The step {step} of {job} printed nothing.", step=as_code(action.name), job=as_code(found.name))
        )
    try:
        return await (_send_file if args.full else _render_excerpt)(context, args, found, action, names)
    except TooLarge:
        raise TargetError(
            _(
                "The log of {job}, step {step}, is too large to read.",
                job=as_code(found.name),
                step=as_code(action.name),
            ),
            _("Open it at CircleCI: {url}", url=target_jobs.build_url(context, found)),
        ) from None


async def _render_excerpt(
    context: Context, args: LogsArgs, found: FoundJob, action: StepAction, names: frozenset[str]
) -> Reply:
    excerpt = await shown_text.sanitize_excerpt(
        await context.circleci.fetch_output(action.output_url or ""), names, LINES
    )
    tells = has_failed(action) and excerpt.first_error is not None
    log = log_blocks.StepLog(
        job=found.label,
        job_words=found.words,
        url=target_jobs.build_url(context, found),
        action=action,
        lines=excerpt.telling if tells else excerpt.lines,
        telling=tells,
        full_log_line=extend_line(args.to_line(*found.words), full=True),
    )
    return Reply(Message(log_blocks.format_title(log), log_blocks.render(log)))


async def _fetch_action(context: Context, found: FoundJob, args: LogsArgs) -> StepAction:
    """The step that was named, else the one that tells most. Raises TargetError."""
    if found.number is None:
        raise TargetError(_("{job} has not run: there is no log.", job=as_code(found.name)))
    steps = await context.circleci.list_job_steps(found.project, found.number)
    fitting = match_steps(steps, args.step) if args.step else steps
    several = bool(args.step) and is_ambiguous_name(steps, args.step or "")
    action = find_telling_action(fitting, args.node)
    if action and not several:
        return action
    if not steps:
        raise TargetError(
            _("CircleCI shows no steps of {job} (it did not begin, or it is long ago).", job=as_code(found.name))
        )
    offered = [
        NextStep(step.name, format_line("logs", *found.words, step=step.name))
        for step in (fitting if several else steps)[-8:]
    ]
    job = as_code(found.name)
    problem = (
        _("{job} has several such steps. Which one?", job=job)
        if several
        else _("{job} has no such step or node. Its steps:", job=job)
    )
    raise TargetError(problem, *offered)


async def _fetch_variable_names(context: Context, found: FoundJob) -> frozenset[str]:
    """Of variables whose values must not be shown, as far as this person may list them."""
    contexts = get_context_names(await target_jobs.fetch_detail(context, found))
    return await fetch_secret_names(context.circleci, found.project, contexts)


async def _send_file(
    context: Context, args: LogsArgs, found: FoundJob, action: StepAction, names: frozenset[str]
) -> Reply:
    text, cut = await shown_text.sanitize_output(
        await context.circleci.fetch_whole_output(action.output_url or ""), names
    )
    name = action.name
    title = (
        _("The log of {job}: {step} (its end: it is too long)", job=found.label, step=name)
        if cut
        else _("The log of {job}: {step}", job=found.label, step=name)
    )
    slug = _UNFIT.sub("-", f"{found.name}-{found.number}-{name}").strip("-")[:100]
    file = File(f"{slug or 'log'}.log", title, text or b"\n")
    said = _("The log of {job}, step {step}", job=escape(found.label), step=as_code(name))
    return reply_with_files(context, [file], said, here=args.here, again=args.to_line(*found.words))


COMMAND = Command(
    name="logs",
    summary=N_("Shows the lines of a log that tell why a job failed, or all of it"),
    usage="logs [project] [pipeline] [job] [--job JOB] [--step NAME] [--node N] [--full] [--here]",
    example="logs acme/web 341 unit",
    parse=parse,
    run=run,
    sends_file=lambda args: args.full,
    group=Group.REASONS,
    is_detail=True,
    order=2,
    task=N_("Read the log of a failed job"),
    aliases=("log",),
)
