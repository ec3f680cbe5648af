"""Create, change and remove a rule, in one transaction with the polled projects that it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.actions import channel_announcement, problem_notices, reachability, rule_scopes
from bot.actions.channel_time import find_own_zone
from bot.actions.rule_scopes import VisibleScope
from bot.blocks import announcement_blocks, rule_problem_blocks
from bot.blocks.subscription_blocks import Names
from bot.command import Context, format_line
from bot.conversation import format_place
from bot.errors import NextStep, TargetError
from bot.line import Written
from bot.rules.placement import DIGEST
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind
from bot.rules.subscription import Subscription
from bot.store.store import Tx


def build_line(rule: Subscription) -> Written:
    """The line that makes this rule."""
    return format_line("subscribe", str(rule.scope), **rule.rule.to_options())


async def load_accessible(context: Context, number: int) -> Subscription:
    """The rule with this number, if it is one of this channel or the person's own. Raises TargetError."""
    request = context.request
    async with context.store.begin_read() as tx:
        rule = await tx.subscriptions.find(request.workspace, number)
    if rule and (rule.channel == (request.channel or request.user) or rule.made_by == request.user):
        context.rights.check_channel(rule.channel)
        return rule
    raise TargetError(
        f"{format_place(request.channel).capitalize()} has no rule {number}.",
        NextStep("Show All Rules", format_line("subscriptions")),
    )


def apply_changes(rule: Rule, said: Mapping[str, Sequence[str]]) -> Rule:
    """The rule with these fields replaced; an empty one (`--branch ''`) is removed from it."""
    merged = {**rule.to_texts(), **said}
    cleared = {name for name, texts in said.items() if texts and not any(text.strip() for text in texts)}
    return Rule.parse({name: texts for name, texts in merged.items() if name not in cleared})


async def plan(context: Context, project: str | None, rule: Rule) -> tuple[Subscription, VisibleScope]:
    """The new rule for the place where the person asks, and what they can see of its projects."""
    request = context.request
    scope = await rule_scopes.resolve(
        context, project, lambda slug: format_line("subscribe", slug, **rule.to_options())
    )
    seen = await rule_scopes.fetch_visible(context.circleci, scope)
    async with context.store.begin_read() as tx:
        theirs = await tx.logins.list_for_user(request.workspace, request.user)
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
            other_logins=frozenset(one.login for one in theirs),
        ),
        seen,
    )


async def create(context: Context, wanted: Subscription, seen: VisibleScope) -> Subscription:
    """Made, or found as it was made before. Raises TargetError where nobody would get its messages."""
    reachability.check_reachable(context, wanted.channel)
    zone = await _find_zone(context, wanted)
    async with context.store.begin() as tx:
        await _propose_zone(tx, wanted, zone)
        known = await tx.subscriptions.find_same(wanted)
        stored = await tx.subscriptions.insert(wanted)
        await tx.coverage.cover(stored.id, () if stored.scope.exact else seen.projects, wanted.made_at)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, wanted.made_at)
        if known is None:
            announcement = announcement_blocks.render_rule_created(context.request.user, stored, _get_names(seen))
            await channel_announcement.announce(
                tx, context, stored.channel, message=announcement, what=f"subscribe {stored.id}"
            )
    context.wake()
    return stored


async def change(context: Context, before: Subscription, wanted: Subscription, seen: VisibleScope) -> Subscription:
    """The same rule, saying something else from now on.

    The person who changes it becomes its owner: it covers what they can see.
    Raises TargetError when another rule is the same.
    """
    rule = replace(wanted, id=before.id, channel=before.channel)
    zone = await _find_zone(context, rule)
    async with context.store.begin() as tx:
        await _propose_zone(tx, rule, zone)
        same = await tx.subscriptions.find_same(rule)
        if same and same.id != rule.id:
            raise TargetError(
                f"Rule {same.id} says this already.",
                NextStep(f"Remove Rule {rule.id}", format_line("unsubscribe", str(rule.id))),
            )
        await tx.subscriptions.update(rule)
        await problem_notices.close(tx, rule, ProblemKind, rule.made_at)
        await tx.coverage.cover(rule.id, () if rule.scope.exact else seen.projects, rule.made_at)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, rule.made_at)
        announcement = announcement_blocks.render_rule_changed(context.request.user, rule, _get_names(seen))
        await channel_announcement.announce(tx, context, rule.channel, message=announcement, what=f"change {rule.id}")
    context.wake()
    return rule


async def remove(context: Context, rule: Subscription, names: Names) -> None:
    """Remove it, and say in its channel who did."""
    async with context.store.begin() as tx:
        await problem_notices.close(tx, rule, ProblemKind, context.clock.now(), how=rule_problem_blocks.REMOVED)
        if await tx.subscriptions.delete(rule.workspace, rule.channel, rule.id):
            announcement = announcement_blocks.render_rule_removed(
                context.request.user, rule, names, again=build_line(rule)
            )
            await channel_announcement.announce(
                tx, context, rule.channel, message=announcement, what=f"unsubscribe {rule.id}"
            )
        await tx.mutes.delete_for_rule(rule.workspace, rule.id)
    context.wake()


def _get_names(seen: VisibleScope) -> Names:
    return {seen.projects[0]: seen.name} if seen.name else {}


async def take_over(context: Context, rule: Subscription, seen: VisibleScope) -> None:
    """Make the person its owner, and notify the channel. Raises TargetError when somebody was quicker."""
    request, now = context.request, context.clock.now()
    async with context.store.begin() as tx:
        if not await tx.subscriptions.transfer(rule, request.user):
            raise TargetError(
                f"Somebody has just changed rule {rule.id}.", NextStep("Show All Rules", format_line("subscriptions"))
            )
        exact = rule.scope.exact
        await tx.coverage.cover(rule.id, [exact] if exact else seen.projects, now)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, now)
        await problem_notices.close(tx, rule, [ProblemKind.OWNER], now)
        announcement = rule_problem_blocks.render_taken_over(rule, request.user)
        await channel_announcement.announce(tx, context, rule.channel, message=announcement, what=f"takeover {rule.id}")
    context.wake()


async def _find_zone(context: Context, rule: Subscription) -> str | None:
    """The time zone of the person who asks for a digest; it counts where the channel has set none."""
    return await find_own_zone(context) if rule.rule.to == DIGEST else None


async def _propose_zone(tx: Tx, rule: Subscription, zone: str | None) -> None:
    if zone:
        await tx.hours.insert_zone(rule.workspace, rule.channel, zone)
