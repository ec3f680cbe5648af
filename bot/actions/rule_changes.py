"""Create, change and remove a rule, in one transaction with the polled projects that it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.actions import channel_announcement, problem_notices, reachability, rule_scopes, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.actions.channel_time import find_own_zone
from bot.actions.rule_scopes import VisibleScope
from bot.blocks import announcement_blocks, rule_problem_blocks
from bot.blocks.subscription_blocks import Names
from bot.command import Context, format_line
from bot.conversation import is_channel
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.line import Written
from bot.permissions import ActTarget
from bot.rules.placement import DIGEST
from bot.rules.rule import Rule
from bot.rules.rule_problem import ProblemKind, ProblemReason
from bot.rules.subscription import Subscription
from bot.rules.undoable_change import State, Thing, ThingKind
from bot.store.store import Tx


def build_line(rule: Subscription) -> Written:
    """The line that makes this rule."""
    return format_line("subscribe", str(rule.scope), **rule.rule.to_options())


async def load_accessible(context: Context, number: int) -> Subscription:
    """The rule with this number, if it is one of this channel, the person's own, or they are an admin.

    Raises TargetError.
    """
    request = context.request
    async with context.store.begin_read() as tx:
        rule = await tx.subscriptions.find(request.workspace, number)
    near = rule and (rule.channel == (request.channel or request.user) or rule.made_by == request.user)
    if rule and (near or context.admin):
        await context.rights.check_act(build_target(rule))
        return rule
    raise TargetError(
        _("This channel has no rule {number}.", number=number)
        if is_channel(request.channel)
        else _("This conversation has no rule {number}.", number=number),
        NextStep(_("Show All Rules"), format_line("subscriptions")),
    )


def build_target(rule: Subscription) -> ActTarget:
    """What somebody acts on who changes it."""
    return ActTarget(channel=rule.channel, project=rule.scope.exact or rule.scope)


def apply_changes(rule: Rule, said: Mapping[str, Sequence[str]]) -> Rule:
    """The rule with these fields replaced; an empty one (`--branch ''`) is removed from it. Its kinds count as said."""
    return Rule.parse(drop_cleared({"only": sorted(rule.only), **rule.to_texts(), **said}))


def drop_cleared(said: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name: texts for name, texts in said.items() if not texts or any(text.strip() for text in texts)}


async def plan(context: Context, project: str | None, rule: Rule) -> tuple[Subscription, VisibleScope]:
    """The new rule for the place where the person asks, and what they can see of its projects."""
    request = context.request
    scope = await rule_scopes.resolve(
        context, project, lambda slug: format_line("subscribe", slug, **rule.to_options())
    )
    seen = await rule_scopes.fetch_visible(context.circleci, scope)
    await context.rights.check_act(ActTarget(project=scope.exact or scope))
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


async def create(context: Context, wanted: Subscription, seen: VisibleScope) -> tuple[Subscription, Told]:
    """Made, or found as it was made before; and what is told of it.

    Raises TargetError where nobody would get its messages.
    """
    reachability.check_reachable(context, wanted.channel)
    zone, told = await _find_zone(context, wanted), Told()
    async with context.store.begin() as tx:
        await _propose_zone(tx, wanted, zone)
        known = await tx.subscriptions.find_same(wanted)
        stored = await tx.subscriptions.insert(wanted)
        await tx.coverage.cover(stored.id, () if stored.scope.exact else seen.projects, wanted.made_at)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, wanted.made_at)
        if known is None:
            text = partial(announcement_blocks.format_rule_created, context.request.user, stored, _get_names(seen))
            said = Announcement(act="subscribe", text=text)
            told = await _announce(tx, context, stored, before={_get_thing(stored): None}, said=said)
    context.wake()
    return stored, told


async def change(
    context: Context, before: Subscription, wanted: Subscription, *, seen: VisibleScope
) -> tuple[Subscription, Told]:
    """The same rule, saying something else from now on, and what is told of it.

    The person who changes it becomes its owner: it covers what they can see.
    Raises TargetError when another rule is the same.
    """
    rule = replace(wanted, id=before.id, channel=before.channel)
    zone, names, user = await _find_zone(context, rule), _get_names(seen), context.request.user
    said = Announcement(
        act="subscribe",
        text=partial(announcement_blocks.format_rule_changed, user, rule, names),
        owner=before.made_by,
        owner_text=partial(announcement_blocks.format_for_owner, "changed", user, before, names),
    )
    async with context.store.begin() as tx:
        await _propose_zone(tx, rule, zone)
        same = await tx.subscriptions.find_same(rule)
        if same and same.id != rule.id:
            raise TargetError(
                _("Rule {number} says this already.", number=same.id),
                NextStep(_("Remove Rule {number}", number=rule.id), format_line("unsubscribe", str(rule.id))),
            )
        things = [_get_thing(rule), Thing(ThingKind.BOARD)]
        was = await thing_states.load_states(tx, rule.place, things, rule.made_at)
        await tx.subscriptions.update(rule)
        await _move_boards(tx, before, rule)
        await problem_notices.close(tx, rule, ProblemKind, rule.made_at)
        await tx.coverage.cover(rule.id, () if rule.scope.exact else seen.projects, rule.made_at)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, rule.made_at)
        told = await _announce(tx, context, rule, before=was, said=said)
    context.wake()
    return rule, told


async def _move_boards(tx: Tx, before: Subscription, rule: Subscription) -> None:
    """Where the rule follows its project to a new name, the workspace's boards of that project do, too."""
    old, new = before.scope.exact, rule.scope.exact
    problems = (await tx.rule_problems.list_for_rules([rule.id])).get(rule.id, [])
    renamed = any(one.reason == ProblemReason.RENAMED and one.detail == str(new) for one in problems)
    if old and new and renamed:
        await tx.boards.move(rule.workspace, old, new)


async def remove(context: Context, rule: Subscription, names: Names) -> Told:
    """Remove it with its mute, and say in its channel who did."""
    request, now, told = context.request, context.clock.now(), Told()
    things = [Thing(ThingKind.RULE, str(rule.id)), Thing(ThingKind.MUTE, str(rule.id))]
    said = Announcement(
        act="unsubscribe",
        text=partial(announcement_blocks.format_rule_removed, request.user, rule, names),
        owner=rule.made_by,
        owner_text=partial(announcement_blocks.format_for_owner, "removed", request.user, rule, names),
    )
    async with context.store.begin() as tx:
        before = await thing_states.load_states(tx, rule.place, things, now)
        await problem_notices.close(tx, rule, ProblemKind, now, how=rule_problem_blocks.REMOVED)
        if await tx.subscriptions.delete(rule.workspace, rule.channel, rule.id):
            await tx.mutes.delete_for_rule(rule.workspace, rule.id)
            changes = await thing_states.list_changes(tx, rule.place, before, now)
            told = await channel_announcement.announce(tx, context, rule.channel, changes=changes, said=said)
    context.wake()
    return told


def _get_names(seen: VisibleScope) -> Names:
    return {seen.projects[0]: seen.name} if seen.name else {}


async def take_over(context: Context, rule: Subscription, seen: VisibleScope) -> Told:
    """Make the person its owner, and tell the channel.

    Raises TargetError when somebody was quicker.
    """
    request, now, names = context.request, context.clock.now(), _get_names(seen)
    said = Announcement(
        act="takeover",
        text=partial(announcement_blocks.format_rule_taken_over, request.user, rule, names),
        owner=rule.made_by,
        owner_text=partial(announcement_blocks.format_for_owner, "taken over", request.user, rule, names),
    )
    async with context.store.begin() as tx:
        was = await _load_states(tx, context, rule)
        if not await tx.subscriptions.transfer(rule, request.user):
            raise TargetError(
                _("Somebody has just changed rule {number}.", number=rule.id),
                NextStep(_("Show All Rules"), format_line("subscriptions")),
            )
        exact = rule.scope.exact
        await tx.coverage.cover(rule.id, [exact] if exact else seen.projects, now)
        for project in seen.projects:
            await tx.polled_projects.upsert(project, now)
        await problem_notices.close(tx, rule, [ProblemKind.OWNER], now)
        told = await _announce(tx, context, rule, before=was, said=said)
    context.wake()
    return told


def _get_thing(rule: Subscription) -> Thing:
    return Thing(ThingKind.RULE, str(rule.id))


async def _load_states(tx: Tx, context: Context, rule: Subscription) -> dict[Thing, State]:
    return await thing_states.load_states(tx, rule.place, [_get_thing(rule)], context.clock.now())


async def _announce(
    tx: Tx, context: Context, rule: Subscription, *, before: thing_states.States, said: Announcement
) -> Told:
    changes = await thing_states.list_changes(tx, rule.place, before, context.clock.now())
    return await channel_announcement.announce(tx, context, rule.channel, changes=changes, said=said)


async def _find_zone(context: Context, rule: Subscription) -> str | None:
    """The time zone of the person who asks for a digest; it counts where the channel has set none."""
    return await find_own_zone(context) if rule.rule.to == DIGEST else None


async def _propose_zone(tx: Tx, rule: Subscription, zone: str | None) -> None:
    if zone:
        await tx.hours.insert_zone(rule.workspace, rule.channel, zone)
