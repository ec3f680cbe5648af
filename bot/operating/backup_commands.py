"""`circlebot backup`, `circlebot restore` and `circlebot move`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.actions.known_heads import build_known_heads
from bot.operating import database_copies, serve, settings_problems
from bot.operating.console import say
from bot.operating.environment import require_settings
from bot.operating.operator_records import record_done
from bot.operating.process import CommandFailed, run_async
from bot.settings import Settings


def backup(file: Annotated[Path, Parameter(help="A new file, which only its owner may read.")]) -> None:
    """Copy the database into FILE while circlebot runs; `circlebot restore FILE` brings it back."""
    run_async(_back_up(require_settings(settings_problems.find_store_problems), file))
    say(f"The database is in {file}. Keep ENCRYPTION_KEYS elsewhere: its secrets open with nothing else.")


def restore(
    file: Annotated[Path | None, Parameter(help="What `circlebot backup` wrote.")] = None,
    *,
    since: Annotated[
        datetime | None,
        Parameter(help="When the database was put back otherwise (pg_restore): its moment, UTC."),
    ] = None,
) -> None:
    """Bring a backup into the empty database of DATABASE_URL; what was posted since is not posted again."""
    settings = require_settings(settings_problems.find_store_problems)
    made_at = run_async(_restore(settings, file, since and since.replace(tzinfo=since.tzinfo or UTC)))
    say(f"The database is as it was at {made_at:%Y-%m-%d %H:%M} UTC. Start circlebot: it catches up by itself.")


def move(file: Annotated[Path, Parameter(help="An SQLite database that no process uses any more.")]) -> None:
    """Bring the SQLite database FILE into the empty one of DATABASE_URL, such as PostgreSQL."""
    count = run_async(_move(require_settings(settings_problems.find_store_problems), file))
    say(f"{count:,} rows are in the database of DATABASE_URL. The old one is {file}.moved now.")


async def _back_up(settings: Settings, file: Path) -> None:
    async with serve.open_store(settings) as store:
        await database_copies.copy_into_backup(store, settings, file)
        await record_done(store, "backup", what=file.name)


async def _move(settings: Settings, file: Path) -> int:
    count = await database_copies.move(settings, file)
    async with serve.open_store(settings) as store:
        await record_done(store, "move", what=f"{count} rows of {file.name}")
    return count


async def _restore(settings: Settings, file: Path | None, since: datetime | None) -> datetime:
    if file and not since:
        since = await database_copies.restore(settings, file)
    elif file or not since:
        raise CommandFailed("name either the FILE that `circlebot backup` wrote, or --since.")
    await build_known_heads(settings).replace(())
    async with serve.open_store(settings) as store:
        await database_copies.mark_restored(store, since)
    return since
