"""A migrated SQLite database: migrated once in each process of the suite, then copied.

SQL that SQLAlchemy has compiled is kept for the whole process too: each world has engines of its own, and compiling
every statement again for each of them was a tenth of the suite's time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.store.engine.migrate import upgrade

_at_head: list[bytes] = []


class _CompiledStatements(dict[Any, Any]):
    """SQLAlchemy's keys begin with the engine's own dialect; ours with its class, which compiles the same."""

    def get(self, key: Any, default: Any = None) -> Any:
        dialect, *rest = key
        return super().get((type(dialect), *rest), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        dialect, *rest = key
        super().__setitem__((type(dialect), *rest), compiled)


_compiled = _CompiledStatements()


@event.listens_for(Engine, "engine_connect")
def _share_compiled_statements(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)


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
