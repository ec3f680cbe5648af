"""Pipelines in lists: one short row each, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status_blocks
from bot.blocks.action_blocks import approve_buttons, rerun_failed_buttons
from bot.circleci.links import Links
from bot.circleci.rerun_verdict import known_of
from bot.circleci.snapshot import Snapshot
from bot.command import line
from bot.domain import ProjectSlug
from bot.mrkdwn import code, cut, escape, link

PAGE = 8


def rows(
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
    return kit.fitted([_row_of(snapshot, project, names or {}, links, now) for snapshot in snapshots])


def _row_of(
    snapshot: Snapshot, project: ProjectSlug | None, names: Mapping[ProjectSlug, str], links: Links, now: datetime
) -> list[kit.Block]:
    whose = project or snapshot.pipeline.project
    label = None if project else f"{names.get(whose, whose)} #{snapshot.pipeline.number}"
    return row(snapshot, whose, links=links, now=now, label=label)


def row(
    snapshot: Snapshot, project: ProjectSlug, *, links: Links, now: datetime, label: str | None = None
) -> list[kit.Block]:
    """A pipeline, and below it what it waits for. `label` names its project too, where a list holds several."""
    head = _head(snapshot, project, links, label or f"#{snapshot.pipeline.number}")
    foot = _foot(snapshot, now)
    details = kit.button("Details", line("pipeline", snapshot.pipeline.id))
    acts = list(_acts(snapshot))
    return [kit.section(f"{head}\n{foot}" if foot else head, details), *([kit.actions(acts)] if acts else [])]


def _head(snapshot: Snapshot, project: ProjectSlug, links: Links, label: str) -> str:
    pipeline = snapshot.pipeline
    where = link(links.pipeline(project, pipeline.number), label)
    ref = code(pipeline.ref or "?", 120)
    return f"{status_blocks.emoji(snapshot.status)} *{where}* {ref} — *{status_blocks.word(snapshot.status)}*"


def _foot(snapshot: Snapshot, now: datetime) -> str:
    pipeline = snapshot.pipeline
    who = f"by {cut(escape(pipeline.actor_login), 60)}" if pipeline.actor_login else ""
    when = status_blocks.ago(pipeline.created_at) if pipeline.created_at else ""
    subject = cut(escape(pipeline.subject), 120) if pipeline.subject else ""
    return " · ".join(filter(None, [_took(snapshot, now), who, when, subject]))


def _took(snapshot: Snapshot, now: datetime) -> str:
    """How long it took, or has been running; nothing where nothing ever ran."""
    if snapshot.duration_s is not None:
        return status_blocks.duration(snapshot.duration_s)
    if snapshot.started_at is None or snapshot.ended(now):
        return ""
    return f"for {status_blocks.duration((now - snapshot.started_at).total_seconds())}"


def _acts(snapshot: Snapshot) -> Iterator[ButtonElement]:
    pipeline = snapshot.pipeline.id
    yield from approve_buttons(snapshot.held, pipeline, most=3)
    worth = [workflow for workflow, verdict in known_of(snapshot).items() if verdict.rerun]
    yield from rerun_failed_buttons([run.workflow for run in snapshot.newest()], worth, of=pipeline, most=2)
