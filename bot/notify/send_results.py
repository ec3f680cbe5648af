"""How Slack answers delivery, as values, and what delivery asks of Slack. Ordinary ends raise nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Sent:
    ts: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """It was refused for now: nothing was posted."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """Nobody knows whether it arrived: look for it after this many `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """It can never be sent: `reason` is Slack's error word."""

    reason: str


SendResult = Sent | RetryAfter | AnswerLost | Undeliverable


@dataclass(frozen=True, slots=True)
class Absent:
    """The place was read, and the message is not there."""


@dataclass(frozen=True, slots=True)
class NoReadAccess:
    """We may not read there: the scope was declined, or we are no member."""


FindResult = Sent | Absent | NoReadAccess | RetryAfter

WORKSPACE_GONE = frozenset(
    {
        "account_inactive",
        "not_installed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""Reasons that concern a whole workspace: there is nobody left whom Slack would let us tell."""

MESSAGE_GONE = frozenset({"cannot_reply_to_message", "message_not_found", "thread_not_found"})
"""Reasons that concern one message: somebody deleted it, or the one it replies to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """What is to be posted where. `unfinished_since` is when an earlier attempt began whose end is unknown."""

    workspace: str
    channel: str
    message: Message
    key: str
    attempt: str
    unfinished_since: datetime | None
    thread_ts: str | None = None
    broadcast: bool = False


class Poster(Protocol):
    """Slack, as delivery needs it. Nothing is retried in here."""

    async def post(self, post: PostRequest) -> SendResult: ...

    def may_read(self, workspace: str) -> bool:
        """Whether the scopes to read channels were granted, as far as is known."""
        ...

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> SendResult: ...

    async def set_pinned(self, workspace: str, channel: str, ts: str, *, is_pinned: bool) -> SendResult:
        """Pin a message of a channel, or unpin it."""
        ...

    async def find(self, post: PostRequest, since: datetime) -> FindResult:
        """What was posted under its key since then."""
        ...
