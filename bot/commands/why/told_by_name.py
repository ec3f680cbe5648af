"""Who got a direct message or was mentioned about a pipeline, as far as the person who asks may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.blocks.told_by_name_blocks import ToldByName
from bot.circleci.models import Pipeline
from bot.command import Context
from bot.domain import Outcome
from bot.rules import dm_topics
from bot.rules.match import matches
from bot.rules.mention_words import AUTHOR, BREAKER, is_id
from bot.rules.subscription import Subscription
from bot.store.store import Tx


async def load_told_by_name(
    tx: Tx, context: Context, pipeline: Pipeline, found: Sequence[Outcome], rules: Iterable[Subscription]
) -> ToldByName:
    """`rules` are those of this channel that cover the project. Of direct messages only the person's own are told."""
    request = context.request
    cards = await tx.cards.list_for_pipeline(pipeline.id)
    named = {one.login.casefold() for one in await tx.logins.list_for_user(request.workspace, request.user)}
    theirs = pipeline.actor_login is not None and pipeline.actor_login.casefold() in named
    return ToldByName(
        user=request.user,
        channel=request.channel or request.user,
        mentions=await tx.mentions.list_for_pipeline(request.workspace, pipeline.id),
        named_by_rules=await _list_mentioned_by_rules(tx, request.workspace, found, list(rules)),
        letters=await tx.outbox.list_direct_messages(request.workspace, request.user, pipeline.id),
        mine=frozenset(filter(None, map(dm_topics.find_topic, found))) if theirs else frozenset(),
        wishes=await tx.dm_preferences.load_topics(request.workspace, request.user),
        asked=any((card.workspace, card.asked_by) == (request.workspace, request.user) for card in cards),
    )


async def _list_mentioned_by_rules(
    tx: Tx, workspace: str, found: Sequence[Outcome], rules: Sequence[Subscription]
) -> Collection[str]:
    """Whom these rules name for what they ask for, by Slack's ids; who is not linked has none."""
    wanted: set[str | None] = set()
    for outcome in found:
        whom = {one for rule in rules if matches(rule, outcome) for one in rule.rule.mention}
        wanted |= {one for one in whom if is_id(one)}
        if AUTHOR in whom:
            wanted.add(await _find_person(tx, workspace, outcome))
        if BREAKER in whom:
            wanted.add(await _find_person(tx, workspace, await tx.outcomes.find_streak_start(outcome)))
    return frozenset(filter(None, wanted))


async def _find_person(tx: Tx, workspace: str, outcome: Outcome | None) -> str | None:
    return await tx.logins.find_owner(workspace, outcome.actor) if outcome and outcome.actor else None
