"""Compares the file with the database, then applies the difference, or only shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.actions import waiting_holds
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.audit_records import Door
from bot.domain.project_marks import ProjectMark
from bot.errors import UsageError
from bot.operating.as_code.document import (
    Document,
    HoursEntry,
    MarkEntry,
    ParsedSubscription,
    PresetEntry,
    build_rule,
    parse_documents,
)
from bot.operating.operator_records import record_operation
from bot.rules.muting import DeferralReason
from bot.rules.policy_line import ANY, PolicyLine, is_known_act
from bot.rules.policy_plain import format_plain
from bot.rules.policy_version import PolicyVersion
from bot.rules.quiet_hours import QuietHours, format_quiet_hours, parse_quiet_hours
from bot.rules.rule import Rule
from bot.rules.saved_preset import Preset
from bot.rules.subscription import Subscription
from bot.store.store import Store, Tx

Row = ParsedSubscription | PolicyLine | PresetEntry | HoursEntry | MarkEntry


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan: `sign` is `+`, `-` or `=`."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


async def apply_documents(
    store: Store,
    text: str,
    *,
    commands: Collection[str],
    installed: Collection[str],
    now: datetime,
    dry_run: bool = False,
) -> list[Change]:
    """Bring the database to what the file says, in one transaction. Raises UsageError, and then changes nothing."""
    documents = parse_documents(text)
    _check_documents(documents, commands)
    _check_workspaces(documents, installed)
    async with store.begin_read() if dry_run else store.begin() as tx:
        planned = [await _plan_changes(tx, document) for document in documents]
        if not dry_run:
            for document, changes in zip(documents, planned, strict=True):
                await _commit_changes(tx, document, changes, now)
                _record(tx, document, changes, now)
    return [change for changes in planned for change in changes]


def _record(tx: Tx, document: Document, changes: list[Change], now: datetime) -> None:
    """What the file changed; applying it again changes nothing, and leaves no row."""
    if changed := [str(change) for change in changes if change.sign != "="]:
        detail = {"changed": changed}
        what, where = format_summary(changes), document.workspace
        record_operation(tx, "apply", now, workspace=where, door=Door.CODE, what=what, detail=detail)


def _check_documents(documents: list[Document], commands: Collection[str]) -> None:
    """A policy for a command that does not exist would protect nothing, and nobody would notice."""
    for document in documents:
        for line in document.policy or ():
            if not is_known_act(line.scope.act, commands):
                raise UsageError(f"policy: there is no command `{line.scope.act}`")
        for wanted in (document.subscriptions, document.policy, document.presets, document.hours, document.marks):
            _check_duplicates([_format_row(one) for one in wanted or ()])
        _check_duplicates([f"preset {one.name}{_format_channel(one)}" for one in document.presets or ()])
        _check_duplicates([f"hours of {day.channel}" for day in document.hours or ()])
    _check_duplicates([f"workspace {document.workspace}" for document in documents])


def _check_workspaces(documents: list[Document], installed: Collection[str]) -> None:
    """Rules for a workspace in which we are not installed would never be read."""
    for one in documents:
        if one.workspace not in installed:
            where = f"it is in {', '.join(sorted(installed))}" if installed else "it is not installed anywhere yet"
            raise UsageError(f"workspace {one.workspace}: circlebot is not installed there; {where}.")


def _check_duplicates(words: list[str]) -> None:
    if twice := next((one for one in words if words.count(one) > 1), None):
        raise UsageError(f"{twice}: is in the file twice")


async def _plan_changes(tx: Tx, document: Document) -> list[Change]:
    workspace = document.workspace
    rules = [_format_subscription(one) for one in await tx.subscriptions.list_for_workspace(workspace)]
    lines = [_format_row(one) for one in await tx.policy_versions.load_lines(workspace)]
    saved = [_format_row(as_preset_entry(one)) for one in await tx.presets.list_for_workspace(workspace)]
    days = [_format_row(as_hours_entry(*one)) for one in (await tx.hours.list_for_workspace(workspace)).items()]
    marks = [_format_row(as_mark_entry(one)) for one in await tx.project_marks.list_for_workspace(workspace)]
    return [
        *_compare_rows(marks, document.marks),
        *_compare_rows(rules, document.subscriptions),
        *_compare_rows(lines, document.policy),
        *_compare_rows(saved, document.presets),
        *_compare_rows(days, document.hours),
    ]


def _compare_rows(have: list[str], wanted: tuple[Row, ...] | None) -> list[Change]:
    """Removed rows first, then the file's in its order; nothing for a section that is left out."""
    if wanted is None:
        return []
    want = [_format_row(one) for one in wanted]
    gone = [Change("-", words) for words in have if words not in want]
    return gone + [Change("=" if words in have else "+", words) for words in want]


async def _commit_changes(tx: Tx, document: Document, changes: list[Change], now: datetime) -> None:
    words = {change.text: change.sign for change in changes}
    for rule in await tx.subscriptions.list_for_workspace(document.workspace):
        if words.get(_format_subscription(rule)) == "-":
            await tx.subscriptions.delete(document.workspace, rule.channel, rule.id)
    for one in document.subscriptions or ():
        if words[_format_row(one)] == "+":
            await _insert_rule(tx, _build_subscription(document.workspace, one, now), now)
    if document.policy is not None:
        await _update_policy(tx, document.workspace, document.policy, now)
    if document.presets is not None:
        await tx.presets.replace_all(
            document.workspace, [_build_preset(document.workspace, one) for one in document.presets]
        )
    if document.hours is not None:
        await _update_hours(tx, document.workspace, document.hours, now)
    if document.marks is not None:
        await _update_marks(tx, document.workspace, document.marks, now)
    await tx.boards.redraw_workspace(document.workspace)


async def _update_marks(tx: Tx, workspace: str, wanted: Iterable[MarkEntry], now: datetime) -> None:
    """Cards that stand already follow."""
    before = {(str(one.scope), one.mark) for one in await tx.project_marks.list_for_workspace(workspace)}
    after = {(str(ProjectScope.parse(one.project)), one.mark) for one in wanted}
    for text, mark in before ^ after:
        scope = ProjectScope.parse(text)
        if (text, mark) in before:
            await tx.project_marks.delete(workspace, scope, mark)
        else:
            await tx.project_marks.insert(ProjectMark(workspace, scope, mark, "", now))
        await tx.cards.mark_scope_dirty(workspace, scope)


async def _update_policy(tx: Tx, workspace: str, lines: tuple[PolicyLine, ...], now: datetime) -> None:
    """A new version, if it says something else: the order of lines says nothing."""
    newest = await tx.policy_versions.list_newest(workspace, 1)
    before = newest[0].lines if newest else ()
    if {*before} == {*lines}:
        return
    counts = {"added": len({*lines} - {*before}), "removed": len({*before} - {*lines})}
    summary = "circlebot apply: {added} added, {removed} removed".format(**counts)
    version = PolicyVersion(workspace, newest[0].number + 1 if newest else 1, lines, None, now, summary)
    if not await tx.policy_versions.insert(version):
        raise UsageError(f"workspace {workspace}: somebody has changed the policy just now; look again.")
    await waiting_holds.redraw(tx, workspace, now)


async def _update_hours(tx: Tx, workspace: str, days: Iterable[HoursEntry], now: datetime) -> None:
    """Where quiet hours changed, what they deferred is looked at again."""
    wanted = {
        day.channel: QuietHours(day.zone, parse_quiet_hours(day.quiet) if day.quiet else None, day.weekends)
        for day in days
    }
    before = await tx.hours.list_for_workspace(workspace)
    for channel in before.keys() - wanted.keys():
        await tx.hours.delete(workspace, channel)
    for channel, hours in wanted.items():
        await tx.hours.upsert(workspace, channel, hours)
    for channel in before.keys() | wanted.keys():
        if before.get(channel) != wanted.get(channel):
            await tx.digest_queue.make_due(workspace, channel, DeferralReason.QUIET, now=now)


async def _insert_rule(tx: Tx, rule: Subscription, now: datetime) -> None:
    """What a rule for several projects covers is found later, by bot/notify/upkeep/rule_coverage.py."""
    if project := rule.scope.exact:
        await tx.polled_projects.upsert(project, now)
    await tx.subscriptions.insert(rule)


def _format_row(row: Row) -> str:
    """A row in one line. Two rows that say the same are the same row."""
    match row:
        case ParsedSubscription():
            return _format_rule(row.channel, row.project, build_rule(row))
        case PolicyLine():
            return f"policy {format_plain(row)}"
        case PresetEntry():
            ref = f" branch={row.branch}" if row.branch else f" tag={row.tag}" if row.tag else ""
            pairs = "".join(f" {name}={value}" for name, value in sorted(row.parameters.items()))
            return f"preset {row.name}{_format_channel(row)} {row.project}{ref}{pairs}{_format_preset_options(row)}"
        case MarkEntry():
            return f"mark {ProjectScope.parse(row.project)} {row.mark}"
        case HoursEntry():
            quiet, weekends = f" {row.quiet}" if row.quiet else "", " --weekends" if row.weekends else ""
            return f"hours {row.channel}{quiet}{weekends} --zone {row.zone}"


def _format_channel(row: PresetEntry) -> str:
    return "" if row.channel == ANY else f" in {row.channel}"


def _format_preset_options(row: PresetEntry) -> str:
    said = {
        "definition": row.definition,
        "config-branch": row.config_branch,
        "ask": ",".join(row.ask),
        "made-by": row.made_by,
    }
    return "".join(f" --{name} {value}" for name, value in said.items() if value)


def _format_subscription(rule: Subscription) -> str:
    return _format_rule(rule.channel, str(rule.scope), rule.rule)


def _format_rule(channel: str, project: str, rule: Rule) -> str:
    return f"subscription {channel} {project} {rule.as_typed()}".rstrip()


def as_preset_entry(preset: Preset) -> PresetEntry:
    return PresetEntry.model_construct(
        name=preset.name,
        project=str(preset.project),
        channel=preset.channel or ANY,
        branch=preset.branch,
        tag=preset.tag,
        definition=preset.definition,
        config_branch=preset.config_branch,
        parameters=dict(preset.parameters),
        ask=preset.asked,
        made_by=preset.made_by,
    )


def as_hours_entry(channel: str, hours: QuietHours) -> HoursEntry:
    quiet = format_quiet_hours(hours.quiet) if hours.quiet else None
    return HoursEntry.model_construct(channel=channel, zone=hours.zone, quiet=quiet, weekends=hours.weekends)


def as_mark_entry(one: ProjectMark) -> MarkEntry:
    return MarkEntry.model_construct(project=str(one.scope), mark=one.mark)


def _build_subscription(workspace: str, wanted: ParsedSubscription, now: datetime) -> Subscription:
    return Subscription(
        id=0,
        workspace=workspace,
        channel=wanted.channel,
        scope=ProjectScope.parse(wanted.project),
        rule=build_rule(wanted),
        made_by=wanted.made_by,
        made_at=now,
    )


def _build_preset(workspace: str, saved: PresetEntry) -> Preset:
    return Preset(
        workspace=workspace,
        name=saved.name,
        project=ProjectSlug.parse(saved.project),
        branch=saved.branch,
        tag=saved.tag,
        parameters=saved.parameters,
        channel=None if saved.channel == ANY else saved.channel,
        made_by=saved.made_by,
        definition=saved.definition,
        config_branch=saved.config_branch,
        asked=saved.ask,
    )


def format_summary(changes: Iterable[Change]) -> str:
    signs = [change.sign for change in changes]
    return f"{signs.count('+')} to add, {signs.count('-')} to remove, {signs.count('=')} as they are"
