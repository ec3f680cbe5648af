"""Why Slack refused a call, whatever it was that answered.

Something between Slack and us (a gateway, a proxy) may answer with a page of its own. The SDK then hands over a text in
place of Slack's JSON, or aiohttp's bare answer when JSON was announced and none came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.messages import Message

log = structlog.get_logger(__name__)

_BLOCK_ERRORS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})

NOBODY = frozenset({"user_not_found", "users_not_found"})
"""What it says of an id that is nobody's."""

_PASSING = {
    None,
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
}


def find_code(error: SlackApiError) -> str | None:
    """Slack's word for it, like `not_in_channel`; None where it was not Slack that answered."""
    data = getattr(_get_response(error), "data", None)
    return data.get("error") if isinstance(data, dict) else None


def get_code_or_status(error: SlackApiError) -> str:
    """The same for a log or a person; the HTTP status where Slack said nothing."""
    return find_code(error) or str(get_status(error))


COPY_AGAIN = "copy SLACK_BOT_TOKEN again (your app's page at Slack, OAuth & Permissions)"
"""What to do where the bot's token is refused."""
CHECK_NETWORK = "look at SLACK_API_URL and at the way out to the network"
"""What to do where it was not Slack that refused."""


def is_permanent(error: Exception) -> bool:
    """Whether Slack has refused it, which the next try does not change."""
    return isinstance(error, SlackApiError) and find_code(error) not in _PASSING


def format_reason(error: Exception) -> str:
    """The same as a sentence, also where nobody answered."""
    if not isinstance(error, SlackApiError):
        return f"Slack cannot be reached ({type(error).__name__})"
    found = find_code(error)
    return f"Slack says {found}" if found else f"what answers there is not Slack (HTTP {get_status(error)})"


def get_status(error: SlackApiError) -> int:
    """The HTTP status."""
    answer = _get_response(error)
    return int(answer.status_code if hasattr(answer, "status_code") else answer.status)


def get_retry_after_s(error: SlackApiError, usual_s: float) -> float:
    """How long Slack asks us to wait."""
    return float(_get_response(error).headers.get("Retry-After", usual_s))


async def send_with_fallbacks(send: Callable[[Message], Awaitable[object]], versions: list[Message]) -> None:
    """Send the first version that Slack accepts: it may refuse blocks that it documents.

    Raises SlackApiError for any other refusal.
    """
    *better, last = versions
    for version in better:
        try:
            await send(version)
        except SlackApiError as error:
            if get_code_or_status(error) not in _BLOCK_ERRORS:
                raise
            log.warning("blocks.refused", reason=get_code_or_status(error))
        else:
            return
    await send(last)


def _get_response(error: SlackApiError) -> Any:
    return error.response
