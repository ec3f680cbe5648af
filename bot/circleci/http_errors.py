"""What CircleCI's answers other than 2xx mean, as errors that a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.errors import CircleCIError, NotFound, RateLimited, Rejected, Unauthorized, Unavailable
from bot.language import _, ngettext
from bot.mrkdwn import escape
from bot.untrusted.patterns import compile_linear

WAIT_S = 30.0
"""How long to wait when CircleCI says that we are too fast, and not for how long."""

_READ = 20_000
"""Bytes of an answer in which its sentence is looked for."""
_SECONDS = compile_linear(r"\d{1,9}(\.\d{1,9})?")


def build_http_error(
    status: int, headers: Mapping[str, str], content: bytes, *, wrote: bool, secrets: Sequence[str], now: datetime
) -> CircleCIError:
    """The error for an answer that is not 2xx. `wrote` says that it answers a write; `secrets` are never repeated."""
    said = escape(parse_message(content, secrets))  # foreign text, and errors are shown as mrkdwn
    request_id = headers.get("x-request-id")
    if status == 401:
        return Unauthorized(_format_unauthorized(said), status=status, request_id=request_id)
    if status == 404:
        return _build_not_found(said, request_id, wrote=wrote)
    if status == 429:
        return _build_rate_limited(parse_retry_after_s(headers, now), request_id)
    if 400 <= status < 500 and status != 408:
        reason = said or f"HTTP {status}"
        message = _("CircleCI refused: “{reason}”", reason=reason)
        return Rejected(message, *_explain_refusal(status), status=status, request_id=request_id)
    return _build_unavailable(status, request_id, wrote=wrote)


def _format_unauthorized(said: str) -> str:
    if said:
        return _("CircleCI does not accept this token: “{reason}”", reason=said)
    return _("CircleCI does not accept this token.")


def _build_not_found(said: str, request_id: str | None, *, wrote: bool) -> NotFound:
    error = NotFound(_format_not_found(said), *_explain_hidden(wrote=wrote), status=404, request_id=request_id)
    error.wrote = wrote
    return error


def _format_not_found(said: str) -> str:
    if said:
        return _("CircleCI does not know it, or hides it from you: “{reason}”", reason=said)
    return _("CircleCI does not know it, or hides it from you.")


def _explain_hidden(*, wrote: bool) -> list[str]:
    """What is shown but cannot be changed is hidden in the same way."""
    if not wrote:
        return []
    return [
        _("If you can see it, your token may only read: its scope, or your own rights at CircleCI, are not enough.")
    ]


def _explain_refusal(status: int) -> list[str]:
    if status != 403:
        return []
    return [_("Your own rights at CircleCI are not enough for that: ask an admin of the project there.")]


def _build_rate_limited(wait_s: float | None, request_id: str | None) -> RateLimited:
    wait_s = WAIT_S if wait_s is None else wait_s
    step = _("This token has made too many requests for now: ask again after that.")
    return RateLimited(_format_wait(wait_s), step, retry_after_s=wait_s, request_id=request_id)


def _build_unavailable(status: int, request_id: str | None, *, wrote: bool) -> Unavailable:
    if 300 <= status < 400:
        message = _("CircleCI answered with a redirect (HTTP {status}). Is CIRCLECI_URL right?", status=status)
        return Unavailable(message, unknown=False, status=status, request_id=request_id)
    message = _("CircleCI has trouble of its own (HTTP {status}).", status=status)
    return Unavailable(add_doubt(message, wrote=wrote), unknown=wrote, status=status, request_id=request_id)


def add_doubt(message: str, *, wrote: bool) -> str:
    """The message, and for a write without a readable answer that it may have happened."""
    if not wrote:
        return message
    return _("{problem} It is unknown whether it happened: look before you repeat it.", problem=message)


def _format_wait(seconds: float) -> str:
    """In minutes where seconds would have to be counted."""
    if seconds <= 120:
        return ngettext(
            "CircleCI asks us to wait {count} second.", "CircleCI asks us to wait {count} seconds.", round(seconds)
        )
    return ngettext(
        "CircleCI asks us to wait {count} minute.", "CircleCI asks us to wait {count} minutes.", round(seconds / 60)
    )


def parse_message(content: bytes, secrets: Sequence[str] = ()) -> str:
    """CircleCI's own sentence: `error` (v3: its `detail`), then `message`, then plain text; never HTML."""
    text = content[:_READ].decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.startswith("<") else _shorten(text, secrets)
    if not isinstance(body, dict):
        return _shorten(body, secrets) if isinstance(body, str) else ""
    error = body.get("error")
    found = (error.get("detail") if isinstance(error, dict) else error, body.get("message"))
    return next((_shorten(value, secrets) for value in found if isinstance(value, str) and value), "")


def _shorten(text: str, secrets: Sequence[str]) -> str:
    """On one line, 300 characters at most; secrets go before anything is cut, so that no part of one is left."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "****")
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[:299] + "…"


def parse_retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or as a date; None when it is absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date - now).total_seconds()) if date.tzinfo else None
