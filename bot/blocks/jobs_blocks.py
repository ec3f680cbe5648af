"""The jobs of a workflow one by one: how each stands, and what can be done about it now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status_blocks
from bot.blocks.action_blocks import approve_button
from bot.blocks.pager import pager
from bot.blocks.workflow_blocks import job_line, title
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import line
from bot.domain import ProjectSlug
from bot.line import Written, also
from bot.mrkdwn import code

PAGE = 8


@dataclass(frozen=True, slots=True)
class Listing:
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

    def shown(self) -> list[Job]:
        """Holds and failures first, then in CircleCI's order."""
        fitting = [job for job in self.jobs or () if self._fits(job)]
        return sorted(fitting, key=lambda job: (not job.held, not job.failed))

    def _fits(self, job: Job) -> bool:
        return (job.failed or not self.failed) and self.status in {None, job.status}

    @property
    def again(self) -> Written:
        return line("jobs", self.workflow.id, failed=self.failed, status=self.status)


def listed(listing: Listing, *, links: Links, now: datetime) -> list[kit.Block]:
    jobs = listing.shown()
    page = jobs[(listing.page - 1) * PAGE : listing.page * PAGE]
    rows = [_row(job, listing, links, now) for job in page]
    return [
        kit.section(title(listing.workflow, listing.pipeline, listing.project, links, now, listing.names)),
        kit.context(_counted(listing.jobs)),
        *kit.fitted(rows),
        *([] if rows else [kit.section(_nothing(listing))]),
        *pager(listing.page, listing.again, more=listing.page * PAGE < len(jobs)),
        kit.actions(list(_others(listing))),
    ]


def _counted(jobs: Sequence[Job] | None) -> str:
    """`12 jobs: 1 failed, 11 success`; nothing to count where the jobs are gone."""
    if jobs is None:
        return "CircleCI does not show the jobs of this workflow any more."
    counts = Counter(status_blocks.word(job.status) for job in jobs)
    told = ", ".join(f"{count} {word}" for word, count in counts.most_common())
    return f"{len(jobs)} job{'' if len(jobs) == 1 else 's'}{f': {told}' if told else ''}"


def _nothing(listing: Listing) -> str:
    if listing.jobs is None:
        return "An old workflow keeps its outcome, and loses the rest."
    return "There are no more." if listing.page > 1 else "None of them is like that."


def _row(job: Job, listing: Listing, links: Links, now: datetime) -> list[kit.Block]:
    number = job.job_number
    url = links.job(listing.project, listing.pipeline.number, listing.workflow.id, number) if number else None
    told = f"{job_line(job, url, now, listing.names)}{f' · job {number}' if number else ''}{_waits_for(job, listing)}"
    details = kit.button("Details", line("job", str(listing.project), "job", str(number))) if number else None
    acts = list(_acts(job, listing))
    return [
        kit.section(told, details if "job" in listing.words else None),
        *([kit.actions(acts)] if acts else []),
    ]


def _waits_for(job: Job, listing: Listing) -> str:
    if job.status != "blocked":
        return ""
    known = {other.id: other for other in listing.jobs or ()}
    before = [known[one].name for one in job.dependencies if one in known and not known[one].ended]
    return f" · after {', '.join(code(name, 60) for name in before[:5])}" if before else ""


def _acts(job: Job, listing: Listing) -> Iterator[ButtonElement]:
    """What applies to the job as it stands now."""
    workflow = listing.workflow
    if job.held:
        yield approve_button(workflow, job)
        yield _decline(workflow, job)
    elif job.job_number and not job.ended:
        yield _cancel(workflow, job)
    elif job.job_number:
        yield from _of_ended(job, listing)


def _decline(workflow: Workflow, job: Job) -> ButtonElement:
    what = f"{code(job.name, 100)} is canceled, and so is what waits for it."
    sure = kit.confirm("Decline this hold?", what, "Decline", danger=True)
    return kit.button("Decline", line("cancel", workflow.id, job=job.id), style="danger", confirm=sure)


def _cancel(workflow: Workflow, job: Job) -> ButtonElement:
    sure = kit.confirm("Cancel this job?", f"{code(job.name, 100)} stops.", "Cancel it", danger=True)
    return kit.button("Cancel", line("cancel", workflow.id, job=job.id), style="danger", confirm=sure)


def _of_ended(job: Job, listing: Listing) -> Iterator[ButtonElement]:
    """Failed ones tell why and run again; of all there may be artifacts."""
    slug, number = str(listing.project), str(job.job_number)
    why = (("Log", "logs"), ("Tests", "tests")) if job.failed else ()
    for label, name in (*why, ("Artifacts", "artifacts")):
        if name in listing.words:
            yield kit.button(label, line(name, slug, number))
    if job.failed and listing.workflow.ended:
        yield from _reruns(job, listing.workflow)


def _reruns(job: Job, workflow: Workflow) -> Iterator[ButtonElement]:
    again = line("rerun", workflow.id, jobs=[job.id])
    name = code(job.name, 100)
    sure = kit.confirm("Rerun this job?", f"{name} runs again, and what needs it.", "Rerun")
    yield kit.button("Rerun job", again, confirm=sure)
    sure = kit.confirm("Rerun with SSH?", f"{name} runs again, and waits for you to log in.", "Rerun")
    yield kit.button("Rerun with SSH", also(again, ssh=True), confirm=sure)


def _others(listing: Listing) -> Iterator[ButtonElement]:
    if listing.failed or listing.status:
        yield kit.button(f"All {len(listing.jobs or ())} jobs", line("jobs", listing.workflow.id))
    elif any(job.failed for job in listing.jobs or ()):
        yield kit.button("Only what failed", line("jobs", listing.workflow.id, failed=True))
    yield kit.button("Refresh", listing.again)
    yield kit.button("Workflow", line("workflow", listing.workflow.id))
    yield kit.button("Whole pipeline", line("pipeline", listing.pipeline.id))
