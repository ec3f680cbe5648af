"""The jobs of a workflow one by one: the status of each, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit
from bot.blocks.action_blocks import build_approve_button, build_decline_button, list_approvable
from bot.blocks.pager import build_pager
from bot.blocks.status_counts import list_counts
from bot.blocks.workflow_blocks import format_job, format_workflow_title
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _, ngettext
from bot.line import Written
from bot.mrkdwn import as_code

PAGE = 8


@dataclass(frozen=True, slots=True)
class JobPage:
    """What of a workflow is shown: its jobs (None when CircleCI has let them go), perhaps of one status only.

    `names` are people's by id, `words` the commands that there are.
    """

    workflow: Workflow
    pipeline: Pipeline
    project: ProjectSlug
    jobs: Sequence[Job] | None
    status: str | None = None
    failed: bool = False
    page: int = 1
    names: Mapping[str, str] = field(default_factory=dict)
    words: AbstractSet[str] = frozenset()

    def select_jobs(self) -> list[Job]:
        """Holds and failures first, then in CircleCI's order."""
        fitting = [job for job in self.jobs or () if self._matches(job)]
        return sorted(fitting, key=_urgency)

    def _matches(self, job: Job) -> bool:
        return (job.has_failed or not self.failed) and self.status in {None, job.status}

    @property
    def snapshot(self) -> Snapshot:
        """What dialogs say of it."""
        return Snapshot(
            pipeline=self.pipeline, workflows=(WorkflowRun(workflow=self.workflow, jobs=tuple(self.jobs or ())),)
        )

    @property
    def refresh_line(self) -> Written:
        return format_line("jobs", self.workflow.id, failed=self.failed, status=self.status)


def render_list(listing: JobPage, *, links: Links, now: datetime) -> list[kit.Block]:
    jobs = listing.select_jobs()
    page = jobs[(listing.page - 1) * PAGE : listing.page * PAGE]
    rows = [_row(job, listing, links, now) for job in page]
    return [
        kit.section(
            format_workflow_title(
                listing.workflow, listing.pipeline, listing.project, links=links, now=now, names=listing.names
            )
        ),
        kit.context(_format_counts(listing.jobs)),
        *_fit_rows(rows),
        *([] if rows else [kit.section(_format_empty(listing))]),
        *build_pager(listing.page, listing.refresh_line, more=listing.page * PAGE < len(jobs)),
        kit.actions(list(_build_other_views(listing))),
    ]


_BRIEF = 900
"""Characters of a row that offers nothing."""


def _fit_rows(rows: Sequence[Sequence[kit.Block]]) -> list[kit.Block]:
    """Rows of a list with what they offer; where that is too much for Slack, later ones only say what is."""
    left = kit.ROOM - _BRIEF * len(rows)
    drawn: list[kit.Block] = []
    for row in rows:
        more = max(0, kit.count_chars(row) - _BRIEF)
        fits = more <= left
        left -= more if fits else 0
        drawn += row if fits else [{key: value for key, value in row[0].items() if key != "accessory"}]
    return drawn


def _format_counts(jobs: Sequence[Job] | None) -> str:
    """`12 jobs: 1 failed, 11 passed`; nothing to count where the jobs are gone."""
    if jobs is None:
        return _("CircleCI no longer shows the jobs of this workflow.")
    told = ", ".join(list_counts(job.status for job in sorted(jobs, key=_urgency)))
    total = ngettext("{count} job", "{count} jobs", len(jobs))
    return f"{total}: {told}" if told else total


def _urgency(job: Job) -> tuple[bool, bool]:
    return not job.is_held, not job.has_failed


def _format_empty(listing: JobPage) -> str:
    if listing.jobs is None:
        return _("An old workflow keeps its outcome, and loses the rest.")
    return _("There are no more.") if listing.page > 1 else _("None of them is like that.")


def _row(job: Job, listing: JobPage, links: Links, now: datetime) -> list[kit.Block]:
    number = job.job_number
    url = (
        links.job_url(listing.project, listing.pipeline.number, listing.workflow.id, job_number=number)
        if number
        else None
    )
    shown_number = [_("job {number}", number=number)] if number else []
    told = " · ".join([format_job(job, url, now, names=listing.names), *shown_number, *_waits_for(job, listing)])
    return [kit.section(told, kit.overflow(list(_list_choices(job, listing)))), *_build_decisions(job, listing)]


def _waits_for(job: Job, listing: JobPage) -> Iterator[str]:
    if job.status != "blocked":
        return
    known = {other.id: other for other in listing.jobs or ()}
    before = [known[one].name for one in job.dependencies if one in known and not known[one].has_ended]
    if before:
        yield _("after {jobs}", jobs=", ".join(as_code(name, 60) for name in before[:5]))


def _build_decisions(job: Job, listing: JobPage) -> Iterator[kit.Block]:
    """A hold is decided in its row: nothing else about it is of interest."""
    if job.is_held:
        held = (listing.workflow, job)
        approve = [build_approve_button(listing.snapshot, *held)] if held in list_approvable(listing.snapshot) else []
        yield kit.actions([*approve, build_decline_button(*held)])


def _list_choices(job: Job, listing: JobPage) -> Iterator[tuple[str, Written]]:
    """Where a job that began tells more; a failed one runs again. Its details have what has to be asked about."""
    if job.job_number is None:
        return
    for name, label in _list_places(job):
        if name in listing.words:
            yield label, format_line(name, str(listing.project), "job", str(job.job_number))
    if job.has_failed and listing.workflow.has_ended:
        yield _("Rerun job"), format_line("rerun", listing.workflow.id, jobs=[job.id])


def _list_places(job: Job) -> Iterator[tuple[str, str]]:
    yield "job", _("Show details")
    yield "logs", _("Show log")
    if job.has_failed:
        yield "tests", _("Show tests")
    if job.has_ended:
        yield "artifacts", _("Show artifacts")


def _build_other_views(listing: JobPage) -> Iterator[ButtonElement]:
    if listing.failed or listing.status:
        label = ngettext("Show the Only Job", "Show All {count} Jobs", len(listing.jobs or ()))
        yield kit.button(label, format_line("jobs", listing.workflow.id))
    elif any(job.has_failed for job in listing.jobs or ()):
        yield kit.button(_("Show Only Failed"), format_line("jobs", listing.workflow.id, failed=True))
    yield kit.button(_("Refresh"), listing.refresh_line)
    yield kit.button(_("Show Workflow"), format_line("jobs", listing.workflow.id, overview=True))
    yield kit.button(_("Show Pipeline"), format_line("pipeline", listing.pipeline.id))
