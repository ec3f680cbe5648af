"""To make a rule, or let one say something else: written down with the watches on what it covers, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.actions import channel_announcement, problem_notices, reachability, rule_scopes
from bot.actions.channel_time import own_zone
from bot.actions.rule_scopes import Seen
from bot.blocks import announcement_blocks, rule_problem_blocks
from bot.blocks.subscription_blocks import Names
from bot.command import Context, line
from bot.conversation import here
from bot.errors import NotThere, Step
from bot.line import Written
from bot.rules.placement import DIGEST
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.store import Tx


def typed(rule: Subscription) -> Written:
    """The line that makes this rule."""
    return line("subscribe", str(rule.scope), **rule.rule.options())


async def within_reach(context: Context, number: int) -> Subscription:
    """The rule with this number, if it is one of this channel or the person's own. Raises NotThere."""
    request = context.request
    async with context.store.read() as tx:
        rule = await tx.subscriptions.get(request.workspace, number)
    if rule and (rule.channel == (request.channel or request.user) or rule.made_by == request.user):
        context.rights.over(rule.channel)
        return rule
    raise NotThere(
        f"{here(request.channel).capitalize()} has no rule {number}.", Step("Show all rules", line("subscriptions"))
    )


def changed(rule: Rule, said: Mapping[str, Sequence[str]]) -> Rule:
    """The rule with these fields said anew; one that is said to be empty (`--branch ''`) is asked for no more."""
    merged = {**rule.said(), **said}
    cleared = {name for name, texts in said.items() if texts and not any(text.strip() for text in texts)}
    return Rule.of({name: texts for name, texts in merged.items() if name not in cleared})


async def plan(context: Context, project: str | None, rule: Rule) -> tuple[Subscription, Seen]:
    """The new rule for the place where the person asks, and what they can see of its projects."""
    request = context.request
    scope = await rule_scopes.scope(context, project, lambda slug: line("subscribe", slug, **rule.options()))
    seen = await rule_scopes.seen(context.circleci, scope)
    async with context.store.read() as tx:
        theirs = await tx.logins.of(request.workspace, request.user)
    return (
        Subscription(
            id=0,
            workspace=request.workspace,
            channel=request.channel or request.user,
            scope=seen.scope,
            rule=rule,
            made_by=request.user,
            made_at=context.clock.now(),
            login=context.account.login if context.account else None,
            also=frozenset(one.login for one in theirs),
        ),
        seen,
    )


async def make(context: Context, wanted: Subscription, seen: Seen) -> Subscription:
    """Made, or found as it was made before. Raises NotThere where nobody would hear it."""
    reachability.check_heard(context, wanted.channel)
    zone = await _zone(context, wanted)
    async with context.store.begin() as tx:
        await _propose(tx, wanted, zone)
        known = await tx.subscriptions.same(wanted)
        stored = await tx.subscriptions.add(wanted)
        await tx.subscriptions.cover(stored.id, () if stored.scope.exact else seen.projects, wanted.made_at)
        for project in seen.projects:
            await tx.watches.ensure(project, wanted.made_at)
        if known is None:
            told = announcement_blocks.made(context.request.user, stored, _names(seen))
            await channel_announcement.say(tx, context, stored.channel, told, what=f"subscribe {stored.id}")
    context.nudge()
    return stored


async def change(context: Context, before: Subscription, wanted: Subscription, seen: Seen) -> Subscription:
    """The same rule, saying something else from now on.

    Whoever changes it answers for it: it covers what they can see. Raises NotThere when another rule says so already.
    """
    rule = replace(wanted, id=before.id, channel=before.channel)
    zone = await _zone(context, rule)
    async with context.store.begin() as tx:
        await _propose(tx, rule, zone)
        same = await tx.subscriptions.same(rule)
        if same and same.id != rule.id:
            raise NotThere(
                f"Rule {same.id} says this already.", Step(f"Remove rule {rule.id}", line("unsubscribe", str(rule.id)))
            )
        await tx.subscriptions.change(rule)
        await problem_notices.over(tx, rule, problem_notices.KINDS, rule.made_at)
        await tx.subscriptions.cover(rule.id, () if rule.scope.exact else seen.projects, rule.made_at)
        for project in seen.projects:
            await tx.watches.ensure(project, rule.made_at)
        told = announcement_blocks.changed(context.request.user, rule, _names(seen))
        await channel_announcement.say(tx, context, rule.channel, told, what=f"change {rule.id}")
    context.nudge()
    return rule


async def remove(context: Context, rule: Subscription, names: Names) -> None:
    """Everybody in its channel hears who did it."""
    async with context.store.begin() as tx:
        await problem_notices.over(
            tx, rule, problem_notices.KINDS, context.clock.now(), how=rule_problem_blocks.REMOVED
        )
        if await tx.subscriptions.remove(rule.workspace, rule.channel, rule.id):
            told = announcement_blocks.removed(context.request.user, rule, names, typed(rule))
            await channel_announcement.say(tx, context, rule.channel, told, what=f"unsubscribe {rule.id}")
        await tx.mutes.forget_rule(rule.workspace, rule.id)
    context.nudge()


def _names(seen: Seen) -> Names:
    return {seen.projects[0]: seen.name} if seen.name else {}


async def take_over(context: Context, rule: Subscription, seen: Seen) -> None:
    """The person answers for it from now on, and the channel is told. Raises NotThere when somebody was quicker."""
    request, now = context.request, context.clock.now()
    async with context.store.begin() as tx:
        if not await tx.subscriptions.give(rule, request.user):
            raise NotThere(f"Somebody has just changed rule {rule.id}.", Step("Show all rules", line("subscriptions")))
        exact = rule.scope.exact
        await tx.subscriptions.cover(rule.id, [exact] if exact else seen.projects, now)
        for project in seen.projects:
            await tx.watches.ensure(project, now)
        await problem_notices.over(tx, rule, [problem_notices.OWNER], now)
        told = rule_problem_blocks.taken_over(rule, request.user)
        await channel_announcement.say(tx, context, rule.channel, told, what=f"takeover {rule.id}")
    context.nudge()


async def _zone(context: Context, rule: Subscription) -> str | None:
    """Of whoever asks for a digest: its times are theirs, where the channel has said nothing of its own."""
    return await own_zone(context) if rule.rule.to == DIGEST else None


async def _propose(tx: Tx, rule: Subscription, zone: str | None) -> None:
    if zone:
        await tx.hours.propose(rule.workspace, rule.channel, zone)
