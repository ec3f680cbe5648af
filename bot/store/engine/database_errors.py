"""Errors of the database without the values of rows, which may hold what a person typed.

SQLAlchemy leaves parameters out where it is asked to (`hide_parameters`); what the server itself quotes is cut here.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import SQLAlchemyError

FAILURES = (SQLAlchemyError, OSError, TimeoutError)
"""What a transaction raises that the database did not take, or not in time."""


class CannotOpenDatabase(Exception):
    """The database, for a reason that is the name of its driver's error: its text may quote a password."""


_QUOTES = ("\nDETAIL:", "\nHINT:", "\nCONTEXT:")
"""Where PostgreSQL begins to quote rows, keys and arguments."""

_ARGUMENT = "query argument $"
_INPUT = "invalid input syntax for type"


def hide_values(engine: Engine) -> None:
    event.listen(engine, "handle_error", _strip_values)


def _strip_values(context: ExceptionContext) -> None:
    """The error that is raised, and those it came from, which a traceback tells as well."""
    error: BaseException | None = context.sqlalchemy_exception or context.original_exception
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.args = tuple(_strip_quoted_rows(one) if isinstance(one, str) else one for one in error.args)
        for part in ("detail", "hint", "context"):
            if getattr(error, part, None):
                setattr(error, part, None)
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def _strip_quoted_rows(text: str) -> str:
    for beginning in _QUOTES:
        text = text.partition(beginning)[0]
    for beginning in (_ARGUMENT, _INPUT):
        before, found, after = text.partition(beginning)
        text = before + found + after.partition(":")[0]
    return text


class DatabaseTrouble(Enum):
    """Why a database refuses what is written: SQLite's code or PostgreSQL's SQLSTATE begins so."""

    READ_ONLY = ("SQLITE_READONLY", "25006")
    FULL = ("SQLITE_FULL", "SQLITE_IOERR", "53100")
    BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")


def find_trouble(error: BaseException) -> DatabaseTrouble | None:
    """None for anything else: it cannot be reached, or is no database."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        code = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
        if found := next((one for one in DatabaseTrouble if code.startswith(one.value)), None):
            return found
        cause = getattr(cause, "orig", None) or cause.__cause__
    return None
