"""What happened at CircleCI while something was broken, and what Slack has of it: counted in both, never asked.

An outcome is a workflow that ended, a hold that waits, or a pipeline that CircleCI refused. A message tells of it if it
links to it, and was posted or changed after it happened.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sandbox.circleci import FakeCircleci
from sandbox.slack import FakeSlack
from sandbox.slack.fake_messages import FakeMessage

SETTLED_AFTER_S = 20.0
"""For so long after the last message more of them are expected."""


@dataclass(frozen=True)
class Outcome:
    """`link` is a pattern of what a message about it holds."""

    key: str
    link: str


@dataclass(frozen=True)
class Counts:
    """How many outcomes there were, how many of them Slack has, and how many it has twice."""

    happened: int
    posted: int
    twice: int
    is_over: bool
    is_settled: bool


class Incident:
    """From the first thing that breaks until everything is mended; what is posted is counted for ever."""

    def __init__(self, slack: FakeSlack, circleci: FakeCircleci) -> None:
        self.causes: list[str] = []
        self._slack, self._circleci = slack, circleci
        self._before = set(list_outcomes(circleci))
        self._meanwhile: dict[Outcome, set[str]] = {}
        self._is_over = False
        self._posted = 0
        self._moved_at_s = slack.clock.monotonic()

    def note(self) -> None:
        """Something has changed: remember what Slack says at the moment of each new outcome."""
        if self._is_over:
            return
        for outcome in list_outcomes(self._circleci):
            if outcome not in self._before and outcome not in self._meanwhile:
                self._meanwhile[outcome] = {mark for mark, _ in self._list_shown()}

    def end(self) -> None:
        """Everything is mended: what happens from now on is of no interest."""
        self.note()
        self._is_over, self._moved_at_s = True, self._slack.clock.monotonic()

    def count(self) -> Counts:
        self.note()
        shown = self._list_shown()
        copies = [_count_copies(outcome, shown, known) for outcome, known in self._meanwhile.items()]
        posted, now_s = sum(map(bool, copies)), self._slack.clock.monotonic()
        if posted != self._posted:
            self._posted, self._moved_at_s = posted, now_s
        is_settled = posted == len(copies) or now_s - self._moved_at_s > SETTLED_AFTER_S
        return Counts(len(copies), posted, sum(number > 1 for number in copies), self._is_over, is_settled)

    def _list_shown(self) -> list[tuple[str, FakeMessage]]:
        """Every message of the app, behind its print."""
        several = [workspace.messages for workspace in self._slack.workspaces]
        channels = ((one, channel) for one in several for channel in one.list_channel_ids())
        everywhere = chain.from_iterable(one.list_in_channel(channel) for one, channel in channels)
        return [(_print(message), message) for message in everywhere if message.is_by_app]


def _count_copies(outcome: Outcome, shown: Sequence[tuple[str, FakeMessage]], known: set[str]) -> int:
    """How often the same is said of it in the same place, in messages of later than it; 0 if nothing is."""
    told = [each for mark, each in shown if mark not in known and re.search(outcome.link, mark)]
    return max(Counter((each.channel, each.thread_ts, each.content.text) for each in told).values(), default=0)


def list_outcomes(circleci: FakeCircleci) -> Iterator[Outcome]:
    """All that there are now."""
    for pipeline in circleci.archive.list_pipelines():
        if pipeline.state == "errored":
            yield Outcome(pipeline.id, rf"/pipelines/{re.escape(pipeline.project.slug)}/{pipeline.number}\b")
        for workflow in pipeline.workflows:
            if workflow.has_ended:
                yield Outcome(workflow.id, workflow.id)
            for job in workflow.jobs:
                if job.status == "on_hold":
                    yield Outcome(job.id, workflow.id)


def _print(message: FakeMessage) -> str:
    """What tells a message from every other, and from itself before it was changed."""
    return json.dumps([message.channel, message.build_shared_fields()])
