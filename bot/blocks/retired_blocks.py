"""A failure whose time has passed: its notice says so, and no longer offers to run it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.blocks import kit
from bot.circleci.links import Links
from bot.domain import Outcome, OutcomeKind
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, as_link

_RERUN = "rerun "


def format_note(failure: Outcome, later: Outcome, links: Links) -> str:
    """What came after the failure: a rerun of it, or a pipeline with which the branch recovered."""
    where = links.pipeline_url(later.project, later.pipeline_number)
    if later.workflow_id:
        where = links.workflow_url(later.project, later.pipeline_number, later.workflow_id)
    if failure.pipeline_id != later.pipeline_id:
        ref = as_code(later.branch or later.tag or "?", 120)
        pipeline = as_link(where, f"#{later.pipeline_number}")
        return _(":white_check_mark: {branch} recovered with {pipeline}.", branch=ref, pipeline=pipeline)
    workflow = as_link(where, later.workflow)
    if later.kind == OutcomeKind.PASSED:
        return _(":white_check_mark: {workflow} passed when it was rerun.", workflow=workflow)
    return _(":repeat: {workflow} failed again when it was rerun.", workflow=workflow)


def remove_reruns(message: Message, note: str, workflow_id: str | None) -> Message:
    """The message without what reruns this workflow, and with the note instead; as it is where nothing does."""
    kept = list(_drop_reruns(message, f"{_RERUN}{workflow_id or ''}"))
    return message if kept == list(message.blocks) else Message(message.text, [*kept, kit.context(note)])


def _drop_reruns(message: Message, line: str) -> Iterator[Mapping[str, Any]]:
    for block in message.blocks:
        if block["type"] != "actions":
            yield block
            continue
        left = [kept for one in block["elements"] if (kept := _without_reruns(one, line))]
        if left:
            yield {**block, "elements": left} if left != block["elements"] else block


def _without_reruns(element: Mapping[str, Any], line: str) -> Mapping[str, Any] | None:
    """The element without what is behind its ⋯ and reruns; None where nothing is left."""
    if "options" not in element:
        return None if str(element.get("value", "")).startswith(line) else element
    left = [one for one in element["options"] if not str(one.get("value", "")).startswith(line)]
    if not left:
        return None
    return {**element, "options": left} if len(left) < len(element["options"]) else element
