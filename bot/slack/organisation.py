"""Organisations with several workspaces (Enterprise Grid): which of them an installation is for."""

from __future__ import annotations

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.domain.people import Installation
from bot.slack import slack_errors
from bot.slack.clients import SlackClients

log = structlog.get_logger(__name__)

_PAGES = 50


async def fetch_teams(clients: SlackClients, installation: Installation) -> dict[str, str] | None:
    """The workspaces that the organisation lets us into, names by id; None where Slack does not say."""
    client = clients.build(installation.token)
    found: dict[str, str] = {}
    cursor = ""
    try:
        for _ in range(_PAGES):
            page = await client.auth_teams_list(cursor=cursor or None)
            found |= {str(one["id"]): str(one.get("name", "")) for one in page["teams"]}
            if not (cursor := (page.get("response_metadata") or {}).get("next_cursor") or ""):
                return found
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        told = slack_errors.get_code_or_status(error) if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("organisation.not_told", workspace=installation.workspace, error=told)
    return None
