"""What SQLAlchemy does for a statement each time it is executed, done once: a simulated run executes hundreds.

A statement that is a constant of the store is kept as SQL, with what turns values into SQLite's and back. All else, and
whatever fails, is SQLAlchemy's, so that answers and errors are the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine.result import IteratorResult, ResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

_Keys = tuple[str, ...]
_Process = Callable[[Any], Any]


class QuickResult(IteratorResult[Any]):
    """As far as the store uses a CursorResult."""

    def __init__(self, metadata: ResultMetaData, rows: Iterator[Any], rowcount: int) -> None:
        super().__init__(metadata, rows)
        self.rowcount = rowcount


@dataclass(frozen=True, slots=True)
class _Bind:
    """Where a value comes from: what is given as `key`, or a constant of the statement."""

    name: str
    key: str | None
    constant: Any
    process: _Process | None

    def find(self, given: Mapping[str, Any]) -> Any:
        return self.constant if self.key is None else given[self.key]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Of a statement with parameters of these names. `expands`: it has a list among them (IN)."""

    compiled: SQLCompiler
    binds: tuple[_Bind, ...]
    metadata: ResultMetaData
    expands: bool

    def execute(self, driver: sqlite3.Connection, given: Mapping[str, Any]) -> QuickResult:
        cursor = driver.execute(*(self._expand(given) if self.expands else (self.compiled.string, self._bind(given))))
        rows = cursor.fetchall()
        return QuickResult(self.metadata, iter(rows), cursor.rowcount)

    def _bind(self, given: Mapping[str, Any]) -> list[Any]:
        return [one.find(given) if one.process is None else one.process(one.find(given)) for one in self.binds]

    def _expand(self, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
        values = {one.name: one.find(given) for one in self.binds}
        expanded = self.compiled._process_parameters_for_postcompile(values)
        processes = {**self.compiled._bind_processors, **expanded.processors}
        names = expanded.positiontup or ()
        bound = [processes[name](values[name]) if name in processes else values[name] for name in names]
        return expanded.statement, bound


@cache
def _share_plans() -> WeakKeyDictionary[Any, dict[_Keys, _Plan | None]]:
    return WeakKeyDictionary()


class QuickStatements:
    """On this connection of SQLAlchemy's, whose driver's connection is `driver`."""

    def __init__(self, connection: Connection, driver: sqlite3.Connection) -> None:
        self._connection = connection
        self._driver = driver
        self._plans = _share_plans()

    def execute(self, statement: Executable, given: Any) -> CursorResult[Any] | QuickResult:
        """One that is executed for the second time is a constant, most likely."""
        if not (given is None or isinstance(given, dict)):
            return self._connection.execute(statement, given)
        given = given or {}
        plans = self._plans.get(statement)
        if plans is None:
            self._plans[statement] = {}
            return self._connection.execute(statement, given)
        keys = tuple(given)
        if keys not in plans:
            return self._plan(statement, given, plans)
        if (plan := plans[keys]) is None:
            return self._connection.execute(statement, given)
        try:
            return plan.execute(self._driver, given)
        except sqlite3.Error:
            return self._connection.execute(statement, given)

    def _plan(
        self, statement: Executable, given: Mapping[str, Any], plans: dict[_Keys, _Plan | None]
    ) -> CursorResult[Any]:
        result = self._connection.execute(statement, given)
        plans[tuple(given)] = _build_plan(result, given)
        return result


def _build_plan(result: CursorResult[Any], given: Mapping[str, Any]) -> _Plan | None:
    """None where values are made for each row (defaults of columns)."""
    context: Any = result.context
    compiled: SQLCompiler = context.compiled
    if compiled.insert_prefetch or compiled.update_prefetch or not compiled.positional:
        return None
    expands = bool(compiled.post_compile_params or compiled.literal_execute_params)
    values = compiled.construct_params(dict(given), extracted_parameters=context.extracted_parameters)
    keys = {name: _find_key(bind.key, name, given) for bind, name in compiled.bind_names.items()}
    processors: Mapping[str, Any] = compiled._bind_processors
    binds = (_Bind(name, keys[name], values[name], processors.get(name)) for name in compiled.positiontup or ())
    return _Plan(compiled, tuple(binds), result._metadata, expands)


def _find_key(key: str, name: str, given: Mapping[str, Any]) -> str | None:
    return next((one for one in (key, name) if one in given), None)
