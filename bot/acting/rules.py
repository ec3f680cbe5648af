"""To make a rule, or let one say something else: written down with the watches on what it covers, as one."""

from __future__ import annotations

from bot.command import Context, line
from bot.domain import Subscription
from bot.meaning import scopes
from bot.meaning.scopes import Seen
from bot.rules.rule import Rule


def typed(rule: Subscription) -> str:
    """The line that makes this rule."""
    return line("subscribe", str(rule.scope), *rule.rule.words())


async def plan(context: Context, project: str | None, rule: Rule) -> tuple[Subscription, Seen]:
    """The new rule for the place where the person asks, and what they can see of its projects."""
    request = context.request
    scope = await scopes.scope(context, project, lambda slug: line("subscribe", slug, *rule.words()))
    seen = await scopes.seen(context.circleci, scope)
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
        ),
        seen,
    )


async def make(context: Context, wanted: Subscription, seen: Seen) -> Subscription:
    """Made, or found as it was made before."""
    async with context.store.begin() as tx:
        stored = await tx.subscriptions.add(wanted)
        await tx.subscriptions.cover(stored.id, () if stored.scope.exact else seen.projects, wanted.made_at)
        for project in seen.projects:
            await tx.watches.ensure(project, wanted.made_at)
    context.nudge()
    return stored
