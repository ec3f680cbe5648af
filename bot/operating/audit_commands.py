"""`circlebot audit`: the record of every act and refusal, handed out; and whether it is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from cyclopts import App, Parameter

from bot.actions.audit_reading import FoundBreaks, find_breaks, iter_rows, verify_chain
from bot.domain import audit_export
from bot.domain.audit_chain import ACCEPTED, RESTORED, ChainFault, ChainReading
from bot.domain.audit_records import AuditKind
from bot.operating import serve, settings_problems
from bot.operating.confirmation import ask_first
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.operator_records import record_done, record_operation
from bot.operating.process import CommandFailed, run_async
from bot.rules.durations import find_span
from bot.settings import Settings
from bot.store.store import Store
from bot.untrusted.masking import mask_secrets

audit = App(name="audit", help="The record of every act and refusal, and whether it is whole.")

_WHOLE = "each as it was written"
_LOST_END = "where the chain ends"

Workspace = Annotated[str | None, Parameter(help="Its id (T…), or * for what operators did; without it, all of them.")]


@audit.default
def print_rows(
    *,
    since: Annotated[str | None, Parameter(help="From this moment on (2026-01-31, UTC), or the last 7d.")] = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), help="A line of JSON for each row.")] = False,
    as_csv: Annotated[bool, Parameter("--csv", negative=(), help="As a table for spreadsheets.")] = False,
    workspace: Workspace = None,
) -> None:
    """Print every act and refusal, the oldest first."""
    if as_json and as_csv:
        raise CommandFailed("choose --json or --csv.")
    if as_csv:
        say(audit_export.CSV_HEAD)
    write = audit_export.to_json if as_json else audit_export.to_csv if as_csv else audit_export.to_line
    run_async(_print_rows(_load_settings(), since, workspace, write=write))


@audit.command
def verify(
    *,
    head: Annotated[str | None, Parameter(help="A hash that was kept or posted: one row must have it.")] = None,
    workspace: Workspace = None,
) -> None:
    """Check that each row is what and where it was written; exit 1 and name the first that is not."""
    if not run_async(_verify_all(_load_settings(), workspace, head)):
        sys.exit(1)


@audit.command(name="accept")
def mark_breaks(
    workspace: Annotated[str, Parameter(help="The chain's id (T…), or * for what operators did.")],
    *,
    why: Annotated[str, Parameter(help="What happened, for whoever reads the record.")],
    yes: Annotated[bool, Parameter("--yes", negative=(), help="Do not ask whether it is meant.")] = False,
) -> None:
    """Accept that rows of a chain were changed or are missing: a row says where and why, and the chain goes on."""
    settings = _load_settings()
    found = run_async(_find_breaks(settings, workspace))
    if not (found.breaks or found.is_head_wrong):
        raise CommandFailed(f"{mask_secrets(workspace)[:64]}: there is no break that is not accepted.")
    for said in [str(one) for one in found.breaks] or [_LOST_END]:
        say(f"{workspace}: {said}")
    ask_first("Accept this?", yes=yes)
    run_async(_accept(settings, workspace, why, found))
    say(f"The record of {workspace} says so, and goes on. It stays to be seen: circlebot audit verify.")


@audit.command(name="head")
def print_heads(*, workspace: Workspace = None) -> None:
    """Print the last hash of each chain: kept elsewhere, it shows later whether rows were cut off."""
    for line in run_async(_list_heads(_load_settings(), workspace)):
        say(line)


async def _find_breaks(settings: Settings, workspace: str) -> FoundBreaks:
    async with serve.open_store(settings) as store:
        return await find_breaks(store, workspace)


async def _accept(settings: Settings, workspace: str, why: str, shown: FoundBreaks) -> None:
    async with serve.open_store(settings) as store:
        await record_breaks(store, workspace, why, shown=shown)


async def record_breaks(store: Store, workspace: str, why: str, *, shown: FoundBreaks) -> None:
    """All that was shown, a row for each; upkeep then reads the chain from its first row. Raises CommandFailed."""
    found, now = await find_breaks(store, workspace), await store.now()
    if not found.is_same(shown):
        raise CommandFailed(f"{workspace} changed while you looked: nothing is accepted. Look at it again.")
    told = [(str(one), [one]) for one in found.breaks] or [(_LOST_END, [])]
    async with store.begin() as tx:
        if found.head and found.is_head_wrong:
            await tx.audit.set_head(found.head)
        for said, breaks in told:
            what, detail = f"accepted: {said} ({why})", {ACCEPTED: breaks}
            record_operation(tx, ACCEPTED, now, workspace=workspace, kind=AuditKind.CHAIN, what=what, detail=detail)
        await tx.audit_checks.delete(workspace)


def _load_settings() -> Settings:
    return require_settings(settings_problems.find_store_problems)


async def _print_rows(
    settings: Settings, since: str | None, workspace: str | None, *, write: audit_export.Write
) -> None:
    async with serve.open_store(settings) as store:
        start, count = _parse_since(since, await store.now()), 0
        for chain in await _list_chains(store, workspace):
            async for row in iter_rows(store, chain):
                if start is None or row.record.at >= start:
                    say(write(row))
                    count += 1
        asked = " ".join(filter(None, [workspace or "all workspaces", since and f"since {since}"]))
        await record_done(store, "audit", what=f"{count} rows of {asked}")


def _parse_since(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    span = find_span(text)
    try:
        moment = now - span if span else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise CommandFailed(f"--since {text}: write 2026-01-31, 2026-01-31T14:00 or 7d.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


async def _list_chains(store: Store, workspace: str | None) -> list[str]:
    if workspace:
        return [workspace]
    async with store.begin_read() as tx:
        return await tx.audit.list_chains()


async def _list_heads(settings: Settings, workspace: str | None) -> list[str]:
    async with serve.open_store(settings) as store, store.begin_read() as tx:
        heads = await tx.audit.list_heads()
    return [f"{one.workspace} {one.seq} {one.hash}" for one in heads if workspace in {None, one.workspace}]


async def _verify_all(settings: Settings, workspace: str | None, head: str | None) -> bool:
    async with serve.open_store(settings) as store:
        read = {chain: await verify_chain(store, chain, head) for chain in await _list_chains(store, workspace)}
    for chain, (reading, fault) in read.items():
        say("\n".join(_format_reading(chain, reading, fault)))
    is_found = head is None or any(reading.found for reading, _fault in read.values())
    if not is_found:
        say(f"No row has the hash {head}: the end up to it was cut off, or written anew since.")
    return is_found and not any(fault for _reading, fault in read.values())


def _format_reading(chain: str, reading: ChainReading, fault: ChainFault | None) -> Iterator[str]:
    if fault:
        yield f"{chain}: {fault.said}. The {reading.count} rows before that are as they were written."
    else:
        fits = f"whole but for {len(reading.accepted)} accepted breaks" if reading.accepted else _WHOLE
        yield f"{chain}: {reading.count} rows, {fits}. Head: {reading.hash}"
    for mark in reading.marks:
        if mark.record.act in {RESTORED, ACCEPTED}:
            yield f"{chain}: row {mark.seq} says: {mark.record.what}."
