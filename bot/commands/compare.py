"""compare [project] [pipeline] [NAME] [BRANCH BRANCH] — what changed since the last green run, or between branches."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_pairs, target_words, targets
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.actions.targets import FoundWorkflow
from bot.blocks import difference_blocks
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.run_difference import LOOKS, Difference, compare_runs, compare_with_green
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
    if pair := await target_pairs.find_pair(context, args.words):
        return _reply(context, await compare_runs(context.circleci, *pair), *pair[1])
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
    return _reply(context, difference, pipeline, workflow)


def _reply(context: Context, difference: Difference, pipeline: Pipeline, workflow: Workflow) -> Reply:
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
    summary=N_("Compares a workflow with its last green run, or the newest pipelines of two branches"),
    usage="compare [project] [pipeline] [NAME] [BRANCH BRANCH] [--job N] [--here]",
    example="compare acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.REASONS,
    endpoints=(
        "GET /project/{project-slug}/pipeline",
        "GET /pipeline/{pipeline-id}/values",
    ),
)
