"""What has to be true of people's acts: at most once at CircleCI, answered to whoever asked, and in the record."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import Row

from bot.notify.upkeep.audit_upkeep import AuditUpkeep
from tests.simulation.circleci_api import PEOPLE
from tests.simulation.people import People, Taken
from tests.simulation.simulated_bot import SimulatedBot, Surroundings
from tests.simulation.simulated_circleci import Act

_VOTE = re.compile(r"Approved .*, \d+ of \d+")
_LOST, _LOOKED = ":grey_question:", "I looked again"
_RECORD = "SELECT seq, result, \"user\", act, what, detail FROM audit WHERE kind = 'act' ORDER BY seq"
_FAULTS = "SELECT error FROM audit_checks WHERE error IS NOT NULL"
_GIVEN_UP_AFTER = timedelta(minutes=20)
"""Later than that an act whose process died is in the record as one whose end nobody knows (audit_upkeep.py)."""


async def complete_record(around: Surroundings, bot: SimulatedBot) -> None:
    """What the loop does in a quarter of an hour: it reads the chain, and records acts that nobody ended."""
    core = bot.app.core if bot.app else bot.build_core()
    upkeep = AuditUpkeep(store=core.store, clock=core.clock, holder="upkeep", kept={}, heads=core.heads)
    await upkeep.run(around.loop.now() + _GIVEN_UP_AFTER)


def list_repeated_acts(around: Surroundings) -> Iterator[str]:
    """Whatever is asked twice by one button happens once."""
    kept = [act for act in around.circleci.acts if not around.is_lost(act.at_s)]
    times = Counter(act.asking.key if act.asking else "" for act in kept)
    for key, count in times.items():
        if not key:
            yield f"CircleCI did {count} things that nobody asked"
        elif count > 1:
            yield f"CircleCI did {count} times what was asked once: {key}"


def list_unanswered(around: Surroundings, people: People, folded: Collection[str]) -> Iterator[str]:
    """Whoever asked is told, by an answer or on the pipeline's card, unless the process ended or Slack refused.

    Where it waits too long the card is part of a summary.
    """
    answered = {one.asking for one in around.slack.whispers}
    for taken in people.took:
        excused = taken.process.has_ended or taken.asking in around.slack.refused
        if not excused and taken.asking not in answered and not _is_on_card(around, taken, folded):
            yield f"{taken.asking.user} is not told what became of: {taken.asking.line}"


def list_repeated_answers(around: Surroundings) -> Iterator[str]:
    """Nobody is told the same twice, but where an answer of Slack's was lost: nobody knows then whether it was read."""
    told = Counter((one.asking, one.text) for one in around.slack.whispers if one.asking)
    for (asking, text), times in told.items():
        if asking and times > 1 + around.slack.unheard_whispers[asking]:
            yield f"{asking.user} is told {times} times: {text[:200]}"


def list_unread(around: Surroundings) -> Iterator[str]:
    """Where the answer to an act was lost, it is read again what became of it, and said."""
    unheard = {act.asking for act in around.circleci.acts if not act.is_heard} - around.circleci.unread
    for one in around.slack.whispers:
        if one.asking in unheard and one.asking and _LOST in one.text and _LOOKED not in one.text:
            yield f"{one.user} is not told what came of: {one.asking.line}"


def _is_on_card(around: Surroundings, taken: Taken, folded: Collection[str]) -> bool:
    line = taken.asking.line
    builds = (
        build.id
        for build in around.circleci.state.builds
        if line.endswith(f" {build.branch}") or any(run.id in line for run in build.runs)
    )
    keys = {f"card:{one}" for one in builds}
    shown = (one for there in around.slack.channels.values() for one in there if one.key in keys)
    return not keys.isdisjoint(folded) or any(one.changed_s > taken.asking.at_s for one in shown)


async def list_faults_of_record(around: Surroundings) -> list[str]:
    """Each act is in it, as done or as one whose end nobody knows; nothing is in it as done that was not."""
    rows = [_parse(row) for row in await around.database.read(_RECORD)]
    faults = [f"the record is broken: {one}" for (one,) in await around.database.read(_FAULTS)]
    acts = around.circleci.acts
    answered = Counter(one for row in rows for one in row.answered)
    unanswered = Counter(f"{row.user} {one}" for row in rows for one in row.unanswered)
    unended = Counter(row.user for row in rows if row.result == "unknown" and not row.unanswered)
    rest = [act for act in acts if not (answered[act.request_id] or around.is_lost(act.at_s))]
    missing = Counter(act.user for act in rest if not unanswered[f"{act.user} {act.what}"]) - unended
    return [
        *faults,
        *(
            f"the record says {one} was done, which was not"
            for one in answered.keys() - {act.request_id for act in acts}
        ),
        *(f"the record says {one} twice" for one, times in answered.items() if times > 1),
        *(f"the record lacks {count} acts of {user}" for user, count in missing.items()),
        *(f"the record says {row.what} was done, and nothing was" for row in rows if row.is_empty(acts)),
    ]


@dataclass(frozen=True)
class _Row:
    """Of the record: what CircleCI answered (the ids of its answers), and what it did not."""

    user: str
    result: str
    what: str
    answered: list[str]
    unanswered: list[str]

    def is_empty(self, acts: Sequence[Act]) -> bool:
        """Said to be done, though CircleCI did nothing. A vote tells it nothing; what is looked up counts."""
        done = {f"{act.user} {act.what}" for act in acts}
        found = self.answered or any(f"{self.user} {one}" in done for one in self.unanswered)
        return self.result == "done" and not found and not _VOTE.fullmatch(self.what)


def _parse(row: Row) -> _Row:
    asked = json.loads(row["detail"]).get("circleci", [])
    answered = [one["request"] for one in asked if one.get("request") and one["status"] < 300]
    unanswered = [one["asked"] for one in asked if not 200 <= one["status"] < 500]
    return _Row(PEOPLE.get(row["user"], ""), row["result"], row["what"], answered, unanswered)
