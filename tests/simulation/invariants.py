"""What has to be true when everything is over: all is said, once, and true; nothing is claimed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from tests.models.accepting import Line, list_refused
from tests.simulation.channels import DIGEST, ENDS, HOLDS, MESSAGES
from tests.simulation.people import is_about, list_lines
from tests.simulation.plan import Plan
from tests.simulation.simulated_bot import Surroundings
from tests.simulation.simulated_slack import TEAM

_IN_FIVE_SECONDS = 5
_FOLDED = (
    "SELECT one.key FROM outbox one JOIN outbox summary ON summary.id = one.folded_into"
    " WHERE one.state = 'folded' AND summary.state = 'sent'"
    " UNION SELECT 'card:' || pipeline_id FROM cards WHERE gone_reason = 'summarised'"
)
_DIGESTED = "SELECT outcome_key, digest FROM kept WHERE digest IS NOT NULL"
_REMINDED_WITHIN_S = 90.0
_LEASED = ("cards", "outbox", "watches", "listings", "replays", "deploy_looks")
_LEASES = " UNION ALL ".join(
    f"SELECT leased_by, leased_until FROM {table} WHERE leased_until > strftime('x', 'now')"  # noqa: S608 - our names
    for table in _LEASED
)
_WAITING = (
    "SELECT 'notice ' || key FROM outbox WHERE state = 'queued' OR (sent_ts IS NOT NULL AND revision > shown)"
    " UNION ALL SELECT 'card of ' || pipeline_id FROM cards WHERE wanted > shown AND gone_at IS NULL"
)
_CLAIMED = (
    "SELECT 'notice ' || id FROM outbox WHERE attempted_at IS NOT NULL AND state = 'queued'"
    " UNION ALL SELECT 'card ' || id FROM cards WHERE attempted_at IS NOT NULL AND gone_at IS NULL"
)


def list_refused_steps(around: Surroundings, plan: Plan) -> list[str]:
    """What delivery did is a run of the model of it (tests/models), which knows no backups."""
    if around.lost:
        return []
    lines = [Line(step.word, step.row, step.attempt, step.found) for step in around.steps]
    return list_refused(lines, may_look=plan.readable)


async def list_missing(around: Surroundings) -> list[str]:
    """What is neither said nor part of a summary that is."""
    said = _count_said(around)
    missing = [(channel, key) for channel, key in _list_wanted(around) if not said[channel, key]]
    folded = await load_folded(around) if missing else ()
    missing = [one for one in missing if one[1] not in folded]
    return [f"{key} is not said in {channel}" for channel, key in missing]


async def list_waiting(around: Surroundings) -> list[str]:
    return [f"{one} still waits" for (one,) in await around.database.read(_WAITING)]


async def load_folded(around: Surroundings) -> set[str]:
    """Keys of what a summary tells."""
    return {key for (key,) in await around.database.read(_FOLDED)}


def count_found(around: Surroundings) -> int:
    """Posts that Slack took, whose sender heard nothing, and that nobody repeated."""
    said = _count_said(around)
    return sum(times > 0 and said[where] == 1 for where, times in around.slack.unheard.items())


def _list_wanted(around: Surroundings) -> list[tuple[str, str]]:
    """Each channel and the end of a workflow that its rule asks for, and the pipelines' cards."""
    ends = [
        (channel, f"{run.id}:{run.end}:{TEAM}:{channel}", build)
        for channel, rule in MESSAGES.items()
        if channel in around.channels
        for build in around.circleci.state.builds
        for run in build.runs
        if ENDS[run.end] in rule.only
    ]
    cards = {(channel, f"card:{build.id}"): None for channel, _, build in ends}
    return [*((channel, key) for channel, key, _ in ends), *cards]


def _count_said(around: Surroundings) -> Counter[tuple[str, str]]:
    shown = [(channel, one) for channel, there in around.slack.channels.items() for one in there if one.key]
    return Counter((channel, one.key.partition("#")[0]) for channel, one in shown)


def list_repeated(around: Surroundings, plan: Plan) -> Iterator[str]:
    """Where nobody may look back, each post whose answer was lost, or not written down, may stand once more; so may
    what a lost database forgot, and what its backup saw under way."""
    unheard = Counter() if plan.readable else around.slack.unheard
    unwritten = 0 if plan.readable else _count_unwritten(around)
    lost = Counter() if plan.readable else _count_lost(around) + around.doubtful
    for (channel, key), times in _count_said(around).items():
        if times > 1 + unheard[channel, key] + unwritten + lost[channel, key]:
            yield f"{key} stands {times} times in {channel}"


def _count_lost(around: Surroundings) -> Counter[tuple[str, str]]:
    """Posts that the database forgot."""
    return Counter(
        (channel, one.key.partition("#")[0])
        for channel, there in around.slack.channels.items()
        for one in there
        if around.is_lost(one.posted_s)
    )


def _count_unwritten(around: Surroundings) -> int:
    """How often a process knew what Slack answered, and another took the row before that was written down."""
    answered: dict[str, str] = {}
    taken = 0
    for step in around.steps:
        if (step.word, step.found) == ("answer", "sent"):
            answered[step.row] = step.attempt
        elif step.word == "settled" and answered.get(step.row) == step.attempt:
            del answered[step.row]
        elif (step.word, step.found) == ("claim", "again"):
            taken += answered.pop(step.row, step.attempt) != step.attempt
    return taken


async def list_untrue_cards(around: Surroundings, plan: Plan) -> list[str]:
    """A card names an end of its workflows when all have ended; of several in a channel we know the newest.

    Where nobody may look back, one that may stand there is not known, and is given up with what a summary tells. One
    that only a person wanted is forgotten with what they did since the backup.
    """
    given_up = set() if plan.readable else await load_folded(around)
    ends = {f"card:{build.id}": {run.end for run in build.runs} for build in around.circleci.state.builds}
    wanted = _list_wanted(around)
    newest = {
        (channel, one.key): one
        for channel, there in around.slack.channels.items()
        for one in there
        if (channel, one.key) in wanted or not around.is_lost(one.posted_s)
    }
    return [
        f"{key} in {channel} says {one.text!r}"
        for (channel, key), one in newest.items()
        if key in ends and key not in given_up and not any(end in one.text for end in ends[key])
    ]


def list_hasty(around: Surroundings, processes: int) -> Iterator[str]:
    """A post a second in each channel: the first may be held up on its way, and what a frozen process had begun comes
    with the next ones."""
    if (most := around.slack.most_lately) > _IN_FIVE_SECONDS + processes:
        yield f"a channel got {most} messages within five seconds"


async def list_undigested(around: Surroundings) -> list[str]:
    """Each end was taken for a digest that is said, which may only count it."""
    shown = {one.key for one in around.slack.channels.get(DIGEST, ())}
    rows = await around.database.read(_DIGESTED)
    told = {row["outcome_key"].partition(":")[0] for row in rows if row["digest"] in shown}
    return [f"{run} is in no digest" for run in _list_runs(around) if run not in told]


def list_digested_twice(around: Surroundings) -> Iterator[str]:
    for run, times in _count_digests(around).items():
        if times > 1 + len(around.lost):
            yield f"{run} is in {times} digests"


def _count_digests(around: Surroundings) -> Counter[str]:
    told = {one.key: str(one.blocks) for one in around.slack.channels.get(DIGEST, ())}
    return Counter(run for run in _list_runs(around) for blocks in told.values() if run in blocks)


def _list_runs(around: Surroundings) -> list[str]:
    return [run.id for build in around.circleci.state.builds for run in build.runs]


async def list_live_buttons(around: Surroundings, plan: Plan) -> list[str]:
    """Nothing waits any more: no message has a button that approves.

    Where nobody may look back, of those that were repeated only the last one is known, and none that was given up.
    """
    given_up = set() if plan.readable else await load_folded(around)
    return [
        f"{one.key} in {channel} still has a button to approve"
        for channel, there in around.slack.channels.items()
        for one in (there if plan.readable else {one.key: one for one in there}.values())
        if one.key not in given_up
        and not around.is_lost(one.posted_s)
        and any(is_about(line, "approve") for line in list_lines(one.blocks))
    ]


def list_late_reminders(around: Surroundings) -> Iterator[str]:
    """A reminder tells of something that waited when its pipeline was read, a minute ago at most."""
    runs = {run.id: run for build in around.circleci.state.builds for run in build.runs}
    for one in around.slack.channels.get(HOLDS, ()):
        for run_id in re.findall(r"remind\S*?([0-9a-f-]{36})", one.key):
            held = runs[run_id].find_hold_status(one.posted_s - _REMINDED_WITHIN_S)
            if held not in {"on_hold", "blocked"}:
                yield f"{one.key} reminds of what was decided"


async def list_claimed(around: Surroundings, living: Collection[str]) -> list[str]:
    """Nothing is under way, and nobody who is gone has anything."""
    leases = await around.database.read(_LEASES)
    gone = [f"{holder} is gone and has a lease until {until}" for holder, until in leases if holder not in living]
    return gone + [f"{one} is still claimed" for (one,) in await around.database.read(_CLAIMED)]
