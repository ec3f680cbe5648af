"""jobs [project] [pipeline] [NAME] — the jobs of a workflow one by one, each with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.newest_pipelines import find_failed, is_without_pipeline
from bot.blocks import jobs_blocks, status_blocks
from bot.blocks.workflow_blocks import get_user_ids
from bot.circleci.models import Workflow
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import BAD
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, escape


@dataclass(frozen=True, slots=True)
class JobsArgs:
    words: tuple[str, ...]
    failed: bool
    status: str | None
    page: int

    def to_line(self, *words: str) -> Written:
        return format_line("jobs", *words, failed=self.failed, status=self.status)


def parse(line: ParsedLine) -> JobsArgs:
    status = line.get_value("status")
    if status is not None and line.has_flag("failed"):
        raise UsageError(_("`--failed` already chooses statuses: leave `--status` out."))
    if status is not None and not status.strip():
        raise UsageError(
            _("`--status` needs one of CircleCI's words."), _("As in `--status running` or `--status on_hold`.")
        )
    return JobsArgs(
        target_words.add_job_option(line),
        line.has_flag("failed"),
        status and _parse_status(status),
        targets.parse_page(line),
    )


def _parse_status(status: str) -> str:
    """CircleCI's words, also as people write them: `on hold`, `cancelled`."""
    word = status.strip().casefold().replace(" ", "_")
    return {"cancelled": "canceled", "on-hold": "on_hold", "held": "on_hold", "passed": "success"}.get(word, word)


def _is_urgent(workflow: Workflow) -> bool:
    return workflow.status in BAD or not workflow.has_ended


async def run(context: Context, args: JobsArgs) -> Reply:
    newest = find_failed if args.failed and await is_without_pipeline(context, args.words) else None
    found = await targets.resolve_workflow(context, args.words, args.to_line, fits=_is_urgent, newest=newest)
    if found.rest:
        raise UsageError(_("I do not know what {rest} is for.", rest=as_code(found.rest[0], 100)))
    jobs = await context.circleci.list_workflow_jobs(found.workflow.id)
    listing = jobs_blocks.JobPage(
        workflow=found.workflow,
        pipeline=found.pipeline,
        project=found.project,
        jobs=jobs,
        status=args.status,
        failed=args.failed,
        page=args.page,
        names=await context.circleci.fetch_user_names(get_user_ids(found.workflow, jobs or ())),
        words=context.command_names,
    )
    shown = jobs_blocks.render_list(listing, links=context.links, now=context.clock.now())
    word = status_blocks.get_label(found.workflow.status)
    return Reply(Message(_("Jobs of {workflow}: {status}", workflow=escape(found.workflow.name), status=word), shown))


COMMAND = Command(
    name="jobs",
    summary=N_("Lists the jobs of a workflow, with what you can do about each"),
    usage="jobs [project] [pipeline] [NAME] [--job N] [--failed] [--status STATUS] [--page N] [--here]",
    example="jobs acme/web 341 build-test --failed",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    order=4,
    task=N_("See the jobs of a workflow"),
    endpoints=("GET /workflow/{id}/job",),
)
