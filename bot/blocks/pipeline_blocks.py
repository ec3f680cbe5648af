"""Pipelines in lists: one short row each, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status_blocks
from bot.blocks.action_blocks import build_approve_buttons, build_rerun_failed_buttons
from bot.circleci.links import Links
from bot.circleci.rerun_verdict import get_verdicts
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.mrkdwn import as_code, as_link, cut, escape

PAGE = 8


def build_rows(
    snapshots: Sequence[Snapshot],
    project: ProjectSlug | None,
    *,
    links: Links,
    now: datetime,
    names: Mapping[ProjectSlug, str] | None = None,
) -> list[kit.Block]:
    """A page of pipelines. Where it would be too much for Slack, rows keep only the way to details.

    Without a `project` they are of several: each says whose it is, by its readable name where `names` has one.
    """
    return kit.fit_rows(
        [_build_labelled_row(snapshot, project, names or {}, links=links, now=now) for snapshot in snapshots]
    )


def _build_labelled_row(
    snapshot: Snapshot, project: ProjectSlug | None, names: Mapping[ProjectSlug, str], *, links: Links, now: datetime
) -> list[kit.Block]:
    whose = project or snapshot.pipeline.project
    label = None if project else f"{names.get(whose, whose)} #{snapshot.pipeline.number}"
    return build_row(snapshot, whose, links=links, now=now, label=label)


def build_row(
    snapshot: Snapshot, project: ProjectSlug, *, links: Links, now: datetime, label: str | None = None
) -> list[kit.Block]:
    """A pipeline, and below it what it waits for. `label` names its project too, where a list holds several."""
    head = _head(snapshot, project, links, label=label or f"#{snapshot.pipeline.number}")
    foot = format_facts(snapshot, now)
    details = kit.button("Show Details", format_line("pipeline", snapshot.pipeline.id))
    acts = list(_build_actions(snapshot))
    return [kit.section(f"{head}\n{foot}" if foot else head, details), *([kit.actions(acts)] if acts else [])]


def _head(snapshot: Snapshot, project: ProjectSlug, links: Links, *, label: str) -> str:
    pipeline = snapshot.pipeline
    where = as_link(links.pipeline_url(project, pipeline.number), label)
    ref = as_code(pipeline.ref or "?", 120)
    return f"{status_blocks.get_emoji(snapshot.status)} *{where}* {ref} — *{status_blocks.get_label(snapshot.status)}*"


def format_facts(snapshot: Snapshot, now: datetime, *, with_actor: bool = True) -> str:
    """How long it took, who started it, when, and the commit's subject, as far as they are known."""
    pipeline = snapshot.pipeline
    who = f"by {cut(escape(pipeline.actor_login), 60)}" if pipeline.actor_login and with_actor else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    subject = cut(escape(pipeline.subject), 120) if pipeline.subject else ""
    return " · ".join(filter(None, [_format_duration(snapshot, now), who, when, subject]))


def _format_duration(snapshot: Snapshot, now: datetime) -> str:
    """How long it took, or has been running; nothing where nothing ever ran."""
    if snapshot.duration_s is not None:
        return status_blocks.format_duration(snapshot.duration_s)
    if snapshot.started_at is None or snapshot.has_ended(now):
        return ""
    return f"for {status_blocks.format_duration((now - snapshot.started_at).total_seconds())}"


def _build_actions(snapshot: Snapshot) -> Iterator[ButtonElement]:
    pipeline = snapshot.pipeline.id
    yield from build_approve_buttons(snapshot, most=3)
    worth = [workflow for workflow, verdict in get_verdicts(snapshot).items() if verdict.rerun]
    yield from build_rerun_failed_buttons(
        [run.workflow for run in snapshot.get_newest_runs()], worth, of=pipeline, most=2
    )
