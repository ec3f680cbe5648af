"""The first message in a channel, said by whoever sets circlebot up."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.greeting_blocks import render_channel_greeting
from bot.errors import UsageError
from bot.language.spoken import speaking
from bot.slack import slack_errors

_REFUSALS = {
    "channel_not_found": "Slack finds no channel {channel} that circlebot may see: type its name as Slack shows it, or "
    "say /invite there first if it is private.",
    "not_in_channel": "circlebot is not in {channel}: say /invite there first.",
    "is_archived": "{channel} is archived: take another channel.",
}


async def fetch_workspace(api_url: str, token: str) -> str:
    """The id of the workspace that the token belongs to. Raises UsageError."""
    try:
        return str((await AsyncWebClient(token=token, base_url=api_url).auth_test())["team_id"])
    except (SlackApiError, aiohttp.ClientError, OSError, ValueError) as error:
        raise UsageError(f"{slack_errors.format_reason(error)}: {slack_errors.COPY_AGAIN}.") from None


async def say_hello(api_url: str, token: str, channel: str, *, language: str) -> None:
    """Say in a channel what it can have there. Raises UsageError."""
    with speaking(language):
        message = render_channel_greeting()
    client = AsyncWebClient(token=token, base_url=api_url, retry_handlers=[])
    try:
        await client.chat_postMessage(channel=channel, text=message.text, blocks=[dict(one) for one in message.blocks])
    except (SlackApiError, aiohttp.ClientError, OSError, ValueError) as error:
        code = slack_errors.find_code(error) if isinstance(error, SlackApiError) else None
        told = f"{slack_errors.format_reason(error)}: choose another channel, or try again later."
        raise UsageError(_REFUSALS.get(code or "", told).format(channel=channel)) from None
