"""The first five minutes with the app, as the panel lists them: each is ticked by what Slack and CircleCI see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.circleci import FakeCircleci
from sandbox.circleci.entities import FakePipeline, FakeWorkflow
from sandbox.slack import FakeSlack
from sandbox.slack.workspace_users import FakeSlackUser

_NAMES_ALIKE = ("ada", "grace", "eve", "lin")
"""Who has a token of CircleCI goes by the same name there."""


@dataclass(frozen=True)
class Traces:
    """What a person has left in both."""

    slack: FakeSlack
    circleci: FakeCircleci
    person: FakeSlackUser

    def has_called(self) -> bool:
        return any(call["token_owner"] == self.person.name for call in self.circleci.calls.snapshot())

    def is_told(self, act: str) -> bool:
        """Whether the app has told a channel that this person did that."""
        messages, mention = self.slack.messages, f"<@{self.person.id}>"
        for channel in messages.list_channel_ids():
            for message in messages.list_in_channel(channel):
                key = ((message.content.metadata or {}).get("event_payload") or {}).get("key", "")
                if str(key).startswith(act) and mention in message.content.text:
                    return True
        return False

    def list_triggered(self) -> Iterator[FakePipeline]:
        for pipeline in self.circleci.archive.list_pipelines():
            if pipeline.trigger_type == "api" and pipeline.actor.login == self.person.name:
                yield pipeline

    def has_seen_an_end(self) -> bool:
        """Of each workflow once: a rerun takes nothing back."""
        return any(
            each.workflows
            and {run.name for run in each.workflows} == {run.name for run in each.workflows if run.has_ended}
            for each in self.list_triggered()
        )

    def has_acted(self) -> bool:
        since, pipelines = self.circleci.started_at, self.circleci.archive.list_pipelines()
        return any(self._is_touched(run) for each in pipelines for run in each.workflows if run.created_at >= since)

    def _is_touched(self, run: FakeWorkflow) -> bool:
        """Reran, canceled or decided by them."""
        names = [each.name for each in run.pipeline.workflows[: run.pipeline.workflows.index(run)]]
        by = [run.canceled_by, *(job.approved_by for job in run.jobs), *(job.canceled_by for job in run.jobs)]
        by += [run.started_by] if run.name in names else []
        return any(each is not None and each.login == self.person.name for each in by)


@dataclass(frozen=True)
class Minute:
    """`title` says what to do, as the app's own tour does; `line` does it."""

    title: str
    line: str
    is_done: Callable[[Traces], bool]


MINUTES = (
    Minute("Connect your CircleCI account", "/circle connect", Traces.has_called),
    Minute("Choose a channel's project", "/circle use acme/web", lambda traces: traces.is_told("use")),
    Minute(
        "Trigger a pipeline", "/circle trigger acme/web --branch broken", lambda traces: any(traces.list_triggered())
    ),
    Minute("Watch its card", "/circle pipeline acme/web", Traces.has_seen_an_end),
    Minute("Ask why, and act on it", "/circle why acme/web", Traces.has_acted),
    Minute("Subscribe a channel", "/circle subscribe acme/web", lambda traces: traces.is_told("subscribe")),
)


def list_minutes(slack: FakeSlack, circleci: FakeCircleci, user: str) -> list[dict[str, Any]]:
    """None for who has no account at CircleCI, and for other apps."""
    slack = next((each for each in slack.workspaces if user in each.people), slack)
    person = slack.people.get(user)
    commands = [command["command"] for command in slack.manifest.list_commands_for_page()]
    if person is None or person.name not in _NAMES_ALIKE or "/circle" not in commands:
        return []
    traces = Traces(slack, circleci, person)
    return [{"title": each.title, "line": each.line, "is_done": each.is_done(traces)} for each in MINUTES]
