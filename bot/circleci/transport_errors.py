"""Requests that ended without an answer.

Only here are the errors of httpx and aiohttp caught (retry_policy.py weighs them).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import httpx

from bot.circleci.http_errors import UNKNOWN
from bot.circleci.retry_policy import gone_quiet, never_sent
from bot.circleci.ssrf_guard import Inside
from bot.errors import Unavailable

_LOST = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    aiohttp.ClientError,
    OSError,
    UnicodeError,
)
"""Every way in which a request can end without an answer; the aiohttp transport lets some of its own errors through."""


@contextmanager
def answered(*, wrote: bool = False) -> Iterator[None]:
    """Whatever is lost inside becomes Unavailable, without a word about the address. `wrote` says it may have acted."""
    try:
        yield
    except _LOST as error:
        raise _unanswered(error, wrote=wrote) from None


def _unanswered(error: Exception, *, wrote: bool) -> Unavailable:
    if isinstance(error, Inside):
        return Unavailable("CircleCI leads to an address inside of this network, and nothing is fetched from there.")
    if never_sent(error):
        return Unavailable("CircleCI could not be reached.")
    lead = "CircleCI did not answer in time." if gone_quiet(error) else "The connection to CircleCI broke."
    return Unavailable(lead + (UNKNOWN if wrote else ""), unknown=wrote)
