"""Whom a new message mentions: the people whom its channel's rules name, each once for a pipeline in a workspace.

Nobody is mentioned for what they did themselves: a start of their own, or a cancel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.blocks.mention_blocks import MentionTarget
from bot.circleci.snapshot import Snapshot
from bot.conversation import Place
from bot.domain import Outcome, OutcomeKind
from bot.messages import Mention
from bot.rules.mention_words import AUTHOR, BREAKER, SHIPPED, is_id
from bot.rules.subscription import Subscription
from bot.store.store import Tx


@dataclass(frozen=True, slots=True)
class MentionContext:
    """The message: about an outcome, or the end of a pipeline, by its key."""

    key: str
    snapshot: Snapshot
    recipient: Place
    now: datetime


async def resolve(
    tx: Tx, outcome: Outcome, context: MentionContext, rules: Iterable[Subscription], *, asker: str | None = None
) -> list[MentionTarget]:
    """Everybody whom these rules name, and the `asker`. From now on they count as mentioned."""
    named = [one for rule in rules for one in rule.rule.mention]
    names = list(dict.fromkeys([*named, *([asker] if asker else [])]))
    doers = await _list_doers(tx, outcome, context) if names else frozenset()
    targets = [one async for one in _list_targets(tx, outcome, context.recipient[0], names)]
    return [one for one in targets if one.slack_id is None or await _mark_first(tx, one.slack_id, context, doers)]


async def mark_mentioned(tx: Tx, user: str, context: MentionContext) -> bool:
    """Whether this message may mention them; from now on it does."""
    return await _mark_first(tx, user, context, frozenset())


async def _mark_first(tx: Tx, slack_id: str, context: MentionContext, doers: frozenset[str]) -> bool:
    workspace, channel = context.recipient
    mention = Mention(workspace, context.snapshot.pipeline.id, slack_id, context.key, channel, context.now)
    return slack_id not in doers and await tx.mentions.insert(mention)


async def _list_targets(tx: Tx, outcome: Outcome, workspace: str, names: list[str]) -> AsyncIterator[MentionTarget]:
    """The breaker first: the person who broke it is not called the author too."""
    broken = await tx.outcomes.find_streak_start(outcome) if BREAKER in names else None
    if broken and broken.actor:
        number = None if broken.pipeline_id == outcome.pipeline_id else broken.pipeline_number
        yield replace(await _resolve_login(tx, workspace, BREAKER, broken.actor), number=number)
    broke_it = broken is not None and (broken.actor or "").casefold() == (outcome.actor or "").casefold()
    if AUTHOR in names and outcome.actor and not broke_it:
        yield await _resolve_login(tx, workspace, AUTHOR, outcome.actor)
    if AUTHOR in names and outcome.kind == OutcomeKind.DEPLOYED:
        for login in await tx.shipped_pushes.list_logins(outcome):
            yield await _resolve_login(tx, workspace, SHIPPED, login)
    for slack_id in filter(is_id, names):
        yield MentionTarget("", slack_id)


async def _resolve_login(tx: Tx, workspace: str, part: str, login: str) -> MentionTarget:
    return MentionTarget(part, await tx.logins.find_owner(workspace, login), login)


async def _list_doers(tx: Tx, outcome: Outcome, context: MentionContext) -> frozenset[str]:
    """The people who did this themselves, by their Slack ids."""
    workspace, _ = context.recipient
    if outcome.kind == OutcomeKind.STARTED and outcome.actor:
        starter = await tx.logins.find_owner(workspace, outcome.actor)
        return frozenset({starter} if starter else ())
    if outcome.kind == OutcomeKind.CANCELED:
        runs = [run for run in context.snapshot.workflows if run.workflow.id == outcome.workflow_id]
        return await tx.accounts.list_users(workspace, filter(None, [run.workflow.canceled_by for run in runs]))
    return frozenset()


async def list_cancelers(tx: Tx, snapshot: Snapshot, workspace: str) -> frozenset[str]:
    """The people who canceled the whole pipeline, by their Slack ids."""
    by = [run.workflow.canceled_by for run in snapshot.get_newest_runs() if run.workflow.status == "canceled"]
    return await tx.accounts.list_users(workspace, filter(None, by)) if snapshot.status == "canceled" else frozenset()
