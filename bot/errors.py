"""Errors a person can act on. Everything else is a bug.

BotError(message, *next_steps)          shown to a person, ephemeral, in one place (blocks/error_blocks.py)
├─ UsageError                           what was typed does not parse: usage, example, did you mean
│  ├─ OutdatedForm                      the form shows what is no longer so: it is drawn anew
│  ├─ UnknownOption                     an option that is none here, with the one that was meant
│  └─ WrongParameter                    a parameter that the config does not take so, with what it takes
├─ NotConnected                         connect, then the original command resumes
├─ NotAllowed                           who may, and whom to ask
├─ Unconfirmed                          the workspace's policy asks for a second look first: nothing is wrong
├─ TargetError                          the thing named does not exist (any more), or is not ours
└─ CircleCIError(status, request_id)
   ├─ Unauthorized                      token revoked or expired: reconnect
   ├─ NotFound                          missing, or hidden from you (CircleCI answers 404 for both)
   ├─ Rejected                          CircleCI's own sentence, quoted
   ├─ RateLimited(retry_after_s)        CircleCI asks us to wait
   └─ Unavailable(unknown)              5xx, timeouts, DNS; for a POST `unknown` says that it may have happened
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from bot.line import Written

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class NextStep:
    """A next step with a button: `line` is what the button says to us."""

    label: str
    line: Written


class BotError(Exception):
    """A sentence for the person who asked, and what they can do next (plain strings, or Steps shown as buttons).

    `field` is what the block_id of the input begins with that it is about: in a form it is shown there.
    `others` are more that is wrong with the same line. `otherwise` helps where no line can be offered. `misread` is a
    word that was said, and those that may have been meant: the line is offered with each. `reference` finds it in our
    log, where more than the person had a part in it.
    """

    field: str = ""
    reference: str = ""
    others: Sequence[BotError] = ()
    otherwise: NextStep | None = None

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


class WrongParameter(UsageError):
    """A parameter `name` that the config does not take as it was said; it takes each of these pairs `instead`.

    `example` is a pair that it would take, where those are too many to name.
    """

    def __init__(
        self,
        message: str,
        *next_steps: str | NextStep,
        name: str = "",
        instead: Sequence[tuple[str, str]] = (),
        example: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message, *next_steps)
        self.name = name
        self.instead = instead
        self.example = example


class OutdatedForm(UsageError):
    """The form was drawn for what is no longer so: it is drawn anew, to be looked at and handed in again."""


class NotConnected(BotError):
    """The person has no (working) CircleCI token with us yet."""


class NotAllowed(BotError):
    """A policy, or CircleCI itself, says that this person may not."""


class Unconfirmed(BotError):
    """The policy asks for a second look: `mark` is of exactly what the sentence names, and comes back with the yes.

    `asks_why`: it asks for a reason, too, or for nothing but that.
    """

    def __init__(self, message: str, *, mark: str, asks_yes: bool = True, asks_why: bool = False) -> None:
        super().__init__(message)
        self.mark = mark
        self.asks_yes = asks_yes
        self.asks_why = asks_why


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


class OutputHidden(CircleCIError):
    """CircleCI was not asked: the workspace shows nothing of what builds of this project print or store."""


class NotFound(CircleCIError):
    """404: missing, or hidden from this token; CircleCI says the same for both. `wrote`: it answers a write."""

    wrote = False


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


class Mistakes:
    """Gathers what is wrong with the parts of one line, so that all of it is said at once."""

    def __init__(self) -> None:
        self._found: list[UsageError] = []

    def collect(self, reader: Callable[[], T], default: D) -> T | D:
        """What the reader makes of its part; the default where that is wrong."""
        try:
            return reader()
        except UsageError as error:
            self._found.append(error)
            return default

    def check(self) -> None:
        """Raises the first of them, with the others."""
        if self._found:
            first, *others = self._found
            first.others = [*first.others, *others]
            raise first


HIDDEN = (NotFound, Rejected)
"""What CircleCI answers about a thing that a token may not see: mostly 404, sometimes 403."""


async def fetch_if_visible(fetch: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What the call brings; None where CircleCI hides it from the token that asks."""
    try:
        return await fetch(*args, **kwargs)
    except HIDDEN:
        return None
