"""What the file wants, held against what the database has; then done, or only told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain import ProjectSlug, Scope
from bot.errors import UsageError
from bot.operating.as_code.document import Day, Document, Grant, Place, Saved, read, rule_of
from bot.rules.placement import QUIET
from bot.rules.policy import Policy, knows
from bot.rules.quiet_hours import Hours, said, span
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from bot.store.presets import Preset
from bot.store.store import Store, Tx

Row = Place | Grant | Saved | Day


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan: `sign` is `+`, `-` or `=`."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


async def apply(
    store: Store,
    text: str,
    *,
    commands: Collection[str],
    installed: Collection[str],
    now: datetime,
    dry_run: bool = False,
) -> list[Change]:
    """Bring the database to what the file says, in one transaction. Raises UsageError, and then changes nothing."""
    documents = read(text)
    _check(documents, commands)
    _check_workspaces(documents, installed)
    async with store.read() if dry_run else store.begin() as tx:
        planned = [await _planned(tx, document) for document in documents]
        if not dry_run:
            for document, changes in zip(documents, planned, strict=True):
                await _carry_out(tx, document, changes, now)
    return [change for changes in planned for change in changes]


def _check(documents: list[Document], commands: Collection[str]) -> None:
    """A policy for a command that does not exist would protect nothing, and nobody would notice."""
    for document in documents:
        for grant in document.policy or ():
            if not knows(grant.command, commands):
                raise UsageError(f"policy: there is no command `{grant.command}`")
        for wanted in (document.subscriptions, document.policy, document.presets, document.hours):
            _check_twice([_words(one) for one in wanted or ()])
        _check_twice([f"preset {preset.name}" for preset in document.presets or ()])
        _check_twice([f"hours of {day.channel}" for day in document.hours or ()])
    _check_twice([f"workspace {document.workspace}" for document in documents])


def _check_workspaces(documents: list[Document], installed: Collection[str]) -> None:
    """What is written for a workspace that we do not live in is never read."""
    for one in documents:
        if one.workspace not in installed:
            where = f"it is in {', '.join(sorted(installed))}" if installed else "it is in none that is known here"
            raise UsageError(f"workspace {one.workspace}: circlebot is not installed there; {where}.")


def _check_twice(words: list[str]) -> None:
    if twice := next((one for one in words if words.count(one) > 1), None):
        raise UsageError(f"{twice}: stands there twice")


async def _planned(tx: Tx, document: Document) -> list[Change]:
    workspace = document.workspace
    rules = [_rule_words(one) for one in await tx.subscriptions.of_workspace(workspace)]
    grants = [_words(as_grant(one)) for one in await tx.policies.of(workspace)]
    saved = [_words(as_saved(one)) for one in await tx.presets.of(workspace)]
    days = [_words(as_day(*one)) for one in (await tx.hours.of_workspace(workspace)).items()]
    return [
        *_compared(rules, document.subscriptions),
        *_compared(grants, document.policy),
        *_compared(saved, document.presets),
        *_compared(days, document.hours),
    ]


def _compared(have: list[str], wanted: tuple[Row, ...] | None) -> list[Change]:
    """Removed ones first, then the file's in its order; nothing for a section that is left out."""
    if wanted is None:
        return []
    want = [_words(one) for one in wanted]
    gone = [Change("-", words) for words in have if words not in want]
    return gone + [Change("=" if words in have else "+", words) for words in want]


async def _carry_out(tx: Tx, document: Document, changes: list[Change], now: datetime) -> None:
    words = {change.text: change.sign for change in changes}
    for rule in await tx.subscriptions.of_workspace(document.workspace):
        if words.get(_rule_words(rule)) == "-":
            await tx.subscriptions.remove(document.workspace, rule.channel, rule.id)
    for one in document.subscriptions or ():
        if words[_words(one)] == "+":
            await _add(tx, _subscription(document.workspace, one, now), now)
    if document.policy is not None:
        await tx.policies.replace_all(document.workspace, [_policy(document.workspace, one) for one in document.policy])
    if document.presets is not None:
        await tx.presets.replace_all(document.workspace, [_preset(document.workspace, one) for one in document.presets])

    if document.hours is not None:
        await _set_hours(tx, document.workspace, document.hours, now)


async def _set_hours(tx: Tx, workspace: str, days: Iterable[Day], now: datetime) -> None:
    """What quiet hours kept that are no more is looked at again."""
    wanted = {day.channel: Hours(day.zone, span(day.quiet) if day.quiet else None, day.weekends) for day in days}
    before = await tx.hours.of_workspace(workspace)
    for channel in before.keys() - wanted.keys():
        await tx.hours.forget(workspace, channel)
    for channel, hours in wanted.items():
        await tx.hours.set(workspace, channel, hours)
    for channel in before.keys() | wanted.keys():
        if before.get(channel) != wanted.get(channel):
            await tx.kept.hurry(workspace, channel, QUIET, now)


async def _add(tx: Tx, rule: Subscription, now: datetime) -> None:
    """A rule for several projects is told what it covers by bot/notify/upkeep/rule_coverage.py."""
    if project := rule.scope.exact:
        await tx.watches.ensure(project, now)
    await tx.subscriptions.add(rule)


def _words(row: Row) -> str:
    """A row in one line. Two rows that say the same are the same row."""
    match row:
        case Place():
            return _say_rule(row.channel, row.project, rule_of(row))
        case Grant():
            return f"policy {row.command} in {row.channel} for {','.join(sorted(row.users)) or 'nobody'}"
        case Saved():
            ref = f" branch={row.branch}" if row.branch else f" tag={row.tag}" if row.tag else ""
            pairs = "".join(f" {name}={value}" for name, value in sorted(row.parameters.items()))
            return f"preset {row.name} {row.project}{ref}{pairs}"
        case Day():
            quiet, weekends = f" {row.quiet}" if row.quiet else "", " --weekends" if row.weekends else ""
            return f"hours {row.channel}{quiet}{weekends} --zone {row.zone}"


def _rule_words(rule: Subscription) -> str:
    return _say_rule(rule.channel, str(rule.scope), rule.rule)


def _say_rule(channel: str, project: str, rule: Rule) -> str:
    return f"subscription {channel} {project} {rule.as_typed()}".rstrip()


def as_grant(policy: Policy) -> Grant:
    return Grant.model_construct(command=policy.command, channel=policy.channel, users=policy.users)


def as_saved(preset: Preset) -> Saved:
    return Saved.model_construct(
        name=preset.name,
        project=str(preset.project),
        branch=preset.branch,
        tag=preset.tag,
        parameters=dict(preset.parameters),
    )


def as_day(channel: str, hours: Hours) -> Day:
    quiet = said(hours.quiet) if hours.quiet else None
    return Day.model_construct(channel=channel, zone=hours.zone, quiet=quiet, weekends=hours.weekends)


def _subscription(workspace: str, wanted: Place, now: datetime) -> Subscription:
    return Subscription(
        id=0,
        workspace=workspace,
        channel=wanted.channel,
        scope=Scope.parse(wanted.project),
        rule=rule_of(wanted),
        made_by=wanted.made_by,
        made_at=now,
    )


def _policy(workspace: str, grant: Grant) -> Policy:
    return Policy(workspace, grant.command, grant.channel, grant.users)


def _preset(workspace: str, saved: Saved) -> Preset:
    return Preset(workspace, saved.name, ProjectSlug.parse(saved.project), saved.branch, saved.tag, saved.parameters)


def summary(changes: Iterable[Change]) -> str:
    signs = [change.sign for change in changes]
    return f"{signs.count('+')} to add, {signs.count('-')} to remove, {signs.count('=')} as they are"
