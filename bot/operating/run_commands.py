"""`circlebot run`, `web` and `worker`: what runs for months, so what it imports is held for months.

They take no arguments. The command line, which reads arguments and prints help, is not imported here: it takes 10 MB.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import structlog

from bot import logging_setup
from bot.errors import UsageError
from bot.operating import environment, serve, settings_problems
from bot.operating.process import AddressInUse, CommandFailed, run_async
from bot.store.engine.sqlite_lock import AnotherWorker
from bot.store.vault import VaultError

log = structlog.get_logger("circlebot")

REPORTED_ERRORS = (CommandFailed, AddressInUse, AnotherWorker, UsageError, VaultError)
"""What the operator can fix: its sentence is shown, without a traceback."""


def run_everything() -> None:
    """Everything in one process: Slack, HTTP routes, poller and delivery.

    Metrics and the reasons of readiness are at ADMIN_PORT (9090, loopback only) of this and of the other two.
    """
    _run_process(
        serve.EVERYTHING,
        settings_problems.find_store_problems,
        settings_problems.find_sending_problems,
        settings_problems.find_receiving_problems,
    )


def web() -> None:
    """The half that Slack and CircleCI reach; any number of replicas."""
    _run_process(
        serve.WEB,
        settings_problems.find_store_problems,
        settings_problems.find_sending_problems,
        settings_problems.find_receiving_problems,
    )


def worker() -> None:
    """The half that polls CircleCI and sends to Slack; any number of replicas."""
    _run_process(serve.WORKER, settings_problems.find_store_problems, settings_problems.find_sending_problems)


def _run_process(roles: AbstractSet[str], *checks: environment.FindProblems) -> None:
    """With LOG_FORMAT=json the reason for not starting is a line of JSON too."""
    settings, unreadable = environment.read_settings()
    logging_setup.configure(settings.log_format, settings.log_level)
    try:
        run_async(serve.run_until_stopped(environment.check_complete(settings, unreadable, checks), roles))
    except REPORTED_ERRORS as error:
        if settings.log_format != "json":
            raise
        log.critical("circlebot.not_up", why=str(error))
        sys.exit(1)


PROGRAMS: dict[str, Callable[[], None]] = {"run": run_everything, "web": web, "worker": worker}
