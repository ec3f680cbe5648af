"""SQL as SQLAlchemy has compiled it, kept for the whole process: every engine of one kind of database says the same."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

_MOST = 2000


class _CompiledStatements(LRUCache[Any, Any]):
    """SQLAlchemy's keys begin with the engine's own dialect; ours with its class, which compiles the same."""

    def get(self, key: Any, default: Any = None) -> Any:
        dialect, *rest = key
        return super().get((type(dialect), *rest), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        dialect, *rest = key
        super().__setitem__((type(dialect), *rest), compiled)


@cache
def _get_compiled() -> _CompiledStatements:
    return _CompiledStatements(_MOST)


def share_compiled(engine: Engine) -> None:
    """To compile a statement takes longer than SQLite takes to answer it, and readers ask much of what writers ask."""
    engine.update_execution_options(compiled_cache=_get_compiled())
