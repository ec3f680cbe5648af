"""A message that is still being written, chunk by chunk (slack docs: text streaming)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.block_kit.block_types import URL_SOURCE
from sandbox.slack.block_kit.check import MOST_MARKDOWN, list_message_problems
from sandbox.slack.block_kit.validators import SchemaProblem, by_type, many, string, typed_record, word
from sandbox.slack.fake_slack_errors import FakeSlackError, invalid_blocks
from sandbox.slack.message_content import MessageContent

MODES = ("timeline", "plan")
MOST_OF_A_TASK = 256
"""Characters of one text of a task or plan in one chunk; what is streamed as markdown has the block's own limit."""

_WORDS = string(MOST_OF_A_TASK)
_STATUSES = word("pending", "in_progress", "complete", "error")
_TASK = {"id": string(shortest=1), "title": _WORDS, "status": _STATUSES, "details": _WORDS, "output": _WORDS}
_MOST_BLOCKS = 50


def _blocks(value: Any, at: str) -> Iterator[SchemaProblem]:
    if not isinstance(value, list) or len(value) > _MOST_BLOCKS:
        yield SchemaProblem(f"must provide an array of at most {_MOST_BLOCKS} blocks", at)


_CHUNKS = many(
    by_type(
        {
            **typed_record("markdown_text", {"text": string(MOST_MARKDOWN)}, need="text"),
            **typed_record("task_update", {**_TASK, "sources": many(URL_SOURCE, least=0)}, need="id title status"),
            **typed_record("plan_update", {"title": _WORDS}, need="title"),
            **typed_record("blocks", {"blocks": _blocks}, need="blocks"),
        }
    ),
    least=0,
)


@dataclass
class MessageStream:
    """The blocks so far, in order; with `mode` plan all tasks are in one plan block."""

    mode: str = "timeline"
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def append_chunks(self, chunks: Any) -> None:
        """Append what an app sent. Raises FakeSlackError: invalid_chunks, invalid_blocks."""
        problems = list(_CHUNKS(chunks, "/chunks"))
        if problems:
            raise invalid_blocks(problems, "invalid_chunks")
        takes = {"markdown_text": self._append_text, "task_update": self._update_task, "plan_update": self._update_plan}
        for chunk in chunks:
            takes.get(chunk["type"], self._append_blocks)(chunk)
        if sum(len(block["text"]) for block in self.blocks if block["type"] == "markdown") > MOST_MARKDOWN:
            raise FakeSlackError("msg_too_long")

    def build_content(self) -> MessageContent:
        text = "".join(block["text"] for block in self.blocks if block["type"] == "markdown")
        return MessageContent(text, [dict(block) for block in self.blocks])

    def _append_text(self, chunk: Mapping[str, Any]) -> None:
        """Append to the last block when it is text too."""
        if self.blocks and self.blocks[-1]["type"] == "markdown":
            self.blocks[-1]["text"] += chunk["text"]
        else:
            self.blocks.append({"type": "markdown", "text": chunk["text"]})

    def _update_task(self, chunk: Mapping[str, Any]) -> None:
        tasks = self._plan()["tasks"] if self.mode == "plan" else self.blocks
        task = next((each for each in tasks if each.get("task_id") == chunk["id"]), None)
        if task is None:
            task = {"type": "task_card", "task_id": chunk["id"]}
            tasks.append(task)
        task |= {"title": chunk["title"], "status": chunk["status"]}
        for name in ("details", "output"):
            if chunk.get(name):
                _append(task, name, chunk[name])
        if chunk.get("sources"):
            task["sources"] = chunk["sources"]

    def _update_plan(self, chunk: Mapping[str, Any]) -> None:
        """A timeline has no title: an update of one is ignored."""
        if self.mode == "plan":
            self._plan()["title"] = chunk["title"]

    def _append_blocks(self, chunk: Mapping[str, Any]) -> None:
        problems = list_message_problems(chunk["blocks"])
        if problems:
            raise invalid_blocks(problems)
        self.blocks.extend(dict(block) for block in chunk["blocks"])

    def _plan(self) -> dict[str, Any]:
        plan = next((block for block in self.blocks if block["type"] == "plan"), None)
        if plan is None:
            plan = {"type": "plan", "title": "Plan", "tasks": []}
            self.blocks.append(plan)
        return plan


def _append(task: dict[str, Any], name: str, text: str) -> None:
    """A task that is sent twice appears twice: Slack appends."""
    section = task.setdefault(name, {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]})
    section["elements"][0]["elements"].append({"type": "text", "text": text})
