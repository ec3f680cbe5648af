"""`circlebot keys`: the keys that stored secrets are encrypted with."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import App, Parameter

from bot.clock import SystemClock
from bot.operating import serve, settings_problems
from bot.operating.confirmation import ask_first
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.operator_records import record_operation
from bot.operating.process import run_async
from bot.settings import Settings
from bot.store.sealed_columns import SecretCounts
from bot.store.vault import generate_key

keys = App(name="keys", help="The keys that stored secrets are encrypted with.")


@keys.command(name="new")
def print_new() -> None:
    """A new key for ENCRYPTION_KEYS."""
    say(generate_key())


@keys.command
def rotate() -> None:
    """Encrypt every stored secret under the first of ENCRYPTION_KEYS."""
    counts = run_async(_rotate(require_settings(settings_problems.find_store_problems)))
    say(f"{counts.first} stored secrets are under the first key.")
    if counts.later:
        say(
            f"{counts.later} are under another: a process with another first key replaced them meanwhile. Rotate again."
        )
    if counts.lost:
        say(
            f"{counts.lost} open with none of ENCRYPTION_KEYS: put the missing key back, or let their people reconnect."
        )
    if counts.later or counts.lost:
        sys.exit(1)
    say("The others may leave ENCRYPTION_KEYS.")


@keys.command
def forget(
    *, yes: Annotated[bool, Parameter("--yes", negative=(), help="Do not ask whether it is meant.")] = False
) -> None:
    """Delete the stored secrets that none of ENCRYPTION_KEYS opens: their key is lost for good."""
    settings = require_settings(settings_problems.find_store_problems)
    lost = run_async(_count(settings)).lost
    if not lost:
        say("Every stored secret opens.")
        return
    ask_first(f"Delete {lost} that open with none of ENCRYPTION_KEYS?", yes=yes)
    say(f"{run_async(_forget(settings))} are deleted. Their people connect again.")


async def _rotate(settings: Settings) -> SecretCounts:
    """Counted afterwards: people may have replaced tokens meanwhile."""
    async with serve.open_store(settings) as store, store.begin() as tx:
        await tx.sealed_columns.rotate()
        record_operation(tx, "keys rotate", SystemClock().now())
    return await _count(settings)


async def _count(settings: Settings) -> SecretCounts:
    async with serve.open_store(settings) as store, store.begin_read() as tx:
        return await tx.sealed_columns.count()


async def _forget(settings: Settings) -> int:
    async with serve.open_store(settings) as store, store.begin() as tx:
        record_operation(tx, "keys forget", SystemClock().now())
        return await tx.sealed_columns.delete_lost()
