"""Which project, pipeline or workflow the words of a line mean (jobs: target_jobs.py).

What words name is read by target_words.py and looked up by target_pipelines.py. When several could be meant, each is
offered as a button: `build_line` writes the command's line with other words in the place of those that were not clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.actions.target_pipelines import Newest, fetch_by_pipeline_id, find_workflow, resolve_target
from bot.actions.target_projects import LineBuilder
from bot.ambiguity import match_by_name
from bot.blocks import status_blocks
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.circleci.urgency import sort_by_urgency
from bot.command import Context, ParsedLine, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.line import Written
from bot.mrkdwn import as_link
from bot.untrusted.numbers import parse_whole_number


def parse_page(line: ParsedLine) -> int:
    """The page of a long list that `--page` asks for, counted from 1."""
    number = parse_whole_number(line.get_value("page") or "1", most=1000)
    if not number:
        raise UsageError(_("Pages are counted from 1, to 1000 at most."))
    return number


async def resolve_pipeline(
    context: Context, words: Sequence[str], build_line: LineBuilder, *, newest: Newest | None = None
) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline that is meant, and the words that are left."""
    found = await resolve_target(context, words, build_line, first=fetch_by_pipeline_id, newest=newest)
    return found.pipeline, found.rest


@dataclass(frozen=True, slots=True)
class FoundWorkflow:
    """A workflow in its pipeline, read just now, and the words that are left; `job` is one whose number was named."""

    workflow: Workflow
    pipeline: Pipeline
    rest: tuple[str, ...] = ()
    job: int | None = None

    @property
    def project(self) -> ProjectSlug:
        return self.pipeline.project

    def format_link(self, links: Links, workflow_id: str | None = None) -> str:
        """A link to it in CircleCI (or to a later run of it), as mrkdwn."""
        url = links.workflow_url(self.project, self.pipeline.number, workflow_id or self.workflow.id)
        return as_link(url, _("{workflow} of #{number}", workflow=self.workflow.name, number=self.pipeline.number))


def _any(_workflow: Workflow) -> bool:
    return True


async def resolve_workflow(
    context: Context,
    words: Sequence[str],
    build_line: LineBuilder,
    *,
    fits: Callable[[Workflow], bool] = _any,
    newest: Newest | None = None,
) -> FoundWorkflow:
    """The workflow that is meant: by id or link, or by its pipeline (also by id) and, when it has several, its name.

    Of several the only one that `fits` is taken. Raises TargetError with a button for each when that is not clear.
    """
    at = await resolve_target(context, words, build_line, newest=newest)
    of, rest = at.pipeline, at.rest
    if workflow := await find_workflow(context, at):
        return FoundWorkflow(workflow, of, rest, at.job)
    latest = pick_newest(of, await context.circleci.list_pipeline_workflows(of.id))
    by_name = match_by_name(rest[0], latest, lambda one: [one.name]) if rest else []
    if len(by_name) == 1:
        return FoundWorkflow(by_name[0], of, rest[1:])
    if by_name:
        raise _build_choice(of, by_name, build_line, rest=rest[1:])
    fitting = [found for found in latest if fits(found)] or latest
    if len(fitting) == 1:
        return FoundWorkflow(fitting[0], of, rest)
    raise _build_choice(of, fitting, build_line, rest=rest)


def pick_newest(of: Pipeline, workflows: Sequence[Workflow]) -> list[Workflow]:
    """The newest workflow per name: what counts after reruns."""
    runs = tuple(WorkflowRun(workflow=found, jobs=None) for found in workflows)
    return [run.workflow for run in Snapshot(pipeline=of, workflows=runs).get_newest_runs()]


class AmbiguousWorkflow(TargetError):
    """Any of these workflows could be meant; `rest` are words that named none of them."""

    def __init__(
        self,
        of: Pipeline,
        workflows: Sequence[Workflow],
        build_line_of: Callable[[Workflow], Written],
        rest: Sequence[str],
    ) -> None:
        steps = (
            NextStep(f"{found.name} ({status_blocks.get_label(found.status)})", build_line_of(found))
            for found in workflows
        )
        super().__init__(_("Pipeline #{number} has several workflows. Which one?", number=of.number), *steps)
        self.pipeline = of
        self.workflows = workflows
        self.rest = rest
        self._build_line_of = build_line_of

    def narrow(self, fewer: Sequence[Workflow]) -> AmbiguousWorkflow:
        """The same of `fewer`, unless that is none."""
        return AmbiguousWorkflow(self.pipeline, fewer or self.workflows, self._build_line_of, self.rest)


def _build_choice(
    of: Pipeline, several: Sequence[Workflow], build_line: LineBuilder, *, rest: Sequence[str]
) -> TargetError:
    if not several:
        return TargetError(
            _("Pipeline #{number} has no workflows (yet).", number=of.number),
            NextStep(_("Show Pipeline"), format_line("pipeline", of.id)),
        )
    return AmbiguousWorkflow(of, sort_by_urgency(several), lambda found: build_line(found.id, *rest), rest)


async def find_newer_run(context: Context, than: Workflow) -> Workflow | None:
    """The latest later run of the same workflow in its pipeline, if there is one."""
    known = await context.circleci.list_pipeline_workflows(than.pipeline_id)
    later = [(one.created_at, one) for one in known if one.name == than.name and one.id != than.id and one.created_at]
    latest = max(later, key=lambda pair: pair[0], default=None)
    return latest[1] if latest and than.created_at and latest[0] > than.created_at else None
