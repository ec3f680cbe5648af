"""Slack may refuse what it documents: then the plainer version of a message is better than none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError

from bot.messages import Message
from bot.slack import slack_errors

log = structlog.get_logger(__name__)

_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})


async def send_with_fallbacks(send: Callable[[Message], Awaitable[object]], versions: list[Message]) -> None:
    """Send the first of these that Slack takes. Raises SlackApiError for what is no matter of blocks."""
    *better, last = versions
    for version in better:
        try:
            await send(version)
        except SlackApiError as error:
            if slack_errors.get_code_or_status(error) not in _REFUSED:
                raise
            log.warning("blocks.refused", reason=slack_errors.get_code_or_status(error))
        else:
            return
    await send(last)
