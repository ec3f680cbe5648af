"""Requests that ended without an answer.

Only here are the errors of httpx and aiohttp caught (retry_policy.py weighs them).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import httpx

from bot.circleci.http_errors import UNKNOWN
from bot.circleci.retry_policy import is_timeout, is_unsent
from bot.circleci.ssrf_guard import InternalAddressError
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
def convert_transport_errors(*, wrote: bool = False) -> Iterator[None]:
    """Whatever is lost inside becomes Unavailable, without a word about the address. `wrote` says it may have acted."""
    try:
        yield
    except _LOST as error:
        raise _build_unavailable(error, wrote=wrote) from None


def _build_unavailable(error: Exception, *, wrote: bool) -> Unavailable:
    if isinstance(error, InternalAddressError):
        return Unavailable("CircleCI leads to an address inside of this network, and nothing is fetched from there.")
    if is_unsent(error):
        return Unavailable("CircleCI could not be reached.")
    lead = "CircleCI did not answer in time." if is_timeout(error) else "The connection to CircleCI broke."
    return Unavailable(lead + (UNKNOWN if wrote else ""), unknown=wrote)
