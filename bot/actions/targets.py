"""Which project, pipeline or workflow the words of a line mean (jobs: target_jobs.py).

What words name is read by target_words.py and looked up by target_pipelines.py. When several could be meant, each is
offered as a button: `again` writes the command's line with other words in the place of those that were not clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.actions.target_pipelines import pipeline_of_id, place, workflow_at
from bot.actions.target_projects import Again
from bot.ambiguity import meant
from bot.blocks import status_blocks
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.snapshot import Run, Snapshot
from bot.circleci.urgency import urgent_first
from bot.command import Context, Line, line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step, UsageError
from bot.line import Written
from bot.mrkdwn import link
from bot.untrusted.numbers import whole


def page(said: Line) -> int:
    """The page of a long list that `--page` asks for, counted from 1."""
    number = whole(said.option("page") or "1", most=1000)
    if not number:
        raise UsageError("Pages are counted from 1, to 1000 at most.")
    return number


async def pipeline(context: Context, words: Sequence[str], again: Again) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline that is meant, and the words that are left."""
    found = await place(context, words, again, first=pipeline_of_id)
    return found.pipeline, found.rest


@dataclass(frozen=True, slots=True)
class Found:
    """A workflow in its pipeline, read just now, and the words that are left; `job` is one whose number was named."""

    workflow: Workflow
    pipeline: Pipeline
    rest: tuple[str, ...] = ()
    job: int | None = None

    @property
    def project(self) -> ProjectSlug:
        return self.pipeline.project

    def where(self, links: Links, workflow_id: str | None = None) -> str:
        """A link to it in CircleCI (or to a later run of it), as mrkdwn."""
        url = links.workflow(self.project, self.pipeline.number, workflow_id or self.workflow.id)
        return link(url, f"{self.workflow.name} of #{self.pipeline.number}")


def _any(_workflow: Workflow) -> bool:
    return True


async def workflow(
    context: Context, words: Sequence[str], again: Again, fits: Callable[[Workflow], bool] = _any
) -> Found:
    """The workflow that is meant: by id or link, or by its pipeline (also by id) and, when it has several, its name.

    Of several the only one that `fits` is taken. Raises NotThere with a button for each when that is not clear.
    """
    at = await place(context, words, again)
    of, rest = at.pipeline, at.rest
    if workflow := await workflow_at(context, at):
        return Found(workflow, of, rest, at.job)
    newest = newest_of(of, await context.circleci.pipeline_workflows(of.id))
    by_name = meant(rest[0], newest, lambda one: [one.name]) if rest else []
    if len(by_name) == 1:
        return Found(by_name[0], of, rest[1:])
    if by_name:
        raise _which_workflow(of, by_name, again, rest[1:])
    fitting = [found for found in newest if fits(found)] or newest
    if len(fitting) == 1:
        return Found(fitting[0], of, rest)
    raise _which_workflow(of, fitting, again, rest)


def newest_of(of: Pipeline, workflows: Sequence[Workflow]) -> list[Workflow]:
    """The newest workflow per name: what counts after reruns."""
    runs = tuple(Run(workflow=found, jobs=None) for found in workflows)
    return [run.workflow for run in Snapshot(pipeline=of, workflows=runs).newest()]


class Several(NotThere):
    """Any of these workflows could be meant; `rest` are words that named none of them."""

    def __init__(
        self, of: Pipeline, workflows: Sequence[Workflow], say: Callable[[Workflow], Written], rest: Sequence[str]
    ) -> None:
        steps = (Step(f"{found.name} ({status_blocks.word(found.status)})", say(found)) for found in workflows)
        super().__init__(f"Pipeline #{of.number} has several workflows. Which one?", *steps)
        self.pipeline = of
        self.workflows = workflows
        self.rest = rest
        self._say = say

    def of(self, fewer: Sequence[Workflow]) -> Several:
        """The same of `fewer`, unless that is none."""
        return Several(self.pipeline, fewer or self.workflows, self._say, self.rest)


def _which_workflow(of: Pipeline, several: Sequence[Workflow], again: Again, rest: Sequence[str]) -> NotThere:
    if not several:
        return NotThere(f"Pipeline #{of.number} has no workflows (yet).", Step("Look at it", line("pipeline", of.id)))
    return Several(of, urgent_first(several), lambda found: again(found.id, *rest), rest)


async def newer(context: Context, than: Workflow) -> Workflow | None:
    """The latest later run of the same workflow in its pipeline, if there is one."""
    known = await context.circleci.pipeline_workflows(than.pipeline_id)
    later = [(one.created_at, one) for one in known if one.name == than.name and one.id != than.id and one.created_at]
    latest = max(later, key=lambda pair: pair[0], default=None)
    return latest[1] if latest and than.created_at and latest[0] > than.created_at else None
