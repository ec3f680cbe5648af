"""What CircleCI's answers other than 2xx mean, as errors that a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.errors import CircleCIError, NotFound, RateLimited, Rejected, Unauthorized, Unavailable
from bot.language import N_, _
from bot.mrkdwn import escape
from bot.untrusted.patterns import compile_linear

UNKNOWN = N_(" It is unknown whether it happened: look before you repeat it.")
WAIT_S = 30.0
"""How long to wait when CircleCI says that we are too fast, and not for how long."""

_READ = 20_000
"""Bytes of an answer in which its sentence is looked for."""
_SECONDS = compile_linear(r"\d{1,9}(\.\d{1,9})?")
_READS_ONLY = N_(
    "If you can see it, your token may only read: its scope, or your own rights at CircleCI, are not enough."
)
_NO_RIGHTS = N_("Your own rights at CircleCI are not enough for that: ask an admin of the project there.")

_ASK_AGAIN = N_("This token has made too many requests for now: ask again after that.")


def build_http_error(
    status: int, headers: Mapping[str, str], content: bytes, *, wrote: bool, secrets: Sequence[str], now: datetime
) -> CircleCIError:
    """The error for an answer that is not 2xx. `wrote` says that it answers a write; `secrets` are never repeated."""
    said = parse_message(content, secrets)
    request_id = headers.get("x-request-id")
    if status == 401:
        return Unauthorized(
            _join_sentence(_("CircleCI does not accept this token"), said), status=status, request_id=request_id
        )
    if status == 404:
        steps = [_READS_ONLY] if wrote else []
        told = _join_sentence(_("CircleCI does not know it, or hides it from you"), said)
        return NotFound(told, *steps, status=404, request_id=request_id)
    if status == 429:
        wait_s = parse_retry_after_s(headers, now)
        wait_s = WAIT_S if wait_s is None else wait_s
        told = _("CircleCI asks us to wait {wait}.", wait=_format_wait(wait_s))
        return RateLimited(told, _ASK_AGAIN, retry_after_s=wait_s, request_id=request_id)
    if 400 <= status < 500 and status != 408:
        steps = [_NO_RIGHTS] if status == 403 else []
        return Rejected(
            _join_sentence("CircleCI refused", said or f"HTTP {status}"), *steps, status=status, request_id=request_id
        )
    return _build_unavailable(status, request_id, wrote=wrote)


def _build_unavailable(status: int, request_id: str | None, *, wrote: bool) -> Unavailable:
    if 300 <= status < 400:
        message = _("CircleCI answered with a redirect (HTTP {status}). Is CIRCLECI_URL right?", status=status)
        return Unavailable(message, unknown=False, status=status, request_id=request_id)
    message = _("CircleCI has trouble of its own (HTTP {status}).", status=status)
    return Unavailable(message + (UNKNOWN if wrote else ""), unknown=wrote, status=status, request_id=request_id)


def _format_wait(seconds: float) -> str:
    """Minutes where seconds would have to be counted."""
    return f"{seconds:.0f} s" if seconds <= 120 else _("{seconds} minutes", seconds=f"{seconds / 60:.0f}")


def _join_sentence(lead: str, said: str) -> str:
    """CircleCI's sentence is foreign text, and errors are shown as mrkdwn: what it says is quoted harmlessly."""
    return f"{lead}: “{escape(said)}”" if said else f"{lead}."


def parse_message(content: bytes, secrets: Sequence[str] = ()) -> str:
    """CircleCI's own sentence: `error`, then `message`, then plain text; never HTML (circleci-cli's order)."""
    text = content[:_READ].decode("utf-8", "replace").strip()
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.startswith("<") else _shorten(text, secrets)
    if not isinstance(body, dict):
        return _shorten(body, secrets) if isinstance(body, str) else ""
    found = (body.get(key) for key in ("error", "message"))
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
