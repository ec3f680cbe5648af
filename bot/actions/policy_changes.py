"""A new version of the policy: what it would change is found first, then it is written, and the other admins hear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.actions import waiting_holds
from bot.actions.audit_trail import record
from bot.blocks import policy_change_blocks
from bot.blocks.policy_blocks import NumberedLine
from bot.command import Context, format_line
from bot.conversation import is_person
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.rules.policy_decision import build_asker, find_own_effect
from bot.rules.policy_difference import PolicyDifference, compare_lines
from bot.rules.policy_effects import Crowd, PolicyEffects, find_effects
from bot.rules.policy_line import PolicyLine, is_group, list_groups, list_whom
from bot.rules.policy_plain import format_plain
from bot.rules.policy_version import PolicyVersion
from bot.store.store import Tx

MOST_LINES = 200
_LONGEST_SUMMARY = 500


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """`seen` is the version that it changes, 0 before the first."""

    seen: int
    lines: tuple[PolicyLine, ...]
    difference: PolicyDifference
    effects: PolicyEffects


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else wrote a version after the one that was `seen`."""

    seen: int
    newest: PolicyVersion
    meanwhile: PolicyDifference


async def load_newest(context: Context) -> PolicyVersion:
    """The one that counts; number 0, without lines, where nobody ever wrote one."""
    async with context.store.begin_read() as tx:
        return await _load_newest(tx, context)


async def _load_newest(tx: Tx, context: Context) -> PolicyVersion:
    newest = await tx.policy_versions.list_newest(context.request.workspace, 1)
    return newest[0] if newest else _build_empty(context)


def _build_empty(context: Context) -> PolicyVersion:
    return PolicyVersion(context.request.workspace, 0, (), None, context.clock.now())


async def load_version(context: Context, number: int) -> PolicyVersion:
    """Raises TargetError. Number 0 is what counts before the first."""
    workspace = context.request.workspace
    async with context.store.begin_read() as tx:
        found = await tx.policy_versions.find(workspace, number)
    if found:
        return found
    if number == 0:
        return _build_empty(context)
    raise TargetError(
        _("There is no version {number} of the policy.", number=number),
        NextStep(_("Show History"), format_line("policy", "history")),
    )


async def plan(context: Context, seen: PolicyVersion, difference: PolicyDifference) -> PolicyPlan:
    """Raises TargetError for what changes nothing, UsageError for more lines than anybody reads."""
    after = difference.apply(seen.lines)
    if compare_lines(seen.lines, after).is_empty:
        raise TargetError(_("The policy says that already."), NextStep(_("Show Policy"), format_line("policy")))
    if len(after) > MOST_LINES:
        raise UsageError(_("A policy has {most} lines at most.", most=MOST_LINES))
    crowd = await load_crowd(context, [*seen.lines, *after])
    effects = find_effects(seen.lines, after, crowd)
    changed = compare_lines(seen.lines, after)
    unknown = await context.rights.list_unknown({who for line in changed.added for who in list_whom(line)})
    return PolicyPlan(seen.number, after, changed, replace(effects, unknown=tuple(unknown)))


async def load_crowd(context: Context, lines: Iterable[PolicyLine]) -> Crowd:
    """Who is connected here, and the admins, with the groups that the lines name."""
    async with context.store.begin_read() as tx:
        connected = await tx.accounts.list_active_people(context.request.workspace)
    named, now = {*context.rights.admins}, context.clock.now()
    groups = await context.rights.load_groups(list_groups(lines) | {*filter(is_group, named)})
    leading = {user for one in groups if one.id in named for user in one.members if one.is_trusted(now)}
    users = dict.fromkeys([*(one.user for one in connected), *filter(is_person, context.rights.admins)])
    people = [build_asker(user, groups, now) for user in users]
    return Crowd(people, [one for one in people if one.user in named | leading], now)


async def commit(context: Context, planned: PolicyPlan, summary: str) -> PolicyVersion | Overtaken:
    """The version that counts from now on; or what somebody else wrote first, then nothing is written."""
    request, now = context.request, context.clock.now()
    new = PolicyVersion(
        workspace=request.workspace,
        number=planned.seen + 1,
        lines=planned.lines,
        changed_by=request.user,
        changed_at=now,
        summary=summary[:_LONGEST_SUMMARY],
    )
    async with context.store.begin() as tx:
        newest = await _load_newest(tx, context)
        is_written = newest.number == planned.seen and await tx.policy_versions.insert(new)
        if is_written:
            await _tell_admins(tx, context, new, planned.difference)
            _record(tx, context, new, planned.difference)
            await waiting_holds.redraw(tx, new.workspace, now)
    if not is_written:
        return await load_overtaken(context, planned.seen)
    context.wake()
    return new


async def load_overtaken(context: Context, seen: int) -> Overtaken:
    """What was written since a version that somebody looked at."""
    newest, looked_at = await load_newest(context), await load_version(context, seen)
    return Overtaken(seen, newest, compare_lines(looked_at.lines, newest.lines))


def _record(tx: Tx, context: Context, new: PolicyVersion, difference: PolicyDifference) -> None:
    added, removed = ([*map(format_plain, listed)] for listed in (difference.added, difference.removed))
    changed = [*(f"+ {one}" for one in added), *(f"- {one}" for one in removed)]
    what = f"version {new.number}: {', '.join(changed)}"
    record(context, tx, AuditKind.POLICY, what=what, detail={"added": added, "removed": removed})


async def _tell_admins(tx: Tx, context: Context, new: PolicyVersion, difference: PolicyDifference) -> None:
    """Each of the others, in their direct messages."""
    for user in context.rights.admins:
        if is_person(user) and user != new.changed_by:
            await tx.outbox.insert(
                f"policy:{new.workspace}:{new.number}:{user}",
                new.workspace,
                user,
                message=partial(policy_change_blocks.render_told, new, difference),
                now=new.changed_at,
            )


def get_line(lines: Sequence[PolicyLine], number: int) -> PolicyLine | None:
    """As the table numbers them."""
    return lines[number - 1] if 1 <= number <= len(lines) else None


def select_own(context: Context, lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """Those that say something to whoever asks, with what it is."""
    asker = context.rights.asker
    return [one._replace(says=says) for one in lines if (says := find_own_effect(one.line, asker))]
