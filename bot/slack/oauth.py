"""Many workspaces: the installation flow, on our own stores and with URLs that follow SLACK_API_URL.

/slack/install -> Slack's page, where somebody allows us -> /slack/oauth_redirect -> stored, a page, a direct message.
"""

from __future__ import annotations

import asyncio
import html
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import kit
from bot.clock import Clock
from bot.domain import Installation
from bot.slack.installations import Clients
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.store.store import Store
from bot.store.vault import Vault, VaultError

log = structlog.get_logger(__name__)

_STATE_LIVES = timedelta(minutes=10)
_STATE_OWNER = "oauth-state"


def flow(
    *,
    client_id: str,
    client_secret: str,
    public_url: str,
    clients: Clients,
    store: Store,
    vault: Vault,
    clock: Clock,
) -> AsyncOAuthFlow:
    """Bolt's flow, with nothing of its defaults that writes files or calls slack.com by itself."""
    return _Flow(
        client=clients.anonymous(),
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=[*SCOPES, *OPTIONAL_SCOPES],
            user_scopes=[],
            redirect_uri=f"{public_url}/slack/oauth_redirect",
            authorization_url=authorize_url(clients.api_url),
            installation_store=Installations(store, clients, clock),
            state_store=States(store, vault, clock),
            callback_options=AsyncCallbackOptions(success=Welcome(clients).show, failure=_refused),
            install_page_rendering_enabled=False,
        ),
    )


def authorize_url(api_url: str) -> str:
    """https://slack.com/api/ -> https://slack.com/oauth/v2/authorize, and so for any other base."""
    return f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"


class _Flow(AsyncOAuthFlow):
    """The same flow, quiet: Bolt's log line about a refused code holds the code."""

    async def run_installation(self, code: str) -> SlackInstallation | None:
        try:
            return await super().run_installation(code)
        except (SlackApiError, OSError, TimeoutError) as error:
            log.warning("oauth.unreachable", error=type(error).__name__)
            return None

    @property
    def logger(self) -> logging.Logger:
        silent = logging.getLogger("circlebot.oauth")
        silent.disabled = True
        return silent
