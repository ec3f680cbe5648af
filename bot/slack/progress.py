"""Lines that say how far we are with a request: how many may be sent where, and which message holds the last one.

A modal, a private message whose button was pressed and our direct messages can be changed, so that a line takes the
place of the one before, and the reply of the last. A slash command's response_url and an ephemeral message in a channel
only ever add (slackapi/bolt-js 2287): there one line has to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.actions import reachability
from bot.command import Request, RequestSource
from bot.conversation import PlaceKind

EVERY_S = 3.0
"""Seconds between two lines; Slack counts changes of one message by the minute."""
_BY_URL = 3
"""Lines by a response_url: it takes five posts, and the reply needs one or two."""


@dataclass(slots=True)
class _ProgressState:
    count: int = 0
    at_s: float = float("-inf")
    ts: str | None = None


def can_replace_original(request: Request) -> bool:
    """The pressed button stood in a message that only this person sees: what we say takes its place.

    So it does where the button was one to connect first, and the command goes on that waited for it.
    """
    return request.ephemeral and (request.source is RequestSource.BUTTON or has_waited(request))


def has_waited(request: Request) -> bool:
    """It goes on now, in the place of the message that asked its person to connect first."""
    return request.ephemeral and request.source is RequestSource.TYPED


class ProgressLines:
    """What has been said so far of each request that is being worked on. `now_s` is a clock that only goes forward."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._by_key: dict[str, _ProgressState] = {}

    def allow(self, request: Request) -> bool:
        """Whether another line may be said now; if so it counts as said."""
        said = self._by_key.setdefault(request.key, _ProgressState())
        now_s = self._now_s()
        if said.count >= _get_limit(request) or now_s - said.at_s < EVERY_S:
            return False
        said.count += 1
        said.at_s = now_s
        return True

    def set_message_ts(self, request: Request, ts: str | None) -> None:
        """The request's line is this message of our direct messages."""
        self._by_key.setdefault(request.key, _ProgressState()).ts = ts

    def find_message_ts(self, request: Request) -> str | None:
        said = self._by_key.get(request.key)
        return said.ts if said else None

    def forget(self, request: Request) -> None:
        self._by_key.pop(request.key, None)


def _get_limit(request: Request) -> float:
    if request.view_id:
        return float("inf")
    if request.reply_to:
        return _BY_URL if can_replace_original(request) else 1
    return float("inf") if request.channel and reachability.get_place_kind(request) is PlaceKind.OWN_DM else 1
