"""Outbound webhooks as projects have registered them (CircleCI docs: outbound webhooks)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.circleci.fake_projects import Project

EVENTS = ("workflow-completed", "job-completed")
MAX_PER_PROJECT = 5


@dataclass(eq=False)
class Hook:
    id: str
    project: Project
    name: str
    url: str
    events: list[str]
    signing_secret: str
    verify_tls: bool
    created_at: datetime
    updated_at: datetime


class Hooks:
    def __init__(self) -> None:
        self._hooks: dict[str, Hook] = {}

    def add(self, hook: Hook) -> None:
        self._hooks[hook.id] = hook

    def find(self, hook_id: str) -> Hook | None:
        return self._hooks.get(hook_id)

    def remove(self, hook: Hook) -> None:
        del self._hooks[hook.id]

    def of(self, project: Project) -> list[Hook]:
        return [hook for hook in self._hooks.values() if hook.project is project]

    def clear(self) -> None:
        self._hooks.clear()
