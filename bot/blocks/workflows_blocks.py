"""The workflows of a pipeline to choose from: all of them, those that failed, or the holds that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import action_blocks, kit, status_blocks
from bot.blocks.pager import build_pager
from bot.blocks.status_counts import list_counts
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.urgency import sort_by_urgency
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import format_duration
from bot.mrkdwn import as_code, as_link, cut_middle

_ROOM = 9_000
"""Of a menu: some sixty workflows, or forty holds."""
_NAMED = 10


@dataclass(frozen=True, slots=True)
class WorkflowPage:
    """`workflows` are a pipeline's newest; `held` is None unless only what waits is asked for, `failed` likewise."""

    pipeline: Pipeline
    workflows: Sequence[Workflow]
    held: Sequence[tuple[Workflow, Job]] | None = None
    failed: bool = False
    page: int = 1


def render_list(listing: WorkflowPage, links: Links) -> list[kit.Block]:
    """One page."""
    pages = _build_picker(listing).split_pages(_ROOM)
    first = sum(map(len, pages[: listing.page - 1]))
    chosen = _select_rows(listing)[
        first : first + len(pages[listing.page - 1]) if listing.page <= len(pages) else first
    ]
    again = format_line(
        "jobs", listing.pipeline.id, failed=listing.failed, waiting=listing.held is not None, overview=True
    )
    offered = _build_picker(listing).build_page(listing.page, _ROOM)
    foot = [
        *([kit.actions(offered)] if offered else []),
        *build_pager(listing.page, again, more=listing.page < len(pages)),
        kit.actions(list(_build_other_views(listing))),
    ]
    head = kit.section(_title(listing, links))
    return [head, *_rows(chosen, listing.pipeline, links, kit.ROOM - kit.count_chars([head, *foot]) - 200), *foot]


def _build_picker(listing: WorkflowPage) -> kit.Picker:
    if listing.held is not None:
        return action_blocks.build_approve_picker(listing.pipeline, listing.held)
    workflows = [workflow for workflow, _ in _select_rows(listing)]
    return (
        action_blocks.build_rerun_picker(workflows)
        if listing.failed
        else action_blocks.build_workflow_picker(workflows)
    )


def _select_rows(listing: WorkflowPage) -> Sequence[tuple[Workflow, Job | None]]:
    if listing.held is not None:
        return listing.held
    return [(one, None) for one in sort_by_urgency(listing.workflows) if one.status == "failed" or not listing.failed]


def _title(listing: WorkflowPage, links: Links) -> str:
    """`50 workflows of #341 on mono: 1 failed, 49 passed`."""
    pipeline = listing.pipeline
    number = as_link(links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")
    ref, count = as_code(pipeline.ref or "?", 120), len(_select_rows(listing))
    if listing.held is not None:
        return ngettext(
            "*{count} hold* of {number} on {ref} waits",
            "*{count} holds* of {number} on {ref} wait",
            count,
            number=number,
            ref=ref,
        )
    if listing.failed:
        return ngettext(
            "*{count} workflow* of {number} on {ref} failed",
            "*{count} workflows* of {number} on {ref} failed",
            count,
            number=number,
            ref=ref,
        )
    return ngettext(
        "*{count} workflow* of {number} on {ref}: {statuses}",
        "*{count} workflows* of {number} on {ref}: {statuses}",
        count,
        number=number,
        ref=ref,
        statuses=", ".join(list_counts(one.status for one in sort_by_urgency(listing.workflows))),
    )


def _rows(
    chosen: Sequence[tuple[Workflow, Job | None]], pipeline: Pipeline, links: Links, room: int
) -> list[kit.Block]:
    """The first of them in words."""
    told = kit.take_fitting(room, [_row(workflow, hold, pipeline, links) for workflow, hold in chosen[:_NAMED]])
    left = len(chosen) - len(told)
    rest = ngettext("…and {count} more to choose from", "…and {count} more to choose from", left) if left else ""
    return [kit.section("\n".join(filter(None, [*told, rest])))] if chosen else []


def _row(workflow: Workflow, hold: Job | None, pipeline: Pipeline, links: Links) -> str:
    where = as_link(links.workflow_url(pipeline.project, pipeline.number, workflow.id), cut_middle(workflow.name, 60))
    if hold:
        return _(":raised_hand: {hold} of {workflow}", hold=as_code(cut_middle(hold.name, 60)), workflow=where)
    took = f" · {format_duration(workflow.duration_s)}" if workflow.duration_s is not None else ""
    return f"{status_blocks.get_emoji(workflow.status)} {where} — {status_blocks.get_label(workflow.status)}{took}"


def _build_other_views(listing: WorkflowPage) -> Iterator[kit.Pressable]:
    """The other ways to look at them."""
    pipeline = listing.pipeline.id
    if listing.failed or listing.held is not None:
        yield kit.button(_("Show All Workflows"), format_line("jobs", pipeline, overview=True))
    if not listing.failed and any(one.status == "failed" for one in listing.workflows):
        yield kit.button(_("Show Only Failed"), format_line("jobs", pipeline, failed=True, overview=True))
    if listing.held is None and not all(one.has_ended for one in listing.workflows):
        yield kit.button(_("Show Only Waiting"), format_line("jobs", pipeline, waiting=True, overview=True))
    yield kit.button(_("Show Pipeline"), format_line("pipeline", pipeline))
