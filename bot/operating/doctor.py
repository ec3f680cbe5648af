"""circlebot doctor: one line for each check, with how to mend what failed.

ok   slack — circlebot in Acme
FAIL scopes — chat:write.public is not granted; mend: install the app again from its manifest
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.circleci.client import CircleCIPool
from bot.clock import SystemClock
from bot.commands import COMMANDS
from bot.domain.people import Installation
from bot.errors import CircleCIError, Unauthorized, UsageError
from bot.operating import doctor_limits, doctor_policy, doctor_webhooks, settings_problems
from bot.pictures.drawing_thread import can_draw
from bot.rules.policy import Policy
from bot.settings import Settings
from bot.slack import slack_errors, socket
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.store.engine.engines import list_exposed_files
from bot.store.store import Store
from bot.store.vault import Vault, VaultError

_WITHIN_S = 15.0
_NOBODY = "circlebot-doctor"
"""Not a real token: CircleCI refuses it, which shows that CircleCI is reachable."""
_NO_PICTURES = "are not installed: insights and timelines are numbers (pip install 'circlebot[pictures]' adds pictures)"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `mend` says what to do; None: all is well."""

    name: str
    what: str
    mend: str | None = None

    def __str__(self) -> str:
        return f"FAIL {self.name} — {self.what}; mend: {self.mend}" if self.mend else f"ok   {self.name} — {self.what}"


class CheckFailed(Exception):
    """A check failed: what is wrong, and what to do."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


async def examine(settings: Settings, unreadable: Sequence[str] = ()) -> AsyncIterator[Finding]:
    """Every finding, in the order in which to fix them. What cannot be checked before another fix is left out."""
    async for finding in _examine_settings(settings, unreadable):
        yield finding
    installed: list[Installation] = []
    if not any(settings_problems.find_store_problems(settings)):
        async for finding in _examine_store(settings, installed):
            yield finding
    async for finding in _examine_slack(settings, installed):
        yield finding
    yield await _run_check("circleci", _check_circleci(settings))


async def examine_tokens(settings: Settings) -> AsyncIterator[Finding]:
    """The tokens of the settings, for a process that starts. Socket Mode reports its own where it connects."""
    if settings.slack_bot_token:
        yield await _run_check(
            "slack",
            _check_token(_build_client(settings, settings.slack_bot_token.get_secret_value()), slack_errors.COPY_AGAIN),
        )
    if settings.circleci_token:
        yield await _run_check("circleci", _check_circleci(settings))


async def list_workspaces(settings: Settings, store: Store) -> set[str]:
    """Where circlebot is installed: by OAuth, and the workspace of SLACK_BOT_TOKEN. Raises UsageError."""
    async with store.begin_read() as tx:
        installed = {one.workspace for one in await tx.installations.list_all()}
    if not settings.slack_bot_token:
        return installed
    try:
        answer = await _call_slack(
            _build_client(settings, settings.slack_bot_token.get_secret_value()).auth_test(), slack_errors.COPY_AGAIN
        )
    except CheckFailed as failed:
        raise UsageError(
            f"Slack does not say which workspace SLACK_BOT_TOKEN belongs to: {failed.what}; {failed.mend}."
        ) from None
    return installed | {str(answer.get("team_id"))}


async def _examine_settings(settings: Settings, unreadable: Sequence[str]) -> AsyncIterator[Finding]:
    wrong = [
        *unreadable,
        *settings_problems.find_store_problems(settings),
        *settings_problems.find_sending_problems(settings),
        *settings_problems.find_receiving_problems(settings),
    ]
    for sentence in wrong:
        yield Finding("settings", sentence.rstrip("."), "set it right in the environment or in .env")
    if not wrong:
        yield Finding("settings", "by Socket Mode" if settings.socket_mode else "by HTTP")
    yield Finding("health", _format_health(settings))
    yield Finding("pictures", "are drawn" if can_draw() else _NO_PICTURES)


def _format_health(settings: Settings) -> str:
    if not settings.admin_port:
        return "its reasons and metrics are served nowhere (ADMIN_PORT is 0)"
    return f"its reasons (/readyz) and /metrics are at {settings.admin_host}:{settings.admin_port} (ADMIN_PORT)"


async def _examine_store(settings: Settings, installed: list[Installation]) -> AsyncIterator[Finding]:
    """Also adds the store's workspaces to `installed`."""
    files = list_exposed_files(settings.database_url.get_secret_value())
    store = Store(
        settings.database_url.get_secret_value(), Vault([key.get_secret_value() for key in settings.encryption_keys])
    )
    try:
        database = await _run_check("database", check_database(store))
        yield database
        if database.mend:
            return
        if files:
            yield _build_files_finding(files, settings)
        yield await _run_check("keys", _check_keys(store))
        async with store.begin_read() as tx:
            installed += await tx.installations.list_all()
            policies = {one: await tx.policies.list_for_workspace(one) for one in await tx.policies.list_workspaces()}
            spent = await tx.token_usage.list_last_hour(SystemClock().now())
            hooks, watched = await tx.hooks.list_all(), [watch.project for watch in await tx.polled_projects.list_all()]
        for finding in _examine_policies(policies):
            yield finding
        for what, mend in doctor_webhooks.build_findings(hooks, watched, settings.public_url):
            yield Finding("webhooks", what, mend or None)
        for what, mend in doctor_limits.build_findings(spent, settings.public_url):
            yield Finding("limit", what, mend or None)
    finally:
        await store.close()


def _build_files_finding(open_before: Sequence[Path], settings: Settings) -> Finding:
    """Opening the database makes them private, if we may."""
    names = ", ".join(path.name for path in open_before)
    if list_exposed_files(settings.database_url.get_secret_value()):
        return Finding("files", f"others on this machine may read {names}", f"chmod 600 {names}, as their owner")
    return Finding("files", f"others on this machine could read {names}, and no longer can")


async def check_database(store: Store) -> str:
    """Raises CheckFailed for a database that cannot be used."""
    try:
        at_head = await store.is_at_head()
    except Exception as error:  # noqa: BLE001 - every driver has its own, and their texts may quote a password
        raise build_open_failure(type(error).__name__) from None
    if not at_head:
        raise CheckFailed("is not at this release", "circlebot migrate")
    return "reachable, and at this release"


def build_open_failure(why: str) -> CheckFailed:
    return CheckFailed(f"cannot be opened ({why})", "check DATABASE_URL, and whether the database runs")


async def _check_keys(store: Store) -> str:
    try:
        async with store.begin_read() as tx:
            opened, counts = await tx.sealed_columns.check(), await tx.sealed_columns.count()
    except VaultError as error:
        raise CheckFailed(
            str(error).rstrip("."), "put the key that was used before back into ENCRYPTION_KEYS"
        ) from None
    older = f", {counts.later} with a later key only (circlebot keys rotate)" if counts.later else ""
    return f"{opened} stored secrets open{older}" if opened else "nothing is stored yet"


def _examine_policies(policies: Mapping[str, Sequence[Policy]]) -> Iterator[Finding]:
    """Who may do what, and where a policy is more open than it looks."""
    for workspace, said in policies.items():
        for sentence in doctor_policy.format_table(said, [command.name for command in COMMANDS]):
            yield Finding("policy", f"{workspace}: {sentence}")
        for sentence in doctor_policy.find_loopholes(said):
            yield Finding("policy", f"{workspace}: look: {sentence}")


async def _examine_slack(settings: Settings, installed: list[Installation]) -> AsyncIterator[Finding]:
    own = [(settings.slack_bot_token.get_secret_value(), slack_errors.COPY_AGAIN)] if settings.slack_bot_token else []
    if settings.oauth and not installed:
        yield Finding("slack", f"no workspace yet: open {settings.public_url}/slack/install")
    if settings.oauth:
        yield Finding("installs", _format_install_policy(settings))
    for one in (one for one in installed if not one.token):
        back = f"put the key that was used before back into ENCRYPTION_KEYS, or install it into {one.name} again"
        yield Finding("slack", f"the bot token of {one.name} does not open", back)
    theirs = [(one.token, f"install it into {one.name} again") for one in installed if one.token]
    for token, mending in own or theirs:
        bot = _build_client(settings, token)
        slack = await _run_check("slack", _check_token(bot, mending))
        yield slack
        if not slack.mend:
            yield await _run_check("scopes", _check_scopes(bot))
    if settings.slack_app_token:
        app = _build_client(settings, settings.slack_app_token.get_secret_value())
        yield await _run_check("socket", _check_socket(app))


def _format_install_policy(settings: Settings) -> str:
    if not settings.allowed_workspaces:
        return "any workspace may install it: name those that may in ALLOWED_WORKSPACES"
    return f"only by {', '.join(sorted(settings.allowed_workspaces))} (ALLOWED_WORKSPACES)"


def _build_client(settings: Settings, token: str) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, retry_handlers=[])


async def _check_token(bot: AsyncWebClient, mend: str) -> str:
    answer = await _call_slack(bot.auth_test(), mend)
    return f"{answer.get('user')} in {answer.get('team')}"


async def _check_scopes(bot: AsyncWebClient) -> str:
    answer = await _call_slack(bot.auth_test(), "try again")
    granted = set(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    if missing := sorted(set(SCOPES) - granted):
        raise CheckFailed(f"{', '.join(missing)} not granted", "update the app from manifest.yml and install it again")
    declined = sorted(set(OPTIONAL_SCOPES) - granted)
    return f"all granted, {', '.join(declined)} declined" if declined else "all granted"


async def _check_socket(app: AsyncWebClient) -> str:
    await _call_slack(app.apps_connections_open(app_token=str(app.token)), socket.MEND)
    return "Slack gives us a connection"


async def _call_slack(asking: Awaitable[AsyncSlackResponse], mend: str) -> AsyncSlackResponse:
    try:
        return await asking
    except (SlackApiError, aiohttp.ClientError, OSError, ValueError) as error:
        raise CheckFailed(
            slack_errors.format_reason(error), mend if slack_errors.is_permanent(error) else slack_errors.CHECK_NETWORK
        ) from None


async def _check_circleci(settings: Settings) -> str:
    pool = CircleCIPool(settings.circleci_url, sleep=_skip_sleep)
    token = settings.circleci_token
    try:
        me = await pool.bind(token.get_secret_value() if token else _NOBODY).fetch_me()
    except Unauthorized:
        if token:
            raise CheckFailed("CIRCLECI_TOKEN is not valid", "make a new personal API token at CircleCI") from None
        return "reachable; people bring their own tokens"
    except CircleCIError as error:
        raise CheckFailed(error.message.rstrip("."), "check CIRCLECI_URL, and the network from here") from None
    finally:
        await pool.close()
    return f"reachable; CIRCLECI_TOKEN is {me.login}'s{_format_served_workspaces(settings)}"


def _format_served_workspaces(settings: Settings) -> str:
    """Which workspaces the service account reads for, if there are many."""
    if settings.served_workspaces is None:
        return ""
    named = ", ".join(sorted(settings.served_workspaces))
    return f" and reads for {named}" if named else " and reads for no workspace: name them in CIRCLECI_TOKEN_WORKSPACES"


async def _skip_sleep(_seconds: float) -> None:
    """No retry: a doctor answers quickly."""


async def _run_check(name: str, check: Awaitable[str]) -> Finding:
    try:
        async with asyncio.timeout(_WITHIN_S):
            return Finding(name, await check)
    except CheckFailed as failed:
        return Finding(name, failed.what, failed.mend)
    except TimeoutError:
        return Finding(name, f"no answer within {_WITHIN_S:.0f} s", "check the network from here")
