"""Outbound webhooks as projects have registered them (CircleCI docs: outbound webhooks)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.circleci.fake_projects import FakeProject

EVENTS = ("workflow-completed", "job-completed")
MAX_PER_PROJECT = 5


@dataclass(eq=False)
class FakeWebhook:
    id: str
    project: FakeProject
    name: str
    url: str
    events: list[str]
    signing_secret: str
    verify_tls: bool
    created_at: datetime
    updated_at: datetime


class FakeWebhooks:
    def __init__(self) -> None:
        self._hooks: dict[str, FakeWebhook] = {}

    def add(self, hook: FakeWebhook) -> None:
        self._hooks[hook.id] = hook

    def find(self, hook_id: str) -> FakeWebhook | None:
        return self._hooks.get(hook_id)

    def remove(self, hook: FakeWebhook) -> None:
        del self._hooks[hook.id]

    def list_for(self, project: FakeProject) -> list[FakeWebhook]:
        return [hook for hook in self._hooks.values() if hook.project is project]

    def clear(self) -> None:
        self._hooks.clear()
