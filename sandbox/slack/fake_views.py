"""Modals and home tabs: each person's stack, the values typed so far, and the hash that detects a race."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.slack.block_kit.markdown_tree import add_markdown_trees
from sandbox.slack.block_kit.state_values import Values, build_initial_values
from sandbox.slack.ids import APP_ID, BOT_ID, TEAM_ID

DEEPEST_STACK = 3
_TOKEN = re.compile(r"(CCIPAT|CCIPRJ)_\w+", re.IGNORECASE)


@dataclass
class FakeView:
    """One modal or home tab. `sent` is the view as the app gave it, checked and with every id filled in."""

    id: str
    person: str
    sent: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    team: str = TEAM_ID

    @property
    def type(self) -> Literal["modal", "home"]:
        return "modal" if self.sent["type"] == "modal" else "home"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = self.sent["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        return str(self.sent.get("external_id") or "")

    def update(self, sent: dict[str, Any], new_hash: str) -> None:
        """Replace the content; typed values stay where block_id and action_id stay."""
        self.sent, self.hash, self.errors = sent, new_hash, {}
        self.values = build_initial_values(self.blocks, self.values)

    def as_api(self) -> dict[str, Any]:
        """A view object of the Web API and of payloads (slack docs: view object)."""
        return {
            "id": self.id,
            "team_id": self.team,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.sent.get("private_metadata", ""),
            "callback_id": self.sent.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": self.sent.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": self.sent.get("clear_on_close", False),
            "notify_on_close": self.sent.get("notify_on_close", False),
            "close": self.sent.get("close"),
            "submit": self.sent.get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP_ID,
            "external_id": self.external_id,
            "app_installed_team_id": self.team,
            "bot_id": BOT_ID,
        }

    def as_masked(self) -> dict[str, Any]:
        """The view for `GET /_control/state`: a CircleCI token typed into it is masked."""
        masked: dict[str, Any] = json.loads(_TOKEN.sub(r"\1_****", json.dumps(self.as_api())))
        return masked | ({"errors": self.errors} if self.errors else {})

    def as_page(self) -> dict[str, Any]:
        """A View of the Page API; texts as plain strings."""
        shown: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "callback_id": self.sent.get("callback_id", ""),
            "title": _words(self.sent.get("title")),
            "blocks": add_markdown_trees(self.blocks),
            "state": self.values,
            "hash": self.hash,
        }
        for part in ("submit", "close"):
            if self.sent.get(part):
                shown[part] = _words(self.sent[part])
        return shown | ({"errors": self.errors} if self.errors else {})


class FakeViews:
    """What each person has open: at most three modals on top of each other, and one home tab."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[FakeView]] = {}
        self.homes: dict[str, FakeView] = {}

    def __iter__(self) -> Iterator[FakeView]:
        yield from self.homes.values()
        for stack in self.stacks.values():
            yield from stack

    def find(self, view_id: str) -> FakeView | None:
        return next((each for each in self if each.id == view_id), None)

    def find_by_external_id(self, external_id: str) -> FakeView | None:
        return next((each for each in self if external_id and each.external_id == external_id), None)

    def get_stack(self, person: str) -> list[FakeView]:
        return self.stacks.setdefault(person, [])

    def find_top(self, person: str) -> FakeView | None:
        stack = self.get_stack(person)
        return stack[-1] if stack else None

    def close(self, view: FakeView) -> list[FakeView]:
        """Close a modal and those above it; returns the closed ones, the topmost first."""
        stack = self.get_stack(view.person)
        closed = stack[stack.index(view) :]
        del stack[stack.index(view) :]
        return closed[::-1]


def _words(text_object: dict[str, Any] | None) -> str:
    return str(text_object["text"]) if text_object else ""
