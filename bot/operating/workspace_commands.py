"""`circlebot workspaces`: where circlebot is, what it keeps of each workspace, and how to delete all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import App, Parameter

from bot.actions.purge import PurgeReceipt, purge_workspace
from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.domain.audit_records import Door
from bot.domain.people import Installation
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.operating import serve, settings_problems
from bot.operating.confirmation import ask_first
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.process import CommandFailed, run_async
from bot.settings import Settings
from bot.slack.clients import SlackClients
from bot.slack.deactivated_users import DeactivatedUsers
from bot.store.store import Store, Tx
from bot.untrusted.masking import mask_secrets

workspaces = App(name="workspaces", help="Where circlebot is installed: list it, or delete what it keeps of one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorkspace:
    """`installed` is its own installation or its organisation's; `left_at` is when it removed the app."""

    workspace: str
    installed: Installation | None
    left_at: datetime | None
    rows: int


@workspaces.command(name="list")
def list_known() -> None:
    """List the workspaces that circlebot is in or still keeps something of."""
    settings = require_settings(settings_problems.find_store_problems)
    known = run_async(_load(settings))
    say("\n".join(_format(one, settings) for one in known) or "No workspace has installed circlebot yet.")


@workspaces.command(name="purge")
def purge(
    workspace: Annotated[str, Parameter(help="Its id (T…), as `circlebot workspaces list` shows it.")],
    *,
    now: Annotated[
        bool, Parameter("--now", negative=(), help="Delete every row, not only secrets: nothing can be put back.")
    ] = False,
    yes: Annotated[bool, Parameter("--yes", negative=(), help="Do not ask whether it is meant.")] = False,
) -> None:
    """Take circlebot out of WORKSPACE: its secrets at once, the rest after UNINSTALL_GRACE_DAYS or with --now."""
    settings = require_settings(settings_problems.find_store_problems)
    known = _check(workspace, run_async(_load(settings)))
    ends = f"{_compute_end(known.left_at or SystemClock().now(), settings):%Y-%m-%d %H:%M} UTC"
    if known.left_at and not now:
        say(f"{workspace} left already. Its {known.rows:,} rows are deleted at {ends}; --now deletes them now.")
        return
    what = f"all {known.rows:,} rows" if now else f"its secrets, and the rest at {ends}"
    ask_first(f"Delete of {workspace} {what}?", yes=yes)
    receipt = run_async(_purge(settings, known, is_final=now))
    say(_format_receipt(receipt) if receipt else f"The secrets of {workspace} are deleted. The rest goes at {ends}.")


def _check(workspace: str, known: list[KnownWorkspace]) -> KnownWorkspace:
    """Raises CommandFailed where nothing is kept of it, or an organisation keeps it in."""
    found = next((one for one in known if one.workspace == workspace), None)
    if found is None:
        shown = mask_secrets(workspace)[:64]
        raise CommandFailed(f"nothing is kept of {shown}: `circlebot workspaces list` shows the workspaces.")
    if found.installed and found.installed.is_org_wide:
        whole = f"{found.installed.name} ({found.installed.workspace})"
        raise CommandFailed(f"{workspace} has circlebot by {whole}: first an admin of that organisation takes it out.")
    return found


def _format(one: KnownWorkspace, settings: Settings) -> str:
    kept = f"{one.rows:,} rows"
    if one.left_at:
        ends = _compute_end(one.left_at, settings)
        return f"{one.workspace:12} left {one.left_at:%Y-%m-%d}, {kept} until {ends:%Y-%m-%d}"
    if one.installed is None:
        return f"{one.workspace:12} {kept}"
    by = f"by its organisation {one.installed.workspace}" if one.installed.is_org_wide else "on its own"
    token = f", its token until {one.installed.expires_at:%H:%M} UTC" if one.installed.expires_at else ""
    since = f"{one.installed.installed_at:%Y-%m-%d}"
    return f"{one.workspace:12} {one.installed.name}, installed {by} {since}{token}, {kept}"


def _format_receipt(receipt: PurgeReceipt) -> str:
    when = f"{receipt.purged_at:%Y-%m-%d %H:%M:%S} UTC"
    rows = [f"  {count:8,}  {table}" for table, count in sorted(receipt.rows.items())]
    head = f"Deleted of {receipt.workspace} at {when}: {receipt.count:,} rows."
    kept = "The record keeps this receipt. Backups made before still hold the rows."
    return "\n".join([head, *rows, f"sha256 {receipt.hash}", kept])


def _compute_end(left_at: datetime, settings: Settings) -> datetime:
    return left_at + timedelta(days=settings.uninstall_grace_days)


async def _load(settings: Settings) -> list[KnownWorkspace]:
    async with serve.open_store(settings) as store, store.begin_read() as tx:
        left = await tx.uninstalls.list_all()
        ids = {*left, *await tx.installations.list_workspaces(), *await tx.uninstalls.list_known()}
        return [await _describe(tx, one, left.get(one)) for one in sorted(ids)]


async def _describe(tx: Tx, workspace: str, left_at: datetime | None) -> KnownWorkspace:
    rows = sum((await tx.uninstalls.count_rows(workspace)).values())
    installed = await tx.installations.find(workspace)
    return KnownWorkspace(workspace=workspace, installed=installed, left_at=left_at, rows=rows)


async def _purge(settings: Settings, known: KnownWorkspace, *, is_final: bool) -> PurgeReceipt | None:
    """Webhooks at CircleCI first, for which its people's tokens are needed; then secrets; then every row, if meant."""
    clock, workspace = SystemClock(), known.workspace
    pool = CircleCIPool(settings.circleci_url, clock=clock)
    async with serve.open_store(settings) as store:
        clients = SlackClients(api_url=settings.slack_api_url, token=None, store=store, clock=clock)
        people = DeactivatedUsers(clients, clock=clock)
        handler = UninstallHandler(store=store, pool=pool, people=people, clock=clock, holder="console")
        try:
            await _check_unchanged(store, known)
            if known.installed and not await clients.end_token(known.installed):
                say("Slack did not take its token back: an admin there can remove the app.")
            async with store.begin() as tx:
                if known.installed and not await tx.installations.delete(known.installed):
                    raise _build_changed(workspace)
            if not known.left_at:
                await handler.release([workspace])
            return await _delete_rows(store, workspace, await store.now()) if is_final else None
        finally:
            await clients.close()
            await pool.close()


async def _check_unchanged(store: Store, known: KnownWorkspace) -> None:
    """Whoever was asked may have thought for long."""
    async with store.begin_read() as tx:
        by_now = await tx.installations.find(known.workspace)
    before = known.installed
    if (by_now and by_now.installed_at) != (before and before.installed_at):
        raise _build_changed(known.workspace)


def _build_changed(workspace: str) -> CommandFailed:
    return CommandFailed(f"{workspace} was installed anew since you were asked: its rows are left as they are.")


async def _delete_rows(store: Store, workspace: str, now: datetime) -> PurgeReceipt:
    async with store.begin() as tx:
        receipt = await purge_workspace(tx, workspace, now=now, door=Door.CONSOLE)
    if receipt is None:
        raise _build_changed(workspace)
    return receipt
