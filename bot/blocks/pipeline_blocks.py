"""Pipelines in lists: one short row each, with the one act that is due or a menu of what applies now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.blocks import action_blocks, kit, person_blocks, status_blocks
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _, ngettext
from bot.language.formats import format_duration
from bot.line import Written
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
    """A page of pipelines.

    Without a `project` they are of several: each says whose it is, by its readable name where `names` has one.
    """
    held = sum(len(snapshot.pending_holds) == 1 for snapshot in snapshots)
    return [
        block
        for snapshot in snapshots
        for block in build_row(
            snapshot,
            project or snapshot.pipeline.project,
            links=links,
            now=now,
            label=None if project else _format_label(snapshot, names or {}),
            main=held == 1,
        )
    ]


def _format_label(snapshot: Snapshot, names: Mapping[ProjectSlug, str]) -> str:
    pipeline = snapshot.pipeline
    return f"{names.get(pipeline.project, pipeline.project.name)} #{pipeline.number}"


def build_row(
    snapshot: Snapshot,
    project: ProjectSlug,
    *,
    links: Links,
    now: datetime,
    label: str | None = None,
    main: bool = False,
) -> list[kit.Block]:
    """A pipeline, with what can be done with it. `label` names its project too, where a list holds several.

    `main` says that approving it is the main act of the whole message.
    """
    head = _head(snapshot, project, links, label=label or f"#{snapshot.pipeline.number}")
    foot = format_facts(snapshot, now)
    return [kit.section(f"{head}\n{foot}" if foot else head, _build_accessory(snapshot, main=main))]


def _build_accessory(snapshot: Snapshot, *, main: bool) -> kit.Pressable | None:
    """A hold that waits is approved at one press; everything else is in a menu.

    That button says no name: beside a row a phone cuts it, and its dialog says which.
    """
    pipeline, number, holds = snapshot.pipeline.id, snapshot.pipeline.number, snapshot.pending_holds
    if len(holds) == 1 and action_blocks.list_approvable(snapshot):
        approve = action_blocks.build_approve_button(snapshot, *holds[0], main=main, label=_("Approve"))
        approve.accessibility_label = cut(f"{action_blocks.format_approve_label(holds[0][1])}: #{number}", 75)
        return approve
    if holds:
        shown = format_line("jobs", pipeline, waiting=True, overview=True)
        label = ngettext("Show {count} Hold", "Show {count} Holds", len(holds))
        return kit.button(label, shown, about=f"#{number}")
    return kit.overflow(list(_list_choices(snapshot)))


def _list_choices(snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    pipeline = snapshot.pipeline.id
    failed = [run.workflow for run in snapshot.get_newest_runs() if run.workflow.status == "failed"]
    if len(failed) == 1:
        yield _("Rerun from failed"), format_line("rerun", failed[0].id, failed=True)
    elif failed:
        label = ngettext("Show {count} that failed", "Show all {count} that failed", len(failed))
        yield label, format_line("jobs", pipeline, failed=True, overview=True)
    if failed or snapshot.status == "errored":
        yield _("Show why it failed"), format_line("why", pipeline)
    yield _("Show details"), format_line("pipeline", pipeline)
    yield _("Show jobs"), format_line("jobs", pipeline)


def _head(snapshot: Snapshot, project: ProjectSlug, links: Links, *, label: str) -> str:
    pipeline = snapshot.pipeline
    where = as_link(links.pipeline_url(project, pipeline.number), label)
    ref = as_code(pipeline.ref or "?", 120)
    return f"{status_blocks.get_emoji(snapshot.status)} *{where}* {ref} — *{status_blocks.get_label(snapshot.status)}*"


def format_facts(snapshot: Snapshot, now: datetime, *, with_actor: bool = True) -> str:
    """How long it took, who started it, when, and the commit's subject, as far as they are known."""
    pipeline = snapshot.pipeline
    who = person_blocks.format_login(pipeline.actor_login, 60) if with_actor else ""
    when = status_blocks.format_ago(pipeline.created_at) if pipeline.created_at else ""
    subject = cut(escape(pipeline.subject), 120) if pipeline.subject else ""
    return " · ".join(filter(None, [_format_duration(snapshot, now), who and _("by {who}", who=who), when, subject]))


def _format_duration(snapshot: Snapshot, now: datetime) -> str:
    """How long it took, or has been running; nothing where nothing ever ran."""
    if snapshot.duration_s is not None:
        return format_duration(snapshot.duration_s)
    if snapshot.started_at is None or snapshot.has_ended(now):
        return ""
    return _("for {duration}", duration=format_duration((now - snapshot.started_at).total_seconds()))
