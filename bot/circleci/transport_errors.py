"""Requests that ended without an answer.

Only here are the errors of httpx and aiohttp caught (retry_policy.py weighs them).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import httpx

from bot.circleci.http_errors import add_doubt
from bot.circleci.retry_policy import is_timeout, is_unsent
from bot.circleci.ssrf_guard import InternalAddressError
from bot.errors import Unavailable
from bot.language import _

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
        return Unavailable(_("CircleCI leads to an address inside of this network, and nothing is fetched from there."))
    if is_unsent(error):
        return Unavailable(_("CircleCI could not be reached."))
    late = is_timeout(error)
    message = _("CircleCI did not answer in time.") if late else _("The connection to CircleCI broke.")
    return Unavailable(add_doubt(message, wrote=wrote), unknown=wrote)
