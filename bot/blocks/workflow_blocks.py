"""A workflow with its jobs: holds and failures first, then in CircleCI's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status_blocks
from bot.blocks.action_blocks import (
    build_approve_buttons,
    build_cancel_buttons,
    build_rerun_failed_buttons,
    list_rerun_choices,
)
from bot.blocks.pager import build_pager
from bot.blocks.person_blocks import format_known_name
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.rerun_verdict import judge_by_status
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.language.formats import format_duration
from bot.line import Written
from bot.mrkdwn import as_code, as_link, cut, escape

PAGE = 25

_STARTED, _CANCELED, _APPROVED = N_("started by {who}"), N_("canceled by {who}"), N_("approved by {who}")


def render_workflow(
    workflow: Workflow,
    jobs: Sequence[Job] | None,
    *,
    pipeline: Pipeline,
    project: ProjectSlug,
    links: Links,
    now: datetime,
    page: int = 1,
    names: Mapping[str, str] | None = None,
) -> list[kit.Block]:
    """One page of the jobs (None when CircleCI no longer shows them); `names` are people's by id."""
    ordered = sorted(jobs or (), key=lambda job: (not job.is_held, not job.has_failed))
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    lines = [
        format_job(job, _job_url(job, workflow, pipeline, project=project, links=links), now, names=names or {})
        for job in shown
    ]
    title = format_workflow_title(workflow, pipeline, project, links=links, now=now, names=names or {})
    return kit.keep_one_primary(
        [
            kit.section(title, kit.overflow(list(_list_choices(workflow, ordered, pipeline)))),
            *kit.build_sections(
                lines if jobs is not None else [_("CircleCI no longer shows the jobs of this workflow.")]
            ),
            *build_pager(page, format_line("jobs", workflow.id, overview=True), more=page * PAGE < len(ordered)),
            kit.actions(list(_buttons(workflow, ordered, pipeline))),
        ]
    )


def get_user_ids(workflow: Workflow, jobs: Sequence[Job]) -> tuple[str, ...]:
    """Ids of who started or canceled the workflow or a job, or approved one."""
    told = [workflow.started_by, workflow.canceled_by]
    told += [each for job in jobs for each in (job.approved_by, job.canceled_by)]
    return tuple(dict.fromkeys(filter(None, told)))


def format_workflow_title(
    workflow: Workflow,
    pipeline: Pipeline,
    project: ProjectSlug,
    *,
    links: Links,
    now: datetime,
    names: Mapping[str, str],
) -> str:
    """`build of #341 on main — failed · 3m`, and who started or canceled it."""
    where = _(
        "*{workflow}* of {number} on {ref}",
        workflow=as_link(links.workflow_url(project, pipeline.number, workflow.id), workflow.name),
        number=as_link(links.pipeline_url(project, pipeline.number), f"#{pipeline.number}"),
        ref=as_code(pipeline.ref or "?", 120),
    )
    facts = [
        f"*{status_blocks.get_label(workflow.status)}*",
        *_format_elapsed(workflow.created_at, workflow.duration_s, workflow.has_ended, now=now),
        *_format_deeds(names, (_STARTED, workflow.started_by), (_CANCELED, workflow.canceled_by)),
    ]
    return f"{status_blocks.get_emoji(workflow.status)} {where} — {' · '.join(facts)}"


def _format_elapsed(started_at: datetime | None, took_s: float | None, ended: bool, *, now: datetime) -> Iterator[str]:
    if took_s is not None:
        yield format_duration(took_s)
    elif started_at and not ended:
        yield _("for {duration}", duration=format_duration((now - started_at).total_seconds()))


def _format_deeds(names: Mapping[str, str], *deeds: tuple[str, str | None]) -> Iterator[str]:
    """Who did it, where the name is known."""
    for sentence, user_id in deeds:
        if who := format_known_name(user_id, names):
            yield _(sentence, who=who)


def _job_url(job: Job, workflow: Workflow, pipeline: Pipeline, *, project: ProjectSlug, links: Links) -> str | None:
    return links.job_url(project, pipeline.number, workflow.id, job_number=job.job_number) if job.job_number else None


def format_job(job: Job, url: str | None, now: datetime, *, names: Mapping[str, str]) -> str:
    """`test — failed · 7s`; of a hold also who approved or declined it."""
    name = as_link(url, job.name) if url else cut(escape(job.name), 150)
    facts = [
        status_blocks.get_label(job.status),
        *_format_elapsed(job.started_at, job.duration_s, job.has_ended, now=now),
        *([_("hold")] if job.is_approval else []),
        *_format_deeds(names, (_APPROVED, job.approved_by), (_CANCELED, job.canceled_by)),
    ]
    return f"{status_blocks.get_emoji(job.status)} {name} — {' · '.join(facts)}"


def _buttons(workflow: Workflow, jobs: Sequence[Job], pipeline: Pipeline) -> Iterator[ButtonElement]:
    run = WorkflowRun(workflow=workflow, jobs=tuple(jobs))
    snapshot = Snapshot(pipeline=pipeline, workflows=(run,))
    yield from build_approve_buttons(snapshot, workflow.id)
    verdict = judge_by_status(run)
    yield from build_rerun_failed_buttons([workflow], () if verdict and not verdict.rerun else [workflow.id])
    yield from build_cancel_buttons(snapshot)
    yield kit.button(_("Show Jobs"), format_line("jobs", workflow.id))


def _list_choices(workflow: Workflow, jobs: Sequence[Job], pipeline: Pipeline) -> Iterator[tuple[str, Written]]:
    yield _("The whole pipeline"), format_line("pipeline", pipeline.id)
    if jobs:
        yield _("Timeline"), format_line("pipeline", workflow.id, timeline=True)
    yield _("Insights"), format_line("insights", pipeline.project_slug, workflow.name)
    if workflow.status == "failed":
        yield _("Compare with the last green run"), format_line("compare", workflow.id)
    yield from list_rerun_choices(workflow)
