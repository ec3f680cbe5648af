"""A company as the store knows it after a while: projects that are watched, and rules about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from bench.load import WORKSPACE
from bot.rules.index_keys import build_rule_keys
from bot.rules.rule import Rule
from bot.store.installed_webhooks import format_owner
from bot.store.tables.polling import hooks, listings, watches
from bot.store.tables.rule_index import covers, cues, subscriptions
from bot.store.vault import Vault

Rows = dict[Table, list[dict[str, Any]]]

RULES = (
    Rule(),
    Rule.parse({"branch": ["main"]}),
    Rule.parse({"only": ["failed"], "branch": ["main"]}),
    Rule.parse({"only": ["passed"], "branch": ["main"]}),
    Rule.parse({"branch": ["release/*"]}),
)
"""Of each project: three of them hear a failure on `main`, one a success, and nobody both."""

SERVICE_READER = "/"
"""How the store names the service account."""


@dataclass(frozen=True, slots=True)
class Company:
    organisations: int
    projects_each: int
    channels: int = 500

    @property
    def projects(self) -> list[str]:
        return [
            f"gh/org-{org}/project-{number}"
            for org in range(self.organisations)
            for number in range(self.projects_each)
        ]

    def rows(self, now: datetime, rules: Sequence[Rule] = RULES) -> Rows:
        """Everything has been read and rests: news comes by the listings of organisations."""
        return {watches: self._watches(now), listings: self._listings(now), **self._rules(now, rules)}

    def new_rows(self, now: datetime, rules: Sequence[Rule] = RULES) -> Rows:
        """Nothing has been read yet."""
        fresh = {"next_look_at": now, "idle_rounds": 0, "doubted": False, "hurried": False}
        return {watches: [{"project": project, **fresh} for project in self.projects], **self._rules(now, rules)}

    def _watches(self, now: datetime) -> list[dict[str, Any]]:
        known = {"cursor": 0, "newest_at": now, "listed_at": now, "default_branch": "main", "learned_at": now}
        rests = {"idle_rounds": 10, "doubted": False, "hurried": False, "read_by": SERVICE_READER}
        projects = self.projects
        hour_s = 3600 / len(projects)
        return [
            {
                "project": project,
                "project_id": project,
                "organization_id": project.rpartition("/")[0],
                "next_look_at": now + timedelta(seconds=number * hour_s),
                **known,
                **rests,
            }
            for number, project in enumerate(projects)
        ]

    def _listings(self, now: datetime) -> list[dict[str, Any]]:
        known = {"reader": SERVICE_READER, "newest_at": now, "sought_at": now, "next_look_at": now, "idle_rounds": 0}
        return [{"org": f"gh/org-{number}", **known} for number in range(self.organisations)]

    def _rules(self, now: datetime, rules: Sequence[Rule]) -> Rows:
        pairs = [(project, rule) for project in self.projects for rule in rules]
        made_at = now - timedelta(days=30)
        return {
            subscriptions: [
                {
                    "id": number,
                    "workspace": WORKSPACE,
                    "channel": f"C{number % self.channels}",
                    "project": project,
                    "rule": rule.to_json(),
                    "digest": str(number),
                    "made_by": "U1",
                    "made_at": made_at,
                }
                for number, (project, rule) in enumerate(pairs, start=1)
            ],
            **covering(pairs, made_at),
        }


def covering(pairs: Sequence[tuple[str, Rule]], seen_at: datetime) -> Rows:
    """Rules, of which the first has the id 1, cover a project each."""
    covered, found_by = [], []
    for number, (project, rule) in enumerate(pairs, start=1):
        this, asked = {"subscription_id": number, "project": project}, build_rule_keys(rule)
        covered.append({**this, "seen_at": seen_at, "cued": bool(asked)})
        found_by += [{**this, "cue": cue} for cue in asked]
    return {covers: covered, cues: found_by}


def hooked(projects: Sequence[str], now: datetime, vault: Vault, secret: str) -> Rows:
    """A webhook of ours for each of these projects, which has proved itself."""
    known = {"workspace": WORKSPACE, "user": "U1", "checked_at": now, "heard_at": now, "proven_at": now}
    return {
        hooks: [
            {
                "project": project,
                "key": hook_key(project),
                "project_id": project,
                "hook_id": f"hook-{project}",
                "url": "https://circlebot.example/circleci/webhook",
                "secret_sealed": vault.seal(format_owner(project), secret),
                **known,
            }
            for project in projects
        ]
    }


def hook_key(project: str) -> str:
    """What ends the address of its webhook."""
    return f"hook-key-of-{project.replace('/', '-')}"
