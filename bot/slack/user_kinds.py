"""Who somebody is in a workspace, and their language (users.info, where its scope was granted)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.dispatch.admission import Member, Membership
from bot.expiring_cache import ExpiringCache
from bot.slack import slack_errors
from bot.slack.clients import SlackClients

log = structlog.get_logger(__name__)

_FRESH_FOR = timedelta(minutes=10)
_MOST_KEPT = 10_000


class SlackMemberDirectory:
    """Remembers for a while, so that a person costs Slack one call. Nobody is asked about before Slack is answered."""

    def __init__(self, clients: SlackClients, *, clock: Clock) -> None:
        self._clients = clients
        self._known: ExpiringCache[tuple[str, str], Member] = ExpiringCache(_MOST_KEPT, clock.now)

    async def fetch_member(self, workspace: str, user: str) -> Member:
        """A MEMBER also where Slack does not say: its scope may have been declined. Never raises."""
        return await self._known.load(
            (workspace, user), lambda: self._ask_slack(workspace, user), lambda _found: _FRESH_FOR
        )

    async def _ask_slack(self, workspace: str, user: str) -> Member:
        client = await self._clients.find(workspace)
        if client is None:
            return Member()
        try:
            found = (await client.users_info(user=user, include_locale=True))["user"]
            return Member(_parse_membership(workspace, found), found.get("locale"), bool(found.get("deleted")))
        except SlackApiError as error:
            if slack_errors.find_code(error) in slack_errors.NOBODY:
                return Member(is_gone=True)
            log.debug("standing.not_told", error=slack_errors.get_code_or_status(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("standing.not_told", error=type(error).__name__)
        return Member()


def _parse_membership(workspace: str, user: Mapping[str, Any]) -> Membership:
    """Of a user as Slack describes them; in an organisation somebody may be of several workspaces."""
    theirs = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())} - {None}
    if user.get("is_stranger") or (theirs and workspace not in theirs):
        return Membership.STRANGER
    return Membership.GUEST if user.get("is_restricted") or user.get("is_ultra_restricted") else Membership.MEMBER
