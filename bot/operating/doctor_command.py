"""circlebot doctor: one line for each check, with how to mend what failed.

ok   slack — circlebot in Acme
FAIL scopes — Not granted: chat:write.public; mend: Give the app the manifest that `circlebot manifest` prints …
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot import logging_setup
from bot.beside import BESIDE
from bot.diagnostics import live_checks, slack_checks
from bot.diagnostics.examination import Examination, build_client, run_checks
from bot.diagnostics.local_symptoms import SETTINGS_WRONG
from bot.diagnostics.slack_symptoms import BOT_TOKEN_REFUSED
from bot.domain.symptoms import Finding
from bot.errors import UsageError
from bot.operating import environment, settings_problems
from bot.operating.console import say
from bot.operating.findings import format_json, format_line, format_wrong
from bot.operating.process import run_async
from bot.operating.slack_app.config_token import read_config_token
from bot.operating.slack_app.setup_settings import SetupSettings
from bot.pictures.drawing_thread import can_draw
from bot.settings import Settings
from bot.store.store import Store
from bot.store.vault import Vault

_NO_PICTURES = "are not installed: insights and timelines are numbers (pip install 'circlebot[pictures]' adds pictures)"


def print_findings(
    *,
    as_json: Annotated[bool, Parameter("--json", negative=(), help="As JSON, for programs.")] = False,
    live: Annotated[
        bool, Parameter("--live", negative=(), help="Also ask Slack's validators about the manifest and messages.")
    ] = False,
    token_file: Annotated[
        Path | None,
        Parameter("--token-file", help="For --live: an app configuration token, as `circlebot slack` takes it."),
    ] = None,
) -> None:
    """Check settings, database, keys, Slack and CircleCI; one line each, with how to mend it."""
    settings, unreadable = environment.read_settings()
    logging_setup.configure(settings.log_format, settings.log_level)
    found = run_async(examine(settings, unreadable))
    if live:
        found += run_async(examine_live(settings, _find_config_token(token_file, settings)))
    say(format_json(found) if as_json else "\n".join(map(format_line, found)))
    if any(one.symptom for one in found):
        sys.exit(1)


async def examine(settings: Settings, unreadable: Sequence[str] = ()) -> list[Finding]:
    """Every finding, in the order in which to fix them. What cannot be checked before another fix is left out."""
    found = _examine_settings(settings, unreadable)
    if any(settings_problems.find_store_problems(settings)):
        return [*found, *await Examination.build(settings, None).examine()]
    store = Store(
        settings.database_url.get_secret_value(), Vault([key.get_secret_value() for key in settings.encryption_keys])
    )
    try:
        return [*found, *await Examination.build(settings, store).examine()]
    finally:
        await store.close()


def _find_config_token(file: Path | None, settings: Settings) -> str | None:
    """None where nobody gave one: then Slack is not asked about the manifest. Raises CommandFailed and UsageError."""
    own = SetupSettings()
    if not (file or own.slack_config_token or own.slack_config_token_file):
        return None
    return read_config_token(file, api_url=settings.slack_api_url)


async def examine_live(settings: Settings, config_token: str | None) -> list[Finding]:
    """What Slack's validators say. Nothing but our own manifest and golden files is sent."""
    checks = [
        ("live", live_checks.check_manifest(settings, config_token)),
        ("live", live_checks.check_golden(settings, BESIDE / "tests" / "golden")),
    ]
    return await run_checks(checks, live_checks.WITHIN_S)


async def list_workspaces(settings: Settings, store: Store) -> set[str]:
    """Where circlebot is installed: by OAuth, and the workspace of SLACK_BOT_TOKEN. Raises UsageError."""
    async with store.begin_read() as tx:
        installed = set(await tx.installations.list_workspaces())
    if not settings.slack_bot_token:
        return installed
    bot = build_client(settings, settings.slack_bot_token.get_secret_value())
    answer = await slack_checks.fetch_answer(
        bot.auth_test, Finding("slack", symptom=BOT_TOKEN_REFUSED), str(bot.base_url)
    )
    if isinstance(answer, Finding):
        raise UsageError(f"Slack does not say which workspace SLACK_BOT_TOKEN belongs to. {format_wrong(answer)}")
    return installed | {str(answer.get("team_id"))}


def _examine_settings(settings: Settings, unreadable: Sequence[str]) -> list[Finding]:
    wrong = [
        *unreadable,
        *settings_problems.find_store_problems(settings),
        *settings_problems.find_sending_problems(settings),
        *settings_problems.find_receiving_problems(settings),
    ]
    problems = [Finding("settings", symptom=SETTINGS_WRONG, values={"problem": one.rstrip(".")}) for one in wrong]
    return [
        *(problems or [Finding("settings", "by Socket Mode" if settings.socket_mode else "by HTTP")]),
        Finding("health", _format_health(settings)),
        Finding("pictures", "are drawn" if can_draw() else _NO_PICTURES),
    ]


def _format_health(settings: Settings) -> str:
    if not settings.admin_port:
        return "its reasons and metrics are served nowhere (ADMIN_PORT is 0)"
    return f"its reasons (/readyz) and /metrics are at {settings.admin_host}:{settings.admin_port} (ADMIN_PORT)"
