"""Whom a new message mentions: those whom the rules of its channel name, nobody twice for one pipeline in a workspace.

Whoever did what is told is not told of it: not of a start that is their own, nor of a cancel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks.mention_blocks import MentionTarget
from bot.circleci.snapshot import Snapshot
from bot.domain import Outcome
from bot.notify.publish.recipients import Recipient
from bot.rules.mention_words import AUTHOR, BREAKER, is_id
from bot.rules.subscription import Subscription
from bot.store.mentions import Mention
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class MentionContext:
    """What is about to be told: an outcome by its key, or the end of a pipeline."""

    key: str
    snapshot: Snapshot
    recipient: Recipient
    now: datetime


async def resolve(tx: Tx, outcome: Outcome, told: MentionContext, rules: Iterable[Subscription]) -> list[MentionTarget]:
    """Everybody whom these rules name, as they are called in this message, and mentioned from now on."""
    whom = dict.fromkeys(one for rule in rules for one in rule.rule.mention)
    spared = await list_doers(tx, outcome, told) if whom else frozenset()
    found = [one async for one in _list_concerned(tx, outcome, told.recipient[0], list(whom))]
    return [one for one in found if one.slack_id is None or await _mark_first(tx, one.slack_id, told, spared)]


async def _mark_first(tx: Tx, slack_id: str, told: MentionContext, spared: frozenset[str]) -> bool:
    workspace, channel = told.recipient
    mention = Mention(workspace, told.snapshot.pipeline.id, slack_id, told.key, channel, told.now)
    return slack_id not in spared and await tx.mentions.insert(mention)


async def mark_mentioned(tx: Tx, user: str, told: MentionContext) -> bool:
    """Whether this message may mention them; from now on it does."""
    return await _mark_first(tx, user, told, frozenset())


async def _list_concerned(tx: Tx, outcome: Outcome, workspace: str, whom: list[str]) -> AsyncIterator[MentionTarget]:
    """The breaker first: who broke it is not called the author too."""
    broken = await tx.outcomes.find_streak_start(outcome) if BREAKER in whom else None
    if broken and broken.actor:
        number = None if broken.pipeline_id == outcome.pipeline_id else broken.pipeline_number
        yield replace(await _resolve_login(tx, workspace, BREAKER, broken.actor), number=number)
    broke_it = broken is not None and (broken.actor or "").casefold() == (outcome.actor or "").casefold()
    if AUTHOR in whom and outcome.actor and not broke_it:
        yield await _resolve_login(tx, workspace, AUTHOR, outcome.actor)
    for slack_id in filter(is_id, whom):
        yield MentionTarget("", slack_id)


async def _resolve_login(tx: Tx, workspace: str, part: str, login: str) -> MentionTarget:
    return MentionTarget(part, await tx.logins.find_owner(workspace, login), login)


async def list_doers(tx: Tx, outcome: Outcome, told: MentionContext) -> frozenset[str]:
    """Those whose own doing this is, by their Slack ids."""
    workspace, _ = told.recipient
    if outcome.kind == "started" and outcome.actor:
        starter = await tx.logins.find_owner(workspace, outcome.actor)
        return frozenset({starter} if starter else ())
    if outcome.kind == "canceled":
        by = [run.workflow.canceled_by for run in told.snapshot.workflows if run.workflow.id == outcome.workflow_id]
        return await tx.accounts.list_users(workspace, filter(None, by))
    return frozenset()


async def list_cancelers(tx: Tx, snapshot: Snapshot, workspace: str) -> frozenset[str]:
    """Those who ended the whole pipeline by their own hand, by their Slack ids."""
    by = [run.workflow.canceled_by for run in snapshot.get_newest_runs() if run.workflow.status == "canceled"]
    return await tx.accounts.list_users(workspace, filter(None, by)) if snapshot.status == "canceled" else frozenset()
