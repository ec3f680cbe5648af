"""Direct messages about pipelines that are a person's own: who would get one, and writing it down.

Nobody is shown what their own token does not see at CircleCI: bot/notify/poll/visibility.py asks before anything is
written, and again before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.blocks import direct_message_blocks
from bot.circleci.snapshot import Snapshot
from bot.conversation import is_direct
from bot.domain import Account, Outcome
from bot.messages import About, Card, Message
from bot.notify.publish import holds
from bot.rules import dm_topics
from bot.rules.match import SKEW
from bot.rules.subscription import Subscription
from bot.store.dm_preferences import Person
from bot.store.store import Tx

_APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class DmFilter:
    """How an outcome is told beside direct messages: to the askers of cards, and in places that rules name.

    `seeing` are those whose own token sees the project, `mentioned` those whom this very outcome mentions.
    """

    seeing: Collection[Person]
    cards: Collection[Card]
    rules: Collection[Subscription]
    mentioned: Collection[Person] = ()

    def excludes(self, person: Person, topic: str) -> bool:
        """Whether a message to them would be one too many, or show them what they may not see.

        Who asked for a card is mentioned in its thread when the pipeline is over; a hold cannot wait for that.
        """
        asked = any((card.workspace, card.asked_by) == person and not card.gone_reason for card in self.cards)
        by_rule = any((rule.workspace, rule.made_by) == person and is_direct(rule.channel) for rule in self.rules)
        heard = (asked and topic != "approvals") or by_rule or person in self.mentioned
        return heard or person not in self.seeing


async def list_readers(tx: Tx, outcome: Outcome) -> list[Account]:
    """Whoever started it, and for a hold whoever the workspace's policy lets approve: those who want it, connected.

    What happened before somebody linked their login is not told to them.
    """
    topic = dm_topics.find_topic(outcome)
    if topic is None:
        return []
    concerned = await _list_starters(tx, outcome)
    if topic == "approvals":
        concerned = list(dict.fromkeys([*await tx.policies.list_allowed_people(_APPROVE), *concerned]))
    wishes = await tx.dm_preferences.load_topics_for(concerned)
    return await tx.accounts.list_for_people(person for person in concerned if topic in wishes[person])


async def _list_starters(tx: Tx, outcome: Outcome) -> list[Person]:
    linked = await tx.logins.list_owners(outcome.actor) if outcome.actor else []
    return [(one.workspace, one.user) for one in linked if outcome.happened_at >= one.linked_at - SKEW]


async def publish(
    tx: Tx, outcome: Outcome, snapshot: Snapshot, message: Message, elsewhere: DmFilter, now: datetime
) -> None:
    """A message for each reader who may see it and whom nothing else tells. Their wishes count as they are now."""
    topic = dm_topics.find_topic(outcome)
    for reader in await list_readers(tx, outcome):
        workspace, user = reader.workspace, reader.user
        if topic and not elsewhere.excludes((workspace, user), topic):
            key = f"{topic}:{_build_occasion(topic, outcome, snapshot)}:{workspace}:{user}"
            about = (
                About(outcome.pipeline_id, holds.list_waiting(outcome, snapshot))
                if topic == dm_topics.APPROVALS
                else None
            )
            letter = direct_message_blocks.render_direct_message(message, topic)
            await tx.outbox.insert(
                dm_topics.LETTER + key, workspace, user, letter, project=outcome.project, about=about, now=now
            )


def _build_occasion(topic: str, outcome: Outcome, snapshot: Snapshot) -> str:
    """What one message is for: all holds that a workflow has now; else a pipeline, and each rerun of it."""
    if topic == "approvals":
        held = sorted(job.id for workflow, job in snapshot.pending_holds if workflow.id == outcome.workflow_id)
        return f"{outcome.pipeline_id}:{outcome.workflow_id}:{sha256(','.join(held).encode()).hexdigest()[:16]}"
    return f"{outcome.pipeline_id}:{_count_round(outcome, snapshot)}"


def _count_round(outcome: Outcome, snapshot: Snapshot) -> int:
    """1 for a first run of its workflow, 2 for a rerun of it, and so on."""
    run = next((run for run in snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    same = [other.workflow for other in snapshot.workflows if run and other.workflow.name == run.workflow.name]
    begun = run.workflow.created_at if run else None
    return sum(begun is None or other.created_at is None or other.created_at <= begun for other in same) or 1
