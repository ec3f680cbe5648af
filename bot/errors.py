"""Errors a person can act on. Everything else is a bug.

BotError(message, *next_steps)          shown to a person, ephemeral, in one place (blocks/error_blocks.py)
├─ UsageError                           what was typed does not parse: usage, example, did you mean
│  ├─ OutdatedForm                      the form shows what is no longer so: it is drawn anew
│  ├─ UnknownOption                     an option that is none here, with the one that was meant
│  └─ UnknownParameter                  a parameter that the config does not declare, with the one that was meant
├─ NotConnected                         connect, then the original command resumes
├─ NotAllowed                           who may, and whom to ask
├─ TargetError                          the thing named does not exist (any more), or is not ours
└─ CircleCIError(status, request_id)
   ├─ Unauthorized                      token revoked or expired: reconnect
   ├─ NotFound                          missing, or hidden from you (CircleCI answers 404 for both)
   ├─ Rejected                          CircleCI's own sentence, quoted
   ├─ RateLimited(retry_after_s)        CircleCI asks us to wait
   └─ Unavailable(unknown)              5xx, timeouts, DNS; for a POST `unknown` says that it may have happened
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot.line import Written

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NextStep:
    """A next step with a button: `line` is what the button says to us."""

    label: str
    line: Written


class BotError(Exception):
    """A sentence for the person who asked, and what they can do next (plain strings, or Steps shown as buttons).

    `field` is what the block_id of the input begins with that it is about: in a form it is shown there.
    `misread` is a word that was said, and the one that was meant: the line is offered with that one. `reference` finds
    it in our log, where more than the person had a part in it.
    """

    field: str = ""
    reference: str = ""

    def __init__(self, message: str, *next_steps: str | NextStep, misread: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_steps = next_steps
        self.misread = misread

    def list_log_fields(self) -> dict[str, str | int | None]:
        """For the log."""
        return {"error": self.message}


class UsageError(BotError):
    """What was typed does not parse. The dispatcher adds the command's usage line and example."""


class UnknownOption(UsageError):
    """An option that the command does not have; `near` is the one that was meant, if that is clear."""

    def __init__(self, message: str, *next_steps: str | NextStep, name: str = "", near: str | None = None) -> None:
        super().__init__(message, *next_steps)
        self.name = name
        self.near = near


class UnknownParameter(UsageError):
    """A parameter that the config does not declare; `near` is the one that was meant, if that is clear."""

    def __init__(self, message: str, *next_steps: str | NextStep, name: str = "", near: str = "") -> None:
        super().__init__(message, *next_steps, misread=(name, near))
        self.name = name
        self.near = near


class OutdatedForm(UsageError):
    """The form was drawn for what is no longer so: it is drawn anew, to be looked at and handed in again."""


class NotConnected(BotError):
    """The person has no (working) CircleCI token with us yet."""


class NotAllowed(BotError):
    """A policy, or CircleCI itself, says that this person may not."""


class TargetError(BotError):
    """A thing that was named is unknown to us, ambiguous, or no longer in the state that the act needs."""


class CircleCIError(BotError):
    """CircleCI answered with an error, or did not answer.

    `status` is the HTTP status (0 without an answer), `request_id` is CircleCI's x-request-id, which their support asks
    for.
    """

    def __init__(
        self, message: str, *next_steps: str | NextStep, status: int = 0, request_id: str | None = None
    ) -> None:
        super().__init__(message, *next_steps)
        self.status = status
        self.request_id = request_id

    def list_log_fields(self) -> dict[str, str | int | None]:
        return {**super().list_log_fields(), "status": self.status, "circleci_request": self.request_id}


class Unauthorized(CircleCIError):
    """401: the token is revoked, expired or mistyped."""


class NotFound(CircleCIError):
    """404: missing, or hidden from this token; CircleCI says the same for both."""


class Rejected(CircleCIError):
    """Another 4xx: CircleCI understood and refused. `message` quotes its own sentence."""


class RateLimited(CircleCIError):
    """429, after our own retries. `retry_after_s` is how long CircleCI asked us to wait, in seconds."""

    def __init__(
        self, message: str, *next_steps: str | NextStep, retry_after_s: float, request_id: str | None = None
    ) -> None:
        super().__init__(message, *next_steps, status=429, request_id=request_id)
        self.retry_after_s = retry_after_s


class Unavailable(CircleCIError):
    """5xx, timeout, DNS, broken JSON. With `unknown` a write may have happened: re-read before repeating."""

    def __init__(self, message: str, *, unknown: bool = False, status: int = 0, request_id: str | None = None) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.unknown = unknown


HIDDEN = (NotFound, Rejected)
"""What CircleCI answers about a thing that a token may not see: mostly 404, sometimes 403."""


async def fetch_if_visible(call: Awaitable[T]) -> T | None:
    """What the call brings; None where CircleCI hides it from the token that asks."""
    try:
        return await call
    except HIDDEN:
        return None
