"""compare [project] [pipeline] [NAME] — what changed since the last green run of a workflow on its branch."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.actions.targets import FoundWorkflow
from bot.blocks import difference_blocks
from bot.circleci.run_difference import LOOKS, compare_with_green
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class CompareArgs:
    words: tuple[str, ...]


def parse(line: ParsedLine) -> CompareArgs:
    return CompareArgs(target_words.add_job_option(line))


async def run(context: Context, args: CompareArgs) -> Reply:
    newest = find_failed if await is_without_pipeline(context, args.words) else None
    found = await targets.resolve_workflow(
        context,
        args.words,
        lambda *words: format_line("compare", *words),
        fits=lambda workflow: workflow.status == "failed",
        newest=newest,
    )
    if found.rest:
        raise UsageError(_("I do not know what {rest} is for.", rest=as_code(found.rest[0], 100)))
    pipeline, workflow = found.pipeline, found.workflow
    difference = await compare_with_green(context.circleci, pipeline, workflow)
    if difference is None:
        raise _build_never_green_error(found)
    title = difference_blocks.format_title(difference, pipeline, workflow)
    return Reply(Message(title, difference_blocks.render(difference, pipeline, workflow, links=context.links)))


def _build_never_green_error(found: FoundWorkflow) -> TargetError:
    return TargetError(
        _(
            "{workflow} was not green on {ref} in the {count} pipelines before #{number}.",
            workflow=as_code(found.workflow.name),
            ref=as_code(found.pipeline.ref or "?", 100),
            count=LOOKS,
            number=found.pipeline.number,
        ),
        NextStep(_("Show What Ran Lately"), format_line("recent", str(found.project))),
    )


COMMAND = Command(
    name="compare",
    summary=N_("Compares a workflow with its last green run"),
    usage="compare [project] [pipeline] [NAME] [--job N] [--here]",
    example="compare acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.REASONS,
    endpoints=(
        "GET /project/{project-slug}/pipeline",
        "GET /pipeline/{pipeline-id}/values",
    ),
)
