"""How a workspace installs us: Bolt's OAuth flow, on our own stores and with URLs that follow SLACK_API_URL.

/slack/install -> Slack's page, where somebody allows us -> /slack/oauth_redirect -> stored, a page, a direct message.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.blocks import kit
from bot.clock import Clock
from bot.language import _
from bot.line import format_line
from bot.slack import pages
from bot.slack.clients import SlackClients
from bot.slack.installation_store import InstallationStore, InstallNotAllowed, InstallPolicy
from bot.slack.scopes import OPTIONAL_SCOPES, SCOPES
from bot.slack.token_rotation import OAuthApp
from bot.store.store import Store
from bot.store.vault import Vault, VaultError

log = structlog.get_logger(__name__)

_STATE_LIVES = timedelta(minutes=10)
_STATE_OWNER = "oauth-state"
_CODE = re.compile(r"code: \S+")

_REASONS = {
    "access_denied": "You did not allow it. Nothing was installed.",
    "invalid_browser": "This browser did not begin the installation (or the address is not https).",
    "invalid_state": "This link was used before, or it is older than ten minutes.",
    "missing_code": "Slack sent no code along.",
    "invalid_code": "Slack did not accept the code, or could not be reached.",
    "uninvited": "The person who runs this circlebot has not allowed your workspace. Nothing was stored.",
    "storage_error": "Slack gave no bot token. Nothing was installed.",
}

_STATUS = {"uninvited": 403, "storage_error": 400}


def build_flow(
    *,
    app: OAuthApp,
    clients: SlackClients,
    store: Store,
    vault: Vault,
    clock: Clock,
    policy: InstallPolicy,
) -> AsyncOAuthFlow:
    """Bolt's flow, with nothing of its defaults that writes files. Call inside the event loop that will run it."""
    return _OAuthFlow(
        client=clients.build(),
        logger=_build_logger(),
        settings=AsyncOAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=[*SCOPES, *OPTIONAL_SCOPES],
            user_scopes=[],
            redirect_uri=f"{app.public_url}/slack/oauth_redirect",
            authorization_url=build_authorize_url(clients.api_url),
            installation_store=InstallationStore(store, clients, clock=clock, policy=policy),
            state_store=StateStore(store, vault, clock),
            callback_options=AsyncCallbackOptions(success=InstallSuccess(clients).render_page, failure=_render_failure),
            install_page_rendering_enabled=False,
        ),
    )


def build_authorize_url(api_url: str) -> str:
    """https://slack.com/api/ -> https://slack.com/oauth/v2/authorize, and so for any other base."""
    return f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"


def _build_logger() -> logging.Logger:
    logger = logging.getLogger("circlebot.oauth")
    logger.addFilter(_mask_code)
    return logger


def _mask_code(record: logging.LogRecord) -> bool:
    """Bolt's line about a refused code holds the code."""
    record.msg = _CODE.sub("code: …", str(record.msg))
    return True


class _OAuthFlow(AsyncOAuthFlow):
    async def run_installation(self, code: str) -> SlackInstallation | None:
        """Slack being out of reach ends like a refused code: with a page, and nothing installed."""
        try:
            return await super().run_installation(code)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("oauth.unreachable", error=type(error).__name__)
            return None


class StateStore(AsyncOAuthStateStore):
    """What ties Slack's redirect to our own page: sealed with its time, good once and for ten minutes, anywhere.

    Nothing is stored until it comes back, so that nobody fills the database by knocking.
    """

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        until = self._clock.now() + _STATE_LIVES
        return self._vault.seal(_STATE_OWNER, f"{until.isoformat()} {secrets.token_hex(16)}").rstrip("=")

    async def async_consume(self, state: str) -> bool:
        try:
            until, nonce = self._vault.open(_STATE_OWNER, state + "=" * (-len(state) % 4)).split()
        except (VaultError, ValueError):
            return False
        now = self._clock.now()
        if now > datetime.fromisoformat(until):
            return False
        async with self._store.begin() as tx:
            return await tx.processed_events.insert(f"{_STATE_OWNER}:{nonce}", now)


class InstallSuccess:
    """The end of an installation: a page, and a direct message with one next step."""

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    async def render_page(self, args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        await self._greet(installed)
        where = f"slack://app?team={installed.team_id or installed.enterprise_id}&id={installed.app_id}"
        text = f"circlebot is in {_name_place(installed)}."
        onward = "It has sent you a message with the next step."
        return _build_response(pages.render_page("Installed", text, onward, link=(where, "Open Slack")), 200, args)

    async def _greet(self, installed: SlackInstallation) -> None:
        text = _("Thank you for letting me in. The next step: connect your own CircleCI account.")
        blocks = [
            kit.section(text),
            kit.actions([kit.button(_("Connect CircleCI"), format_line("connect"), style="primary")]),
        ]
        client = self._clients.build(installed.bot_token)
        try:
            await client.chat_postMessage(channel=installed.user_id, text=text, blocks=blocks)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("oauth.greeting_failed", error=type(error).__name__)


def _name_place(installed: SlackInstallation) -> str:
    if installed.is_enterprise_install:
        return f"every workspace that {installed.enterprise_name or 'your organisation'} lets it into"
    return installed.team_name or "your workspace"


async def _render_failure(args: AsyncFailureArgs) -> BoltResponse:
    reason = "uninvited" if isinstance(args.error, InstallNotAllowed) else args.reason
    log.info("oauth.refused", reason=reason, workspace=str(args.error) if reason == "uninvited" else None)
    why = _REASONS.get(reason, f"Slack says: {reason[:100]}.")
    body = pages.render_page("Not installed", why, link=(args.settings.install_path, "Start again"))
    return _build_response(body, _STATUS.get(reason, args.suggested_status_code), args)


def _build_response(page: str, status: int, args: AsyncSuccessArgs | AsyncFailureArgs) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": pages.POLICY,
        "Set-Cookie": args.settings.state_utils.build_set_cookie_for_deletion(),
    }
    return BoltResponse(status=status, body=page, headers=headers)
