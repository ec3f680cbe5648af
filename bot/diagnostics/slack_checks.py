"""The way to Slack: tokens, scopes, the clock, Socket Mode, and channels that take nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.diagnostics.local_symptoms import CLOCK_SKEWED, DATABASE_CLOCK_SKEWED
from bot.diagnostics.slack_symptoms import (
    APP_TOKEN_REFUSED,
    APP_TOKEN_SHARED,
    NOT_IN_CHANNEL,
    SCOPE_MISSING,
    SLACK_UNREACHABLE,
    SOCKET_BLOCKED,
    TOKEN_NOT_RENEWED,
)
from bot.domain.arrivals import Listener
from bot.domain.people import Installation
from bot.domain.symptoms import Finding
from bot.slack import slack_errors, socket
from bot.slack.scopes import OPTIONAL_SCOPES, SCOPES
from bot.store.refused_channels import RefusedChannel
from bot.store.store import Store

_MOST_SKEW = timedelta(minutes=1)
_MOST_CHANNELS = 20
_LOST = (SlackApiError, aiohttp.ClientError, OSError, ValueError)


async def check_bot(bot: AsyncWebClient, refused: Finding, clock: Clock) -> AsyncIterator[Finding]:
    """One `auth.test` tells whether the token is good, what it may do, and what time it is at Slack.

    `refused` is what Slack's refusal means for this token.
    """
    answer = await fetch_answer(bot.auth_test, refused, str(bot.base_url))
    if isinstance(answer, Finding):
        yield answer
        return
    yield Finding("slack", f"{answer.get('user')} in {answer.get('team')}")
    yield _judge_scopes(str(answer.headers.get("x-oauth-scopes", "")))
    if told := answer.headers.get("Date"):
        yield check_clock(parsedate_to_datetime(str(told)), clock.now())


async def check_rotation(installed: Installation, values: Mapping[str, object], clock: Clock) -> AsyncIterator[Finding]:
    """Of a token that Slack rotates; what the mend needs besides is in `values`."""
    if (ends_at := installed.expires_at) is None:
        return
    if installed.refused_at or ends_at <= clock.now():
        yield Finding("rotation", symptom=TOKEN_NOT_RENEWED, values={**values, "ends_at": ends_at})
    else:
        yield Finding("rotation", f"the token of {installed.name} is renewed before {ends_at:%H:%M} UTC")


async def fetch_answer(
    ask: Callable[[], Awaitable[AsyncSlackResponse]], refused: Finding, url: str
) -> AsyncSlackResponse | Finding:
    """Slack's answer, or what its refusal or silence means."""
    try:
        return await ask()
    except _LOST as error:
        code = slack_errors.find_code(error) if isinstance(error, SlackApiError) else None
        if code and slack_errors.is_permanent(error):
            return Finding(refused.check, symptom=refused.symptom, values={**refused.values, "code": code})
        return Finding(refused.check, symptom=SLACK_UNREACHABLE, values={"why": _name_cause(error), "url": url})


async def may_read_history(bot: AsyncWebClient) -> bool:
    """Whether posts can be looked up in channels; True where Slack does not say: then it is asked before each."""
    try:
        answer = await bot.auth_test()
    except _LOST:
        return True
    return "channels:history" in str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(",")


def _name_cause(error: Exception) -> str:
    return f"HTTP {slack_errors.get_status(error)}" if isinstance(error, SlackApiError) else type(error).__name__


def _judge_scopes(header: str) -> Finding:
    granted = set(header.replace(" ", "").split(","))
    if missing := sorted(set(SCOPES) - granted):
        return Finding("scopes", symptom=SCOPE_MISSING, values={"scopes": tuple(missing)})
    declined = sorted(set(OPTIONAL_SCOPES) - granted)
    return Finding("scopes", f"all granted, {', '.join(declined)} declined" if declined else "all granted")


def check_clock(theirs: datetime, ours: datetime) -> Finding:
    """Slack's header tells whole seconds."""
    skew = abs(theirs - ours)
    if skew > _MOST_SKEW:
        return Finding("clock", symptom=CLOCK_SKEWED, values={"skew": skew})
    return Finding("clock", "as Slack's")


async def check_database_clock(store: Store, clock: Clock) -> AsyncIterator[Finding]:
    """SQLite has the time of this machine."""
    skew = abs(await store.now() - clock.now())
    if store.is_shared and skew > _MOST_SKEW:
        yield Finding("clock", symptom=DATABASE_CLOCK_SKEWED, values={"skew": skew})


async def check_socket(app: AsyncWebClient, ours: Sequence[Listener] | None) -> AsyncIterator[Finding]:
    """`ours` are the processes of this installation that listen now; None: nobody knows."""
    refused = Finding("socket", symptom=APP_TOKEN_REFUSED)
    ask = partial(app.apps_connections_open, app_token=str(app.token))
    answer = await fetch_answer(ask, refused, str(app.base_url))
    if isinstance(answer, Finding):
        yield answer
        return
    url = str(answer["url"])
    try:
        count = await _count_connections(app, url)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        status = getattr(error, "status", None)
        why = f"HTTP {status}" if status else type(error).__name__
        yield Finding("socket", symptom=SOCKET_BLOCKED, values={"why": why, "host": urlsplit(url).hostname or ""})
        return
    mine = sum(socket.CONNECTIONS for one in ours or () if one.connections is not None)
    if ours is not None and count > mine:
        yield Finding("socket", symptom=APP_TOKEN_SHARED, values={"count": count, "ours": mine})
    else:
        yield Finding("socket", f"Slack gives us a connection, and counts {count} others")


async def _count_connections(app: AsyncWebClient, url: str) -> int:
    """Those of this app beside this one, which ends as soon as Slack has said hello: it takes no payload.

    Raises ValueError if Slack says something else.
    """
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, proxy=app.proxy, ssl=app.ssl if app.ssl is not None else True) as connection,
    ):
        said = json.loads(await connection.receive_str())
        if said.get("reason") == "too_many_websockets":
            return socket.MOST_CONNECTIONS
        if said.get("type") != "hello":
            raise ValueError("no hello")
        return int(said.get("num_connections", 1)) - 1


async def check_channels(
    refused: Sequence[RefusedChannel], clients: dict[str, AsyncWebClient]
) -> AsyncIterator[Finding]:
    """Those that Slack took nothing for the last time, unless it says that we are there by now."""
    asked = [one for one in refused if one.workspace in clients or "" in clients][:_MOST_CHANNELS]
    there = await asyncio.gather(*(_is_there(clients.get(one.workspace) or clients[""], one.channel) for one in asked))
    lost = [one for one, is_there in zip(asked, there, strict=True) if not is_there]
    for one in lost:
        yield Finding("channels", symptom=NOT_IN_CHANNEL, values={"channel": one.channel, "reason": one.reason})
    if not lost:
        yield Finding("channels", "Slack took the last message for each")


async def _is_there(bot: AsyncWebClient, channel: str) -> bool:
    """False also where Slack does not tell: its scope may have been declined."""
    with suppress(*_LOST):
        found = (await bot.conversations_info(channel=channel))["channel"]
        return bool(found.get("is_member")) and not found.get("is_archived")
    return False
