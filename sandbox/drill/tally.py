"""What became of the outcomes of a drill, counted in Slack and CircleCI, never asked of the app."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.circleci.entities import FakePipeline
from sandbox.slack.fake_messages import FakeMessage

_PIPELINE = re.compile(r"(?:#|/pipelines/[^|>\s]+?/)(\d+)\b")


@dataclass(frozen=True)
class Tally:
    """Of workflows: how many have ended, have a card and its reply in Slack, or have either twice."""

    ended: int
    told: int
    twice: int

    @property
    def lost(self) -> int:
        return self.ended - self.told


def count_outcomes(pipelines: Iterable[FakePipeline], messages: Iterable[FakeMessage]) -> Tally:
    """Of pipelines of one workflow each, and the app's messages of a channel."""
    ended = [one for one in pipelines if one.workflows and all(run.has_ended for run in one.workflows)]
    shown = [(_find_number(message), message.is_reply) for message in messages if message.is_by_app]
    cards = Counter(number for number, is_reply in shown if not is_reply)
    replies = Counter(number for number, is_reply in shown if is_reply)
    told = sum(1 for one in ended if cards[one.number] and replies[one.number])
    twice = sum(1 for one in ended if cards[one.number] > 1 or replies[one.number] > 1)
    return Tally(len(ended), told, twice)


def _find_number(message: FakeMessage) -> int | None:
    """Of the pipeline that it tells of: it may name others after it."""
    named = _PIPELINE.search(message.content.text)
    return int(named[1]) if named else None
