"""Which workspaces we live in, and the client that speaks to each.

One workspace by SLACK_BOT_TOKEN, or many by OAuth from the store. All clients share one aiohttp session (a session per
call costs more than the call: facts, performance).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.domain.people import Installation
from bot.expiring_cache import ExpiringCache
from bot.store.store import Store

log = structlog.get_logger(__name__)

_REPEATED = (AsyncConnectionErrorRetryHandler(), AsyncRateLimitErrorRetryHandler(max_retry_count=2))
_PUT_OFF = (AsyncRateLimitErrorRetryHandler(max_retry_count=2),)
_MOST_KEPT, _MOST_DMS = 1_000, 10_000

_FRESH_FOR = timedelta(seconds=60)
_STOPPED_FOR = timedelta(minutes=5)
_DM_FOR = timedelta(days=1)


class SlackClients:
    """Slack clients by workspace. `token` is the one workspace's bot token, or None when the store knows them."""

    def __init__(self, *, api_url: str, token: str | None, store: Store, clock: Clock) -> None:
        self.api_url = api_url
        self.token = token
        self._store = store
        self._session: aiohttp.ClientSession | None = None
        self._dm_ids: ExpiringCache[tuple[str, str], str] = ExpiringCache(_MOST_DMS, clock.now)
        self._installations: ExpiringCache[str, Installation] = ExpiringCache(_MOST_KEPT, clock.now)
        self._stop_reasons: ExpiringCache[str, str] = ExpiringCache(_MOST_KEPT, clock.now)
        self._build_cached = lru_cache(_MOST_KEPT)(self.build)

    def build(
        self, token: str | None = None, retries: Sequence[AsyncRetryHandler] = (), team: str | None = None
    ) -> AsyncWebClient:
        """A client on the shared session; without handlers nothing is retried (a retried post may post twice).

        `team` is said in every call: with an organisation's token Slack wants to know which workspace is meant.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        return AsyncWebClient(
            token=token,
            base_url=self.api_url,
            team_id=team,
            session=self._session,
            retry_handlers=list(retries),
            ssl=True,  # type: ignore[arg-type]  # aiohttp's own context: a second one would hold all certificates again
        )

    async def find(self, workspace: str) -> AsyncWebClient | None:
        """For calls that may be repeated safely: views, ephemerals, reads."""
        return await self._find_client(workspace, _REPEATED)

    async def find_no_retry(self, workspace: str) -> AsyncWebClient | None:
        """For posts: never retried here, delivery decides. None for a workspace that is stopped."""
        if self.find_stop_reason(workspace):
            return None
        return await self._find_client(workspace, ())

    async def find_rate_limit_retry(self, workspace: str) -> AsyncWebClient | None:
        """For what must not happen twice but can wait: repeated only when Slack said that it was too early."""
        return await self._find_client(workspace, _PUT_OFF)

    async def fetch_dm_id(self, client: AsyncWebClient, workspace: str, user: str) -> str:
        """The id of our direct message with this person. Raises what the client raises."""

        async def open_dm() -> str:
            return str((await client.conversations_open(users=user))["channel"]["id"])

        return await self._dm_ids.load((workspace, user), open_dm, lambda _id: _DM_FOR)

    def stop_posting(self, workspace: str, reason: str) -> None:
        """Slack says that the workspace is closed to us: nothing is posted there for a while."""
        if not self.find_stop_reason(workspace):
            log.error("workspace.stopped", workspace=workspace, reason=reason, mend="circlebot doctor")
        self._stop_reasons.set(workspace, reason, _STOPPED_FOR)

    def find_stop_reason(self, workspace: str) -> str | None:
        return self._stop_reasons.get(workspace)

    async def find_installation(self, workspace: str) -> Installation | None:
        """From memory for a minute, so that an acknowledgement does not wait for the database."""
        if known := self._installations.get(workspace):
            return known
        async with self._store.begin_read() as tx:
            found = await tx.installations.find(workspace)
        if found:
            self._installations.set(workspace, found, _FRESH_FOR)
            if not found.token:
                log.error("workspace.locked", workspace=workspace, mend="circlebot doctor")
        return found

    async def join_organisation(self, workspace: str | None, enterprise: str | None) -> Installation | None:
        """The installation of an organisation that a payload names, now known to be this workspace's too."""
        found = await self.find_installation(enterprise) if enterprise else None
        if found and found.is_org_wide and workspace and workspace != enterprise:
            async with self._store.begin() as tx:
                await tx.org_teams.insert(found.workspace, workspace)
            self._installations.set(workspace, found, _FRESH_FOR)
        return found

    async def end_token(self, installed: Installation) -> bool:
        """Slack sends us nothing of there any more. False where it did not answer, or knew the token no longer."""
        try:
            return bool(installed.token and (await self.build(installed.token).auth_revoke())["revoked"])
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return False

    async def is_locked(self, workspace: str) -> bool:
        """Whether we live there and cannot speak: the key to its bot token is lost."""
        found = None if self.token else await self.find_installation(workspace)
        return found is not None and not found.token

    def forget(self, workspace: str) -> None:
        self._installations.drop(workspace)
        self._stop_reasons.drop(workspace)

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _find_client(self, workspace: str, retries: tuple[AsyncRetryHandler, ...]) -> AsyncWebClient | None:
        if self.token:
            return self._build_cached(self.token, retries)
        found = await self.find_installation(workspace)
        if found is None or not found.token:
            return None
        return self._build_cached(found.token, retries, workspace if found.is_org_wide else None)


LOCKED = (
    ":lock: I cannot speak in this workspace: I am no longer installed here, or my key to what Slack gave me is "
    "lost. Install me again; the person who runs me finds more with `circlebot doctor`."
)
"""What a person is told where Authorize knows nobody."""


class Authorize(AsyncAuthorize):
    """Bolt asks who we are in a workspace; answered from memory, never by auth.test inside the 3 seconds."""

    def __init__(self, clients: SlackClients) -> None:
        self._clients = clients

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        """By the workspace; else by its organisation, which then may have let us in there just now."""
        workspace = team_id or enterprise_id or ""
        if self._clients.token:
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=self._clients.token)
        found = await self._clients.find_installation(workspace) or await self._clients.join_organisation(
            team_id, enterprise_id
        )
        if found is None:
            log.warning("workspace.unknown", workspace=workspace, mend="people there are asked to install it again")
        if found is None or not found.token:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.token,
            bot_user_id=found.bot_user,
            bot_id=found.bot_id,
        )
