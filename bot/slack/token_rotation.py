"""Bot tokens that Slack rotates: each is good for twelve hours, and the next one comes for a refresh token, once.

One process asks at a time. Bolt would ask too, from its own authorize: ours takes its place (bot/slack/clients.py).
What comes is stored before anything else. If it is lost on the way, Slack refuses the spent refresh token at the next
try: the workspace then installs circlebot again, and until its token ends nothing is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.domain.people import Installation
from bot.notify.upkeep.periodic import Periodic
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.store.store import Store

log = structlog.get_logger(__name__)

EVERY_S = 300.0
AHEAD = timedelta(hours=2)
"""How long before its end a token is replaced. Until then the one before is good, also where it is remembered."""

_SPENT = frozenset({"account_inactive", "authorization_not_found", "invalid_refresh_token", "token_revoked"})
"""Words for good. Whatever else Slack says may be mended, and the same refresh token is tried again."""


@dataclass(frozen=True, kw_only=True)
class OAuthApp:
    """The app as Slack knows it where people install it."""

    client_id: str
    client_secret: str
    public_url: str


class TokenRotation(Periodic):
    lease = "token_rotation"

    def __init__(self, *, store: Store, clients: SlackClients, app: OAuthApp | None, clock: Clock, holder: str) -> None:
        super().__init__(store=store, clock=clock, holder=holder, every_s=EVERY_S)
        self._clients = clients
        self._app = app
        self._unsaved: dict[str, Installation] = {}

    async def tick(self) -> float:
        """First what the database did not take: it is nowhere else."""
        for renewed in list(self._unsaved.values()):
            await self._save(renewed)
        return await super().tick()

    async def run(self, now: datetime) -> None:
        async with self._store.begin_read() as tx:
            installed = await tx.installations.list_all()
        for one in installed:
            if self._app and is_due(one, now):
                await self._renew(one, self._app, now)

    async def _renew(self, installed: Installation, app: OAuthApp, now: datetime) -> None:
        try:
            answer = await self._clients.build().oauth_v2_access(
                client_id=app.client_id,
                client_secret=app.client_secret,
                grant_type="refresh_token",
                refresh_token=installed.refresh_token,
            )
        except SlackApiError as error:
            await self._handle_refusal(installed, app, slack_errors.get_code_or_status(error))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("token.answer_lost", workspace=installed.workspace, error=type(error).__name__)
        else:
            self._unsaved[installed.workspace] = renewed = _build_renewed(installed, answer, now)
            await self._save(renewed)

    async def _save(self, renewed: Installation) -> None:
        async with self._store.begin() as tx:
            await tx.installations.renew(renewed)
        del self._unsaved[renewed.workspace]
        self._clients.forget(renewed.workspace)

    async def _handle_refusal(self, installed: Installation, app: OAuthApp, reason: str) -> None:
        if reason not in _SPENT:
            log.warning("token.not_renewed", workspace=installed.workspace, reason=reason)
            return
        async with self._store.begin() as tx:
            is_ours = await tx.installations.mark_refused(installed, self._clock.now())
        if is_ours:
            mend = f"an admin installs circlebot there again: {app.public_url}/slack/install"
            log.error("token.refresh_refused", workspace=installed.workspace, reason=reason, mend=mend)


def is_due(installed: Installation, now: datetime) -> bool:
    """Whether its token ends soon and a refresh token can still bring the next one."""
    ends_at = installed.expires_at
    return bool(ends_at and installed.refresh_token and not installed.refused_at and ends_at - now < AHEAD)


def _build_renewed(installed: Installation, answer: AsyncSlackResponse, now: datetime) -> Installation:
    ends_at = now + timedelta(seconds=float(answer["expires_in"]))
    return replace(installed, token=answer["access_token"], refresh_token=answer["refresh_token"], expires_at=ends_at)
