"""Who has left the workspace: Slack keeps deactivated people, and says that they are `deleted` (users.info)."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.domain.people import Installation
from bot.expiring_cache import ExpiringCache
from bot.slack import slack_errors
from bot.slack.clients import SlackClients
from bot.slack.organisation import fetch_teams

log = structlog.get_logger(__name__)

_CLOSED = frozenset({"account_inactive", "token_revoked"})
"""Words for good; what Slack says while it moves a workspace is none of them."""

_FRESH_FOR = timedelta(minutes=50)
_MOST_KEPT = 10_000


class DeactivatedUsers:
    def __init__(self, clients: SlackClients, *, clock: Clock) -> None:
        self._clients = clients
        self._known: ExpiringCache[tuple[str, str], bool] = ExpiringCache(_MOST_KEPT, clock.now)

    async def has_left(self, workspace: str, user: str) -> bool:
        """False also where Slack does not say: its scope may have been declined. Asked once an hour."""
        return await self._known.load(
            (workspace, user), lambda: self._fetch_has_left(workspace, user), lambda _left: _FRESH_FOR
        )

    async def is_open(self, workspace: str) -> bool | None:
        """Whether Slack accepts our token for this workspace now; None where it does not say."""
        client = await self._clients.find(workspace)
        if client is None:
            return False
        try:
            answer = await client.auth_test()
            return workspace in {answer["team_id"], answer.get("enterprise_id")} or await self._is_served(workspace)
        except SlackApiError as error:
            return False if slack_errors.find_code(error) in _CLOSED else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def list_teams(self, organisation: Installation) -> dict[str, str] | None:
        return await fetch_teams(self._clients, organisation)

    async def _is_served(self, workspace: str) -> bool:
        """By its organisation, as far as the store knows: upkeep asks Slack for the list."""
        found = None if self._clients.token else await self._clients.find_installation(workspace)
        return found is not None and found.is_org_wide

    async def _fetch_has_left(self, workspace: str, user: str) -> bool:
        client = await self._clients.find(workspace)
        if client is None:
            return False
        try:
            answer = await client.users_info(user=user)
        except SlackApiError as error:
            log.debug("person.not_told", error=slack_errors.get_code_or_status(error))
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("person.not_told", error=type(error).__name__)
            return False
        return bool(answer["user"].get("deleted"))
