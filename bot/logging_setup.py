"""One log for everything: ours by structlog, the libraries' by logging, both to stderr in one format.

Whatever is written passes a mask last, so that a token which got into an error of a library ends here. So does what
nobody has caught: Python itself would print it past us.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.secret_hashes import opened_secrets
from bot.untrusted.token_shapes import mask_tokens

_LEAST = {
    **dict.fromkeys(("slack_sdk", "circlebot.socket", "uvicorn", "aiohttp", "sqlalchemy", "alembic"), logging.WARNING),
    **dict.fromkeys(("asyncio", "dotenv"), logging.WARNING),
    "slack_bolt": logging.ERROR,
    "slack_bolt.AsyncMultiTeamsAuthorization": logging.CRITICAL,
    "matplotlib": logging.ERROR,
}
"""What of a library's is worth telling.

At DEBUG Slack's log whole requests and answers; Bolt warns of SLACK_BOT_TOKEN in the environment, which we read
ourselves, and of workspaces that `Authorize` tells of; the others repeat what we say better. Levels of the loggers' own
would not last: Bolt sets those of its own to the root's.
"""


_OURS = {"bot", "circlebot"}

_OUT_OF_REACH = ("08", "57P", "53300")
"""How PostgreSQL's SQLSTATE begins: the connection broke, the server stops or starts, or takes no more connections."""

_LONGEST_ERROR = 300

_JSON = json.JSONEncoder(default=repr)


def configure(log_format: Literal["console", "json"], level: str = "info") -> None:
    """Set up both kinds of logging for this process, and all that Python would print itself.

    docs/logs.md says what each level means; libraries tell nothing below `info`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    finish = [fold_outage, *_build_renderers(log_format), mask_line]
    handler = logging.StreamHandler(sys.stderr)
    ours = _LineWriter(handler)
    structlog.configure(
        processors=[*shared, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_name: ours,
        cache_logger_on_first_use=False,
    )
    handler.addFilter(_is_worth_logging)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_thread_exception


class _LineWriter:
    """Where our own finished lines go: past Python's logging, whose steps take longer than making the line.

    As with a handler of its, whoever logs hears nothing of a disk that is full.
    """

    def __init__(self, handler: logging.StreamHandler[TextIO]) -> None:
        self._handler = handler

    def print_line(self, line: str) -> None:
        with self._handler.lock or nullcontext(), suppress(OSError, ValueError):
            self._handler.stream.write(f"{line}\n")
            self._handler.stream.flush()

    debug = info = warning = error = critical = print_line


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """By the nearest of its logger's names that _LEAST knows; what is not ours counts from INFO on."""
    names = record.name.split(".")
    nearest = (".".join(names[:length]) for length in range(len(names), 0, -1))
    usual = logging.NOTSET if names[0] in _OURS else logging.INFO
    return record.levelno >= next((_LEAST[name] for name in nearest if name in _LEAST), usual)


def _build_renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, _render_json]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _JSON.encode(event)


def fold_outage(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A connection that broke needs no traceback, least of all one from each of those who waited for it."""
    told = event.get("exc_info")
    error = told[1] if isinstance(told, tuple) else sys.exception() if told is True else told
    if isinstance(error, BaseException) and _is_outage(error):
        del event["exc_info"]
        event["error"] = f"{type(error).__name__}: {error}".partition("\n")[0][:_LONGEST_ERROR]
    return event


def _is_outage(error: BaseException) -> bool:
    """By what the system, SQLAlchemy, or PostgreSQL's own code of it (SQLSTATE) says."""
    origin = getattr(error, "orig", None) or error
    code = str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")
    lost = bool(getattr(error, "connection_invalidated", False))
    return lost or isinstance(origin, ConnectionError) or code.startswith(_OUT_OF_REACH)


def mask_line(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """The finished line, without any secret that this process has opened, or that looks like one."""
    return mask_tokens(opened_secrets.mask(str(line)).encode(errors="replace")).decode()


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        logging.getLogger("circlebot").critical("uncaught", exc_info=(kind, error, traceback))


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _log_unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
