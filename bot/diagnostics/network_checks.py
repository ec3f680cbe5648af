"""The way out: a proxy that refuses, and CircleCI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp

from bot.circleci.client import CircleCIPool
from bot.circleci.v3_host import V3State
from bot.diagnostics.circleci_symptoms import CIRCLECI_TOKEN_REFUSED, CIRCLECI_UNREACHABLE
from bot.diagnostics.local_symptoms import PROXY_IN_THE_WAY
from bot.domain.symptoms import Finding, KeptSentence
from bot.errors import CircleCIError, Unauthorized
from bot.language.said import keep
from bot.settings import Settings

_NOBODY = "circlebot-doctor"
"""Not a real token: CircleCI refuses it, which shows that CircleCI is reachable."""
_REFUSALS = (403, 407)


async def check_proxy(url: str, proxy: str | None) -> AsyncIterator[Finding]:
    """Nothing where there is no proxy, or where it lets us through; what answers behind it is for other checks."""
    if proxy and (why := await _find_refusal(url, proxy)):
        place = urlsplit(proxy)
        named = f"{place.hostname}:{place.port}" if place.port else str(place.hostname)
        host = urlsplit(url).hostname or ""
        yield Finding("proxy", symptom=PROXY_IN_THE_WAY, values={"proxy": named, "host": host, "why": why})


async def _find_refusal(url: str, proxy: str) -> str:
    """An answer that is refused to http:// comes from the proxy itself, or from what it stands for."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url, proxy=proxy, allow_redirects=False) as answer:
            return f"HTTP {answer.status}" if answer.status == 407 or _is_bare_refusal(url, answer.status) else ""
    except aiohttp.ClientHttpProxyError as error:
        return f"HTTP {error.status}"
    except (aiohttp.ClientProxyConnectionError, aiohttp.ClientSSLError, aiohttp.InvalidURL) as error:
        return type(error).__name__
    except (aiohttp.ClientError, OSError):
        return ""


def _is_bare_refusal(url: str, status: int) -> bool:
    return url.startswith("http://") and status in _REFUSALS


async def check_circleci(settings: Settings) -> AsyncIterator[Finding]:
    pool = CircleCIPool(settings.circleci_url, sleep=_skip_sleep, v3=settings.circleci_api_v3)
    token = settings.circleci_token
    client = pool.bind(token.get_secret_value() if token else _NOBODY)
    try:
        me = await client.fetch_me()
    except Unauthorized:
        refused = Finding("circleci", symptom=CIRCLECI_TOKEN_REFUSED)
        yield refused if token else Finding("circleci", "reachable; people bring their own tokens")
    except CircleCIError as error:
        values = {"why": KeptSentence(keep(error.message)), "url": settings.circleci_url}
        yield Finding("circleci", symptom=CIRCLECI_UNREACHABLE, values=values)
    else:
        await client.has_v3("doctor")
        known = f"reachable; API v3: {_format_v3(client.get_v3_state())}"
        yield Finding("circleci", f"{known}; CIRCLECI_TOKEN is {me.login}'s{_format_served_workspaces(settings)}")
    finally:
        await pool.close()


def _format_served_workspaces(settings: Settings) -> str:
    """Which workspaces the service account reads for, if there are many."""
    if settings.served_workspaces is None:
        return ""
    named = ", ".join(sorted(settings.served_workspaces))
    return f" and reads for {named}" if named else " and reads for no workspace: name them in CIRCLECI_TOKEN_WORKSPACES"


def _format_v3(state: V3State) -> str:
    if not state.is_asked:
        return "not asked (CIRCLECI_API_V3, or a Server)"
    return {True: "there", False: "not there", None: "no answer tells"}[state.has_it]


async def _skip_sleep(_seconds: float) -> None:
    """No retry: a doctor answers quickly."""
