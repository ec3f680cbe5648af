"""Environment variables of projects. What is kept is the mask: nobody ever needs a value back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.circleci.fake_projects import FakeProject

INITIAL_VALUES = {
    "web": {"AWS_REGION": "eu-central-1", "NPM_TOKEN": "npm-of-the-sandbox-7h2k", "SENTRY_DSN": "https://sentry/9f31"},
    "api": {"DATABASE_URL": "postgres://db.acme.test/api"},
}
"""By project; each of the others has none."""


@dataclass(eq=False)
class FakeVariable:
    name: str
    masked: str
    created_at: datetime


class FakeVariables:
    def __init__(self) -> None:
        self._variables: dict[tuple[str, str], FakeVariable] = {}

    def add_initial(self, projects: Iterable[FakeProject], now: datetime) -> None:
        for project in projects:
            for name, value in INITIAL_VALUES.get(project.name, {}).items():
                self.put(project, name, value, now)

    def put(self, project: FakeProject, name: str, value: str, now: datetime) -> FakeVariable:
        """Create it, or replace the one of that name."""
        variable = FakeVariable(name, f"xxxx{value[-4:]}", now)
        self._variables[project.slug, name] = variable
        return variable

    def list_for(self, project: FakeProject) -> list[FakeVariable]:
        """By name."""
        return [known for (slug, _), known in sorted(self._variables.items()) if slug == project.slug]

    def find(self, project: FakeProject, name: str) -> FakeVariable | None:
        return self._variables.get((project.slug, name))

    def remove(self, project: FakeProject, name: str) -> None:
        del self._variables[project.slug, name]

    def clear(self) -> None:
        self._variables.clear()
