"""What is wrong with the settings, in sentences that say what to do. No sentence shows a secret's value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import SecretStr, ValidationError

from bot.circleci.links import Links
from bot.conversation import PERSON
from bot.operating.validation_errors import format_predicate
from bot.setting_files import UNUSABLE
from bot.settings import Settings, is_local
from bot.store.engine.engines import parse_database_url
from bot.store.vault import Vault, VaultError
from bot.tracing import can_trace

_EXAMPLES = {
    "slack_bot_token": "xoxb-… (`circlebot slack create` makes the app and asks for it)",
    "slack_app_token": "xapp-… (your app's page at Slack, Basic Information, App-Level Tokens, connections:write)",
    "slack_signing_secret": "32 hexadecimal digits (your app's page at Slack, Basic Information)",
    "slack_api_url": "https://slack.com/api/",
    "circleci_url": "https://circleci.com",
    "circleci_token_workspaces": "T012AB3CD,T045EF6GH, or * for every workspace",
    "allow_http": "true or false",
    "public_url": "https://circlebot.example.com",
    "port": "8080",
    "admin_port": "9090, or 0 for none",
    "database_url": "sqlite:///circlebot.db or postgresql://user:password@host/circlebot",
    "admin_users": "T012AB3CD/U012AB3CD,T012AB3CD/U045EF6GH",
    "allowed_workspaces": "T012AB3CD,T045EF6GH",
    "allow_guests": "true or false",
    "allow_pasted_tokens": "true or false",
    "poll_interval_s": "5",
    "language": "en or de",
    "otel_exporter_otlp_endpoint": "http://localhost:4318",
    "audit_log": "none, stdout or /var/log/circlebot/audit.jsonl",
    "retention_audit": "read=90,act=730",
    "log_format": "console or json",
    "log_level": "debug, info, warning or error",
}

_PERSON = re.compile(rf"([TE][A-Z0-9]+/)?{PERSON}")
_WORKSPACE = re.compile(r"[TE][A-Z0-9]+")


def format_validation_error(error: ValidationError) -> list[str]:
    """One sentence for each setting that cannot be read."""
    return [
        problem["msg"]
        if problem["type"] == UNUSABLE
        else _format_problem(str(problem["loc"][0]), format_predicate(problem))
        for problem in error.errors(include_input=False)
    ]


def find_store_problems(settings: Settings) -> Iterator[str]:
    """What prevents reading and writing the database and its secrets."""
    yield from find_database_problems(settings)
    try:
        Vault([key.get_secret_value() for key in settings.encryption_keys])
    except VaultError as error:
        yield str(error)


def find_database_problems(settings: Settings) -> Iterator[str]:
    """What prevents opening the database at all."""
    try:
        parse_database_url(settings.database_url.get_secret_value())
    except Exception as error:  # noqa: BLE001 - the library's own errors may quote what was given, password and all
        ours = str(error).startswith("DATABASE_URL")
        yield str(error) if ours else _format_problem("database_url", "is not an address")


def find_sending_problems(settings: Settings) -> Iterator[str]:
    """What prevents acting in Slack."""
    if bool(settings.slack_client_id) != bool(settings.slack_client_secret):
        yield "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both (many workspaces) or none."
    elif settings.oauth and settings.slack_bot_token:
        yield "SLACK_BOT_TOKEN (one workspace) and SLACK_CLIENT_ID (many, by OAuth) exclude each other: unset one."
    elif settings.oauth and not settings.public_url:
        yield _format_problem("public_url", "is not set, and OAuth has to bring people back to it")
    elif not settings.oauth and not settings.slack_bot_token:
        yield _format_problem("slack_bot_token", "is not set")
    yield from _find_id_problems(settings)
    yield from _find_failpoint_problems(settings)
    yield from _find_token_workspace_problems(settings)
    if not settings.allow_pasted_tokens and Links(settings.circleci_url).sign_in_url is None:
        yield "ALLOW_PASTED_TOKENS=false lets nobody connect: a CircleCI Server has no other way. Unset it."
    yield from _find_prefix_problems("slack_bot_token", settings.slack_bot_token, "xoxb-")
    yield from find_address_problems(settings)
    yield from _find_url_problems("otel_exporter_otlp_endpoint", settings.otel_exporter_otlp_endpoint)
    if settings.otel_exporter_otlp_endpoint and not can_trace():
        yield "OTEL_EXPORTER_OTLP_ENDPOINT needs the extra `tracing`: `pip install 'circlebot[tracing]'`, or unset it."


def find_address_problems(settings: Settings) -> Iterator[str]:
    """Addresses that are none, or to which no token should go."""
    for name in ("slack_api_url", "circleci_url"):
        yield from _find_url_problems(name, getattr(settings, name))
        yield from _find_cleartext_problems(name, getattr(settings, name), settings)
    yield from _find_url_problems("public_url", settings.public_url)


def _find_id_problems(settings: Settings) -> Iterator[str]:
    """The value is not shown: somebody may have put a secret into the wrong setting."""
    if not all(_PERSON.fullmatch(one) for one in settings.admin_users):
        yield _format_problem("admin_users", "holds something that is no Slack user id, with its workspace or without")
    elif settings.oauth and any("/" not in one for one in settings.admin_users):
        yield _format_problem("admin_users", "names somebody without a workspace, and there may be many (OAuth)")
    if not all(_WORKSPACE.fullmatch(one) for one in settings.allowed_workspaces):
        yield _format_problem("allowed_workspaces", "holds something that is no id of a workspace")


def _find_failpoint_problems(settings: Settings) -> Iterator[str]:
    if settings.failpoint and not settings.in_sandbox:
        yield _format_problem(
            "failpoint", "kills the process and is for tests, with both Slack and CircleCI on this machine"
        )


def _find_token_workspace_problems(settings: Settings) -> Iterator[str]:
    """Workspaces without a service account to read for them, or names that are no workspaces."""
    named = settings.circleci_token_workspaces
    if named and not settings.circleci_token:
        yield "CIRCLECI_TOKEN_WORKSPACES says whom CIRCLECI_TOKEN reads for, and that is not set."
    if any(not _WORKSPACE.fullmatch(one) for one in named - {"*"}):
        yield _format_problem("circleci_token_workspaces", "is no list of workspaces")


def find_receiving_problems(settings: Settings) -> Iterator[str]:
    """What prevents Slack from reaching us."""
    if not settings.slack_app_token and not settings.slack_signing_secret:
        yield (
            "Slack has no way in: set SLACK_APP_TOKEN (Socket Mode, no address needed) or SLACK_SIGNING_SECRET (HTTP, "
            "with /slack/events reachable from outside)."
        )
    yield from _find_prefix_problems("slack_app_token", settings.slack_app_token, "xapp-")


def _find_prefix_problems(name: str, token: SecretStr | None, prefix: str) -> Iterator[str]:
    if token and not token.get_secret_value().startswith(prefix):
        yield _format_problem(name, f"does not begin with `{prefix}`")


def _find_url_problems(name: str, url: str | None) -> Iterator[str]:
    if url and not url.startswith(("http://", "https://")):
        yield _format_problem(name, "does not begin with http:// or https://")


def _find_cleartext_problems(name: str, url: str, settings: Settings) -> Iterator[str]:
    """Tokens go there with every request."""
    if url.startswith("http://") and not (settings.allow_http or is_local(url)):
        yield _format_problem(
            name, "is http://, and whoever is on the way reads every token; ALLOW_HTTP=true if that is fine"
        )


def _format_problem(name: str, wrong: str) -> str:
    joiner = " " if wrong.startswith(("is ", "does ", "must ", "holds ", "names ", "kills ", "cannot ")) else ": "
    example = f" For example: {_EXAMPLES[name]}" if name in _EXAMPLES else ""
    return f"{name.upper()}{joiner}{wrong.rstrip('.')}.{example}"
