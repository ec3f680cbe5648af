"""One id for each request: it is on every line that the log gets meanwhile, and under an error that others know of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import structlog

from bot.command import Request
from bot.errors import BotError, Rejected, Unavailable
from bot.tracing import add_attributes, record_span

log = structlog.get_logger(__name__)

_ID = "request"


@contextmanager
def begin_request(request: Request) -> Iterator[None]:
    """While inside, each line of the log says whose request it is, and what is traced belongs to it.

    structlog's own `bound_contextvars` looks through all that the context holds.
    """
    ids = {_ID: token_hex(4), "workspace": request.workspace, "user": request.user}
    bound = structlog.contextvars.bind_contextvars(**ids)
    try:
        with record_span("request", {"circlebot.request": ids[_ID]}):
            yield
    finally:
        structlog.contextvars.reset_contextvars(**bound)


def get_reference() -> str:
    """The id of the request that runs."""
    return str(structlog.contextvars.get_contextvars().get(_ID, ""))


def add_reference(error: BotError) -> BotError:
    """Where CircleCI failed or refused, its people or ours may be asked: they find it by this. Else it is as it was."""
    error.reference = get_reference() if isinstance(error, (Rejected, Unavailable)) else ""
    return error


def record_end(request: Request, command: str, outcome: str, error: BotError | None) -> None:
    """One line a request, without anything that was said."""
    cause = {**error.list_log_fields(), "error": type(error).__name__} if error else {}
    add_attributes({"circlebot.command": command, "circlebot.outcome": outcome})
    log.info("request.done", command=command, source=request.source.value, outcome=outcome, **cause)
