"""Why Slack refused a call, whatever it was that answered.

Something between Slack and us (a gateway, a proxy) may answer with a page of its own. The SDK then hands over a text in
place of Slack's JSON, or aiohttp's bare answer when JSON was announced and none came.
"""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError

_PASSING = {
    None,
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
}


def said(error: SlackApiError) -> str | None:
    """Slack's word for it, like `not_in_channel`; None where it was not Slack that answered."""
    data = getattr(_answer(error), "data", None)
    return data.get("error") if isinstance(data, dict) else None


def word(error: SlackApiError) -> str:
    """The same for a log or a person; the HTTP status where Slack said nothing."""
    return said(error) or str(status(error))


COPY = "copy SLACK_BOT_TOKEN again (your app's page at Slack, OAuth & Permissions)"
"""What to do where the bot's token is refused."""
LOOK = "look at SLACK_API_URL and at the way out to the network"
"""What to do where it was not Slack that refused."""


def by_slack(error: Exception) -> bool:
    """Whether Slack has refused it, which the next try does not change."""
    return isinstance(error, SlackApiError) and said(error) not in _PASSING


def why(error: Exception) -> str:
    """The same as a sentence, also where nobody answered."""
    if not isinstance(error, SlackApiError):
        return f"Slack cannot be reached ({type(error).__name__})"
    found = said(error)
    return f"Slack says {found}" if found else f"what answers there is not Slack (HTTP {status(error)})"


def status(error: SlackApiError) -> int:
    """The HTTP status."""
    answer = _answer(error)
    return int(answer.status_code if hasattr(answer, "status_code") else answer.status)


def wait_s(error: SlackApiError, usual_s: float) -> float:
    """How long Slack asks us to wait."""
    return float(_answer(error).headers.get("Retry-After", usual_s))


def _answer(error: SlackApiError) -> Any:
    return error.response
