"""One log for everything: ours by structlog, the libraries' by logging, both to stderr in one format.

Whatever is written passes `masked` last, so that a token which got into an error of a library ends here. So does what
nobody has caught: Python itself would print it past us.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.opened import opened
from bot.untrusted.token_shapes import mask_tokens

_QUIET = ("slack_bolt", "slack_sdk", "circlebot.socket", "uvicorn", "aiohttp", "sqlalchemy", "alembic", "asyncio")
"""At DEBUG Slack's libraries log whole requests and answers; the others repeat what we say better."""


def configure(log_format: Literal["console", "json"]) -> None:
    """Set up both kinds of logging for this process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format), masked],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    sys.excepthook = _uncaught
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its one warning is of SLACK_BOT_TOKEN in the environment, which we read ourselves.
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.ERROR)


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def masked(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
    """The finished line, without any secret that this process has opened, or that looks like one."""
    return mask_tokens(opened.without(str(line)).encode(errors="replace")).decode()


def _uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        logging.getLogger("circlebot").critical("uncaught", exc_info=(kind, error, traceback))
