"""What has to be true when everything is over: all is said, once, and true; nothing is claimed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import text

from tests.models.accepting import Line, list_refused
from tests.simulation.plan import Plan
from tests.simulation.simulated_bot import Surroundings
from tests.simulation.simulated_slack import TEAM

RULES = {"C0ALL": {"only": ["failed", "passed", "canceled"]}, "C0BAD": {"only": ["failed"]}}
"""What each channel's rule asks for."""

_WORDS = {"success": "passed", "failed": "failed", "canceled": "canceled"}

_CLAIMED = (
    "SELECT 'notice ' || id FROM outbox WHERE attempted_at IS NOT NULL AND state = 'queued'",
    "SELECT 'card ' || id FROM cards WHERE attempted_at IS NOT NULL AND gone_at IS NULL",
)


def list_refused_steps(around: Surroundings, plan: Plan) -> list[str]:
    """What delivery did is a run of the model of it (tests/models)."""
    lines = [Line(step.word, step.row, step.attempt, step.found) for step in around.steps]
    return list_refused(lines, may_look=plan.readable)


def list_missing(around: Surroundings) -> list[str]:
    said = _count_said(around)
    return [f"{key} is not said in {channel}" for channel, key in _list_wanted(around) if not said[channel, key]]


def _list_wanted(around: Surroundings) -> list[tuple[str, str]]:
    """Each channel and the end of a workflow that its rule asks for, and the pipelines' cards."""
    ends = [
        (channel, f"{run.id}:{run.end}:{TEAM}:{channel}", build)
        for channel, rule in RULES.items()
        for build in around.circleci.builds
        for run in build.runs
        if _WORDS[run.end] in rule["only"]
    ]
    cards = {(channel, f"card:{build.id}"): None for channel, _, build in ends}
    return [*((channel, key) for channel, key, _ in ends), *cards]


def _count_said(around: Surroundings) -> Counter[tuple[str, str]]:
    shown = [(channel, one) for channel, there in around.slack.channels.items() for one in there if one.key]
    return Counter((channel, one.key.partition("#")[0]) for channel, one in shown)


def list_repeated(around: Surroundings, plan: Plan) -> Iterator[str]:
    """Where nobody may look back, each post whose answer was lost, or not written down, may stand once more."""
    unheard = Counter() if plan.readable else around.slack.unheard
    unwritten = 0 if plan.readable else plan.unwritten
    for (channel, key), times in _count_said(around).items():
        if times > 1 + unheard[channel, key] + unwritten:
            yield f"{key} stands {times} times in {channel}"


def list_untrue_cards(around: Surroundings) -> Iterator[str]:
    """A card names an end of its workflows when all have ended; of several in a channel we know the newest."""
    ends = {f"card:{build.id}": {run.end for run in build.runs} for build in around.circleci.builds}
    newest = {(channel, one.key): one for channel, there in around.slack.channels.items() for one in there}
    for (channel, key), one in newest.items():
        if key in ends and not any(end in one.text for end in ends[key]):
            yield f"{key} in {channel} says {one.text!r}"


async def list_claimed(around: Surroundings) -> list[str]:
    async with around.database.begin() as connection:
        return [f"{one} is still claimed" for query in _CLAIMED for one in await connection.scalars(text(query))]
