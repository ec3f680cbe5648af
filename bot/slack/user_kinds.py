"""What somebody is in a workspace: member, guest or of another one (users.info, where its scope was granted)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.dispatch.admission import Membership
from bot.slack import slack_errors
from bot.slack.clients import SlackClients

log = structlog.get_logger(__name__)

_FRESH_FOR = timedelta(minutes=10)
_MOST_KEPT = 10_000


class SlackMemberDirectory:
    """Remembers for a while, so that a person costs Slack one call. Nobody is asked about before Slack is answered."""

    def __init__(self, clients: SlackClients, *, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[Membership, datetime]] = OrderedDict()

    async def fetch_membership(self, workspace: str, user: str) -> Membership:
        """A member also where Slack does not tell: whoever installed us may decline the scope. Never raises."""
        known, now = self._known.get((workspace, user)), self._clock.now()
        if known is None or now - known[1] > _FRESH_FOR:
            self._known[workspace, user] = known = (await self._ask_slack(workspace, user), now)
            if len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
        return known[0]

    async def _ask_slack(self, workspace: str, user: str) -> Membership:
        client = await self._clients.find(workspace)
        if client is None:
            return Membership.MEMBER
        try:
            return _parse_membership(workspace, (await client.users_info(user=user))["user"])
        except SlackApiError as error:
            log.debug("standing.not_told", error=slack_errors.get_code_or_status(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("standing.not_told", error=type(error).__name__)
        return Membership.MEMBER


def _parse_membership(workspace: str, user: Mapping[str, Any]) -> Membership:
    """Of a user as Slack describes them; in an organisation somebody may be of several workspaces."""
    theirs = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())} - {None}
    if user.get("is_stranger") or (theirs and workspace not in theirs):
        return Membership.STRANGER
    return Membership.GUEST if user.get("is_restricted") or user.get("is_ultra_restricted") else Membership.MEMBER
