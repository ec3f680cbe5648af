"""tests [project] [pipeline] [job] [--all] — the failed tests of a job, the newly failing first, or all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.actions import target_jobs, targets
from bot.actions.previous_failures import failed_before
from bot.actions.target_jobs import FoundJob
from bot.blocks import results_blocks
from bot.circleci.explanation import Known
from bot.circleci.flaky_stats import reputations
from bot.circleci.job_failure import contexts_of, readable
from bot.circleci.models import TestResult
from bot.circleci.secret_masking import known_names
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    job: str | None
    all: bool
    page: int

    def again(self, *words: str) -> Written:
        return line("tests", *words, all=self.all)


def parse(said: Line) -> Args:
    return Args(said.words, said.option("job"), said.flag("all"), targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    found = await target_jobs.of_words(context, args.words, args.job, args.again)
    results = await _results(context, found)
    known = Known() if args.all else await _known(context, found, results)
    listing = results_blocks.Listing(
        called=found.called,
        words=found.words,
        job=found.name,
        url=target_jobs.url(context, found),
        results=results,
        known=known,
        all=args.all,
        page=args.page,
    )
    return Reply(Message(results_blocks.title(listing), results_blocks.listing(listing)))


async def _results(context: Context, found: FoundJob) -> list[TestResult]:
    """Raises NotThere when the job stored none, which CircleCI answers too when there is too much of it."""
    detail = await target_jobs.detail(context, found)
    names, results = await asyncio.gather(
        known_names(context.circleci, found.project, contexts_of(detail)),
        context.circleci.tests(found.project, found.number or detail.number),
    )
    if not results:
        raise NotThere(
            f"CircleCI has no test results of {code(found.name)}: it stored none (step `store_test_results`), "
            "or more than 250 MB, or has not ended.",
            Step("Show its log", line("logs", *found.words)),
        )
    return await readable(results, names)


async def _known(context: Context, found: FoundJob, results: list[TestResult]) -> Known:
    """The run before and insights, where something failed."""
    if not any(result.failed for result in results) or not (found.pipeline and found.workflow_id):
        return Known()
    workflow = await context.circleci.workflow(found.workflow_id)
    before, reputation = await asyncio.gather(
        failed_before(context.circleci, context.store, found.pipeline, workflow),
        reputations(context.circleci, found.project, workflow.name),
    )
    return Known(before, reputation)


COMMAND = Command(
    name="tests",
    summary="Shows the failed tests of a job",
    usage="tests [project] [pipeline] [job] [--job JOB] [--all] [--page N]",
    example="tests gh/acme/web 341 unit",
    parse=parse,
    run=run,
    group=Group.REASONS,
    covers=("GET /project/{project-slug}/{job-number}/tests",),
)
