"""A migrated SQLite database: migrated once in each process of the suite, then copied."""

from __future__ import annotations

from pathlib import Path

from bot.store.engine.migrate import upgrade

_at_head: list[bytes] = []


async def create_database(folder: Path) -> str:
    """The URL of a fresh database in this folder."""
    path = folder / "circlebot.db"
    url = f"sqlite:///{path}"
    if _at_head:
        path.touch(0o600)
        path.write_bytes(_at_head[0])
    else:
        await upgrade(url)
        _at_head.append(path.read_bytes())
    return url
