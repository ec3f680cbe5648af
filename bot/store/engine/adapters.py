"""What the store speaks with, on either database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Dialect, Executable, ScalarResult

Answer = TypeVar("Answer")


class DatabaseConnection(Protocol):
    """A transaction's connection, as far as we use it of SQLAlchemy's AsyncConnection."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]: ...

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any: ...

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> ScalarResult[Any]: ...

    async def run_sync(self, function: Callable[..., Answer], /, *given: Any) -> Answer: ...


class DatabaseEngine(Protocol):
    """Opens transactions: committed at the end of the block, rolled back when it raises."""

    @property
    def dialect(self) -> Dialect: ...

    def begin(self) -> AbstractAsyncContextManager[DatabaseConnection]: ...

    async def dispose(self) -> None: ...
