"""Why a pipeline failed: each workflow that did, told as the thread of its card tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.actions.failure_explanations import fetch_explanation
from bot.blocks import kit, notice_blocks, status_blocks
from bot.circleci.explanation import NOTHING_KNOWN
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.pipeline_states import REFUSED
from bot.circleci.snapshot import Snapshot
from bot.command import Context, Reply, RequestSource, format_line
from bot.domain import BAD, BAD_KINDS, Outcome, OutcomeKind
from bot.language import _, ngettext
from bot.messages import Message
from bot.rules.outcome import build_outcomes

_TOLD = 2
"""Workflows of one pipeline that are told in full."""

_UNPUBLISHED = "running"
"""The key of what has not ended: no notice has it."""


async def render_failures(context: Context, snapshot: Snapshot, stored: Sequence[Outcome]) -> Reply | None:
    """None where nothing of it failed. `stored` outcomes know how often in a row."""
    failed = _list_failures(context, snapshot, stored)
    if not failed:
        return None
    if await _is_explained_above(context, snapshot.pipeline, failed):
        return Reply(_render_pointer(snapshot.pipeline), points=True)
    told = await asyncio.gather(*(_render_failure(context, snapshot, one) for one in failed[:_TOLD]))
    left = len(failed) - _TOLD
    more = ngettext("…and {count} more failed workflow", "…and {count} more failed workflows", left) if left > 0 else ""
    pipeline = snapshot.pipeline
    rest = [kit.button(_("Show All That Failed"), format_line("jobs", pipeline.id, failed=True, overview=True))]
    blocks = [block for one in told for block in one.blocks]
    row = [*(rest if more else []), *([] if _has_menu(blocks) else [_build_posted_button(pipeline)])]
    return Reply(Message(told[0].text, [*blocks, *kit.build_notes(more), *([kit.actions(row)] if row else [])]))


def _has_menu(blocks: Sequence[Mapping[str, Any]]) -> bool:
    return any(element.get("type") == "overflow" for block in blocks for element in block.get("elements", ()))


def _build_posted_button(pipeline: Pipeline) -> kit.Pressable:
    return kit.button(_("Why Was This Posted"), format_line("why", pipeline.id, posted=True))


async def _is_explained_above(context: Context, pipeline: Pipeline, failed: Sequence[Outcome]) -> bool:
    """Whether somebody asks in the thread in which the failures have been explained already."""
    request = context.request
    in_its_thread = request.thread_ts and {one.pipeline_id for one in context.told} == {pipeline.id}
    if request.source is not RequestSource.TYPED or not in_its_thread:
        return False
    async with context.store.begin_read() as tx:
        return all([await tx.threads.is_explained(one.key, request.place) for one in failed])


def _render_pointer(pipeline: Pipeline) -> Message:
    text = _("My message above in this thread says why #{number} failed.", number=pipeline.number)
    buttons = [
        kit.button(_("Show It Again"), format_line("why", pipeline.id)),
        _build_posted_button(pipeline),
    ]
    return Message(text, [kit.section(text), kit.actions(buttons)])


def _list_failures(context: Context, snapshot: Snapshot, stored: Sequence[Outcome]) -> list[Outcome]:
    """Of the newest run of each workflow; what runs yet counts as soon as a job of it failed."""
    pipeline = snapshot.pipeline
    known = {one.key: one for one in stored}
    newest = {run.workflow.id: bool(run.failed_jobs) for run in snapshot.get_newest_runs()}
    found = build_outcomes(snapshot, pipeline.project, context.clock.now())
    running = [one for one in found if one.kind == OutcomeKind.STARTED and newest.get(one.workflow_id or "")]
    ended = [one for one in found if one.kind in BAD_KINDS and one.workflow_id in {None, *newest}]
    return [
        *(known.get(one.key, one) for one in ended),
        *(replace(one, key=_UNPUBLISHED, kind=OutcomeKind.FAILED) for one in running),
    ]


async def _render_failure(context: Context, snapshot: Snapshot, outcome: Outcome) -> Message:
    run = next((one for one in snapshot.workflows if one.workflow.id == outcome.workflow_id), None)
    why = NOTHING_KNOWN
    if run is not None:
        why = await fetch_explanation(context.circleci, context.store, outcome, snapshot, run=run)
    posted = _("Why was this posted"), format_line("why", snapshot.pipeline.id, posted=True)
    return notice_blocks.render(outcome, snapshot, why, links=context.links, more=[posted])


def has_failed(pipeline: Pipeline, workflows: Sequence[Workflow]) -> bool:
    """Whether there is something to explain."""
    return pipeline.state == REFUSED or any(one.status in BAD for one in workflows)


def render_no_failure(snapshot: Snapshot) -> Message:
    """For somebody who asks why it failed."""
    pipeline = snapshot.pipeline
    text = _(
        "Nothing in #{number} failed. Its status: *{status}*",
        number=pipeline.number,
        status=status_blocks.get_label(snapshot.status),
    )
    buttons = [
        kit.button(_("Show Pipeline"), format_line("pipeline", pipeline.id)),
        _build_posted_button(pipeline),
    ]
    return Message(text, [kit.section(text), kit.actions(buttons)])
