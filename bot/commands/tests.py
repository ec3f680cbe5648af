"""tests [project] [pipeline] [job] [--all] — the failed tests of a job, the newly failing first, or all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.actions import target_jobs, targets
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.actions.previous_failures import find_previous_failures
from bot.actions.target_jobs import FoundJob
from bot.blocks import results_blocks
from bot.circleci.explanation import FailureHistory
from bot.circleci.flaky_stats import fetch_flaky_stats
from bot.circleci.job_failure import get_context_names, sanitize_tests
from bot.circleci.models import TestResult
from bot.circleci.secret_masking import fetch_secret_names
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class TestsArgs:
    words: tuple[str, ...]
    job: str | None
    all: bool
    page: int

    def to_line(self, *words: str) -> Written:
        return format_line("tests", *words, all=self.all)


def parse(line: ParsedLine) -> TestsArgs:
    return TestsArgs(line.words, line.get_value("job"), line.has_flag("all"), targets.parse_page(line))


async def run(context: Context, args: TestsArgs) -> Reply:
    newest = None if args.job or not await is_without_pipeline(context, args.words) else find_failed
    found = await target_jobs.resolve(context, args.words, args.job, args.to_line, newest=newest)
    results = await _fetch_results(context, found)
    known = FailureHistory() if args.all else await _fetch_history(context, found, results)
    listing = results_blocks.ResultsPage(
        called=found.label,
        job_words=found.words,
        job=found.name,
        url=target_jobs.build_url(context, found),
        results=results,
        known=known,
        include_passed=args.all,
        page=args.page,
    )
    return Reply(Message(results_blocks.format_title(listing), results_blocks.render_list(listing)))


async def _fetch_results(context: Context, found: FoundJob) -> list[TestResult]:
    """Raises TargetError when the job stored none, which CircleCI answers too when there is too much of it."""
    detail = await target_jobs.fetch_detail(context, found)
    names, results = await asyncio.gather(
        fetch_secret_names(context.circleci, found.project, get_context_names(detail)),
        context.circleci.list_tests(found.project, found.number or detail.number),
    )
    if not results:
        raise TargetError(
            _(
                "CircleCI has no test results of {job}: it stored none (step `store_test_results`), or "
                "more than 250 MB, or has not ended.",
                job=as_code(found.name),
            ),
            NextStep(_("Show Its Log"), format_line("logs", *found.words)),
        )
    return await sanitize_tests(results, names)


async def _fetch_history(context: Context, found: FoundJob, results: list[TestResult]) -> FailureHistory:
    """The run before and insights, where something failed."""
    if not any(result.has_failed for result in results) or not (found.pipeline and found.workflow_id):
        return FailureHistory()
    workflow = await context.circleci.fetch_workflow(found.workflow_id)
    before, reputation = await asyncio.gather(
        find_previous_failures(context.circleci, context.store, found.pipeline, workflow=workflow),
        fetch_flaky_stats(context.circleci, found.project, workflow.name),
    )
    return FailureHistory(before, reputation, found.pipeline.number)


COMMAND = Command(
    name="tests",
    summary=N_("Shows the failed tests of a job"),
    usage="tests [project] [pipeline] [job] [--job JOB] [--all] [--page N] [--here]",
    example="tests acme/web 341 unit",
    parse=parse,
    run=run,
    group=Group.REASONS,
    is_detail=True,
    order=3,
    endpoints=("GET /project/{project-slug}/{job-number}/tests",),
)
