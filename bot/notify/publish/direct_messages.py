"""Direct messages about pipelines that are a person's own: who would get one, and writing it down.

Nobody is shown what their own token does not see at CircleCI: bot/notify/poll/visibility.py asks before anything is
written, and again before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from bot.blocks import deploy_notice_blocks, direct_message_blocks
from bot.circleci.snapshot import Snapshot
from bot.conversation import Place, is_direct
from bot.domain import Outcome
from bot.domain.people import Account, Person
from bot.messages import About, Card, Message
from bot.notify.publish import holds, standings
from bot.notify.publish.outcome_notice import OutcomeNotice, fit_notice
from bot.rules import dm_topics
from bot.rules.match import SKEW
from bot.rules.policy_decision import list_named
from bot.rules.policy_line import EXTERNAL, GUESTS, is_group
from bot.rules.policy_rank import Act
from bot.rules.subscription import Subscription
from bot.store.store import Tx

_APPROVE = "approve"
_ALSO_ASKERS = frozenset({dm_topics.APPROVALS, dm_topics.DEPLOYS})
"""What the end of the pipeline, of which whoever asked for its card is told, comes too late for, or too early."""


@dataclass(frozen=True, slots=True)
class DmFilter:
    """Who needs no direct message: people learn of an outcome by cards they asked for, and by `rules` of their own.

    `viewers` are those whose own token sees the project, `mentioned` those whom a notice of the outcome mentions.
    """

    viewers: Collection[Person]
    cards: Collection[Card]
    rules: Collection[Subscription]
    mentioned: Collection[Person] = ()

    def excludes(self, person: Person, topic: str) -> bool:
        """Whether a message to them would repeat something, or show them what they may not see.

        Who asked for a card is mentioned in its thread when the pipeline is over; a hold cannot wait for that.
        """
        asked = any((card.workspace, card.asked_by) == person and not card.gone_reason for card in self.cards)
        by_rule = any(rule.owner == person and is_direct(rule.channel) for rule in self.rules)
        knows = (asked and topic not in _ALSO_ASKERS) or by_rule or person in self.mentioned
        return knows or person not in self.viewers


async def list_readers(tx: Tx, outcome: Outcome) -> list[Account]:
    """The connected people who want a direct message: who started it, and for a hold who may approve it by policy.

    Nobody gets one about what happened before they linked their login.
    """
    topic = dm_topics.find_topic(outcome)
    return await _list_topic_readers(tx, outcome, topic) if topic else []


async def _list_topic_readers(tx: Tx, outcome: Outcome, topic: str) -> list[Account]:
    people = await _list_starters(tx, outcome)
    if topic == dm_topics.APPROVALS:
        people = list(dict.fromkeys([*await _list_approvers(tx, outcome), *people]))
    wanted_topics = await tx.dm_preferences.load_topics_for(people)
    return await tx.accounts.list_for_people(person for person in people if topic in wanted_topics[person])


async def _list_approvers(tx: Tx, outcome: Outcome) -> list[Person]:
    """Those whom a policy names who may approve it, as far as it is known, somewhere."""
    act = Act(
        name=_APPROVE,
        at=outcome.happened_at,
        projects=frozenset({outcome.project}),
        branch=outcome.branch or "",
        tag=outcome.tag or "",
        workflow=outcome.workflow,
    )
    found: list[Person] = []
    for workspace, lines in sorted((await tx.policy_versions.load_all_lines()).items()):
        named = set(list_named(lines, act, final=False)) - {GUESTS, EXTERNAL}
        if any(map(is_group, named)):
            groups = await tx.user_groups.list_for_workspace(workspace)
            named |= {user for one in groups if one.is_shown and one.id in named for user in one.members}
        found += [Person(workspace, who) for who in sorted(named) if not is_group(who)]
    return found


async def _list_starters(tx: Tx, outcome: Outcome) -> list[Person]:
    logins = await tx.logins.list_owners(outcome.actor) if outcome.actor else []
    return [Person(login.workspace, login.user) for login in logins if outcome.happened_at >= login.linked_at - SKEW]


async def publish(tx: Tx, notice: OutcomeNotice, dm_filter: DmFilter) -> None:
    """To each reader who may see it and is not notified anyway. Their preferences count as they are now."""
    outcome, snapshot = notice.outcome, notice.reading.snapshot
    topic = dm_topics.find_topic(outcome)
    if topic is None:
        return
    readers = [reader.owner for reader in await _list_topic_readers(tx, outcome, topic)]
    known = await standings.load(tx, notice.reading) if topic == dm_topics.APPROVALS else {}
    letters = await holds.list_standing_letters(tx, notice.reading) if topic == dm_topics.APPROVALS else {}
    for person in readers:
        if dm_filter.excludes(person, topic):
            continue
        if standing := letters.get(Place(*person)):
            await holds.join(tx, notice.reading, standing, [outcome.key], notice.links, now=notice.now)
            continue
        told = await fit_notice(tx, notice, Place(*person))
        await tx.outbox.insert(
            _build_key(topic, outcome, snapshot, person),
            *person,
            message=partial(_render, told, topic, known, person.workspace),
            project=outcome.project,
            about=_find_about(notice, topic),
            found_end=notice.found_end,
            now=notice.now,
        )


async def list_failure_keys(tx: Tx, failure: Outcome) -> list[str]:
    """Of the messages that whoever started it may have got; one may tell of another workflow of the same pipeline."""
    topic = dm_topics.find_topic(failure)
    owners = await tx.logins.list_owners(failure.actor) if failure.actor else []
    pipeline = await tx.pipelines.find(failure.pipeline_id) if owners else None
    if pipeline is None or topic is None:
        return []
    people = [Person(owner.workspace, owner.user) for owner in owners]
    return [_build_key(topic, failure, pipeline.snapshot, person) for person in people]


def _build_key(topic: str, outcome: Outcome, snapshot: Snapshot, person: Person) -> str:
    occasion = _build_occasion(topic, outcome, snapshot)
    return f"{dm_topics.LETTER}{topic}:{occasion}:{person.workspace}:{person.user}"


def _render(notice: OutcomeNotice, topic: str, known: standings.Standings, workspace: str) -> Message:
    message = notice.render(by_card=False)
    if notice.outcome.deploy:
        message = deploy_notice_blocks.render_own(
            notice.outcome, notice.outcome.deploy, notice.reading.snapshot, links=notice.links
        )
    if topic == dm_topics.APPROVALS:
        message = holds.render_waiting(notice.outcome, notice.reading, notice.links, known, workspace)
    return direct_message_blocks.render_direct_message(message, topic)


def _find_about(notice: OutcomeNotice, topic: str) -> About | None:
    """The holds that the message changes with."""
    return holds.find_about(notice.outcome, notice.reading.snapshot) if topic == dm_topics.APPROVALS else None


def _build_occasion(topic: str, outcome: Outcome, snapshot: Snapshot) -> str:
    """What one message is for: the first of a pipeline's holds that it tells of; else a pipeline, and each rerun of it.

    The first names no workflow: the message may come to tell of several. Of deploys each is told.
    """
    if topic == dm_topics.DEPLOYS:
        return f"{outcome.pipeline_id}:{outcome.key}"
    if topic == dm_topics.APPROVALS:
        return f"{outcome.pipeline_id}:{outcome.key.rpartition(':')[2]}"
    return f"{outcome.pipeline_id}:{_count_round(outcome, snapshot)}"


def _count_round(outcome: Outcome, snapshot: Snapshot) -> int:
    """1 for a first run of its workflow, 2 for a rerun of it, and so on."""
    run = next((run for run in snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    same = [other.workflow for other in snapshot.workflows if run and other.workflow.name == run.workflow.name]
    began_at = run.workflow.created_at if run else None
    return sum(began_at is None or other.created_at is None or other.created_at <= began_at for other in same) or 1
