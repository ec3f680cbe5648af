"""logs [project] [pipeline] [job] [--step NAME] [--full] — the end of a step's output, or all of it as a file."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_jobs
from bot.actions.share_files import with_files
from bot.actions.target_jobs import FoundJob
from bot.blocks import log_blocks
from bot.circleci.job_failure import contexts_of, name_of
from bot.circleci.job_steps import are_alike, named, telling
from bot.circleci.models import Action
from bot.circleci.secret_masking import known_names
from bot.command import Command, Context, File, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.line import Written, also
from bot.messages import Message
from bot.mrkdwn import code, escape
from bot.untrusted import shown_text
from bot.untrusted.numbers import whole
from bot.untrusted.patterns import compile_linear
from bot.untrusted.reader_process import TooLarge

LINES = 60
MOST_NODES = 9999

_UNFIT = compile_linear(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    job: str | None
    step: str | None
    node: int | None
    full: bool
    here: bool

    def again(self, *words: str) -> Written:
        node = None if self.node is None else str(self.node)
        return line("logs", *words, step=self.step, node=node, full=self.full)


def parse(said: Line) -> Args:
    node = said.option("node")
    number = whole(node, MOST_NODES) if node is not None else None
    if node is not None and number is None:
        raise UsageError("Nodes are numbers, counted from 0.")
    here = said.flag("here")
    return Args(said.words, said.option("job"), said.option("step"), number, said.flag("full") or here, here)


async def run(context: Context, args: Args) -> Reply:
    found = await target_jobs.of_words(context, args.words, args.job, args.again)
    action = await _action(context, found, args)
    names = await _names(context, found)
    action = action.model_copy(update={"name": await name_of(action, names)})
    if not action.output_url:
        raise NotThere(f"The step {code(action.name)} of {code(found.name)} printed nothing.")
    try:
        return await (_file if args.full else _ending)(context, args, found, action, names)
    except TooLarge:
        raise NotThere(
            f"The log of {code(found.name)}, step {code(action.name)}, is too large to read.",
            f"Open it at CircleCI: {target_jobs.url(context, found)}",
        ) from None


async def _ending(context: Context, args: Args, found: FoundJob, action: Action, names: frozenset[str]) -> Reply:
    end = await shown_text.ending(await context.circleci.output(action.output_url or ""), names, LINES)
    told = log_blocks.Shown(
        job=found.called,
        words=found.words,
        url=target_jobs.url(context, found),
        action=action,
        lines=end.lines,
        full=also(args.again(*found.words), full=True),
    )
    return Reply(Message(log_blocks.title(told), log_blocks.log(told)))


async def _action(context: Context, found: FoundJob, args: Args) -> Action:
    """The step that was named, else the one that tells most. Raises NotThere."""
    if found.number is None:
        raise NotThere(f"{code(found.name)} has not run: there is no log.")
    steps = await context.circleci.job_steps(found.project, found.number)
    fitting = named(steps, args.step) if args.step else steps
    several = bool(args.step) and are_alike(steps, args.step or "")
    action = telling(fitting, args.node)
    if action and not several:
        return action
    if not steps:
        raise NotThere(f"CircleCI shows no steps of {code(found.name)} (it did not begin, or it is long ago).")
    offered = [
        Step(step.name, line("logs", *found.words, step=step.name)) for step in (fitting if several else steps)[-8:]
    ]
    told = "has several such steps. Which one?" if several else "has no such step or node. Its steps:"
    raise NotThere(f"{code(found.name)} {told}", *offered)


async def _names(context: Context, found: FoundJob) -> frozenset[str]:
    """Of variables whose values must not be shown, as far as this person may list them."""
    contexts = contexts_of(await target_jobs.detail(context, found))
    return await known_names(context.circleci, found.project, contexts)


async def _file(context: Context, args: Args, found: FoundJob, action: Action, names: frozenset[str]) -> Reply:
    text, cut = await shown_text.whole(await context.circleci.whole_output(action.output_url or ""), names)
    name = action.name
    title = f"The log of {found.called}: {name}{' (its end: it is too long)' if cut else ''}"
    slug = _UNFIT.sub("-", f"{found.name}-{found.number}-{name}").strip("-")[:100]
    file = File(f"{slug or 'log'}.log", title, text or b"\n")
    said = f"The log of {escape(found.called)}, step {code(name)}"
    return with_files(context, [file], said, here=args.here, again=args.again(*found.words))


COMMAND = Command(
    name="logs",
    summary="Shows why a job failed: the end of its log, or all of it",
    usage="logs [project] [pipeline] [job] [--job JOB] [--step NAME] [--node N] [--full] [--here]",
    example="logs gh/acme/web 341 unit",
    parse=parse,
    run=run,
    carries=lambda args: args.full,
    group=Group.REASONS,
    aliases=("log",),
)
