"""Socket Mode that stays up: two connections, and a watchdog that replaces one that has gone quiet.

The SDK's client closes an old socket before it opens the next, retries a used-up URL for ever, and may die silently
(facts, "Socket Mode"); with two of them events always find one, and the watchdog asks Slack for a fresh URL.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot import payload
from bot.slack import slack_errors
from bot.slack.bolt_app import SlackApp
from bot.slack.clients import SlackClients

log = structlog.get_logger(__name__)

CONNECTIONS = 2
MOST_CONNECTIONS = 10
"""Slack takes no more of one app."""
_LOOK_EVERY_S = 5.0
_PING_EVERY_S = 5.0
_CONNECT_WITHIN_S = 20.0
_CLOSE_WITHIN_S = 3.0
_AGAIN_AFTER_S = 1.0
_AT_MOST_S = 2.0
_REFUSED_AT_MOST_S = 60.0
"""Who is down is asked again soon; who refuses us will hardly change their mind."""

MEND = "make an app-level token with connections:write, and switch Socket Mode on (your app's page at Slack)"
"""What to do where Slack gives us no connection."""


def increase_wait(waited_s: float, error: Exception) -> float:
    """Until the next try, after one that failed and had waited so long."""
    most_s = _REFUSED_AT_MOST_S if slack_errors.is_permanent(error) else _AT_MOST_S
    return min(max(2 * waited_s, _AGAIN_AFTER_S), most_s)


class CheckedSocketModeClient(SocketModeClient):
    """The SDK's client, for which every message is JSON of a known shape: it tells of others with all their text."""

    async def issue_new_wss_url(self) -> str:
        """The SDK's reads any refusal as Slack's, and logs each with the whole answer."""
        answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        return str(answer["url"])

    async def enqueue_message(self, message: str) -> None:
        try:
            message = payload.clean_envelope(message)
        except payload.MalformedPayload as error:
            log.warning("socket.malformed", where=str(error))
            return
        await super().enqueue_message(message)


class SocketModeListener:
    """Brings Slack's envelopes to the Bolt app. `is_connected` tells the truth for the readiness probe.

    Each acknowledgement is inside `measure_ack`, which gets the kind of the payload.
    """

    def __init__(
        self,
        *,
        app: SlackApp,
        app_token: str,
        clients: SlackClients,
        client: type[SocketModeClient] = CheckedSocketModeClient,
        measure_ack: Callable[[str], AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._clients = clients
        self._client = client
        self._measure_ack = measure_ack
        self._open: list[SocketModeClient] = []
        self.switched_off = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connected while inside. Slack being down at the start is waited out, not raised."""
        watchdog = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watchdog.cancel()
            await asyncio.gather(watchdog, return_exceptions=True)
            await asyncio.gather(*(_close(client) for client in self._open))

    async def is_connected(self) -> bool:
        return await self.count_connections() > 0

    async def count_connections(self) -> int:
        return sum([await client.is_connected() for client in self._open])

    async def _watch(self) -> None:
        """Told is what changes: why there is no connection, and that there is one again."""
        told, wait_s = None, 0.0
        while not self.switched_off:
            error = await self._try_connect()
            why = slack_errors.format_reason(error) if error else None
            if error and why != told:
                log.error(
                    "socket.not_connected",
                    why=why,
                    mend=MEND if slack_errors.is_permanent(error) else slack_errors.CHECK_NETWORK,
                )
            elif told and not error:
                log.info("socket.connected")
            told = why
            wait_s = increase_wait(wait_s, error) if error else 0.0
            await asyncio.sleep(wait_s or _LOOK_EVERY_S)
        log.error("socket.switched_off", mend="Socket Mode was switched off in the app's settings at Slack")

    async def _try_connect(self) -> Exception | None:
        """What kept us from having all connections."""
        try:
            await self._replace_dead()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look tries again
            return error
        return None

    async def _replace_dead(self) -> None:
        for client in list(self._open):
            if not await client.is_connected():
                self._open.remove(client)
                await _close(client)
        while len(self._open) < CONNECTIONS:
            self._open.append(await self._connect())

    async def _connect(self) -> SocketModeClient:
        client = self._client(
            app_token=self._app_token,
            web_client=self._clients.build(self._app_token),
            ping_interval=_PING_EVERY_S,
            logger=logging.getLogger("circlebot.socket"),
            on_message_listeners=[self._note_switch_off],
        )
        client.socket_mode_request_listeners.append(self._handle)
        try:
            client.wss_uri = await client.issue_new_wss_url()
            # Not `wait_for`: until Python 3.12 it forgets to be cancelled in the moment in which the other is done.
            async with asyncio.timeout(_CONNECT_WITHIN_S):
                await client.connect()  # type: ignore[no-untyped-call]  # the SDK's
        except BaseException:
            await _close(client)
            raise
        return client

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """What is malformed is acknowledged too: it would only come again."""
        started_at = time.monotonic()
        try:
            asked = payload.parse_payload(request.payload)
        except payload.MalformedPayload as error:
            log.warning("slack.malformed", where=str(error))
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            return
        with self._measure_ack(payload.find_kind(asked)):
            answer = await self._app.take(asked)
            await send_async_response(client, request, answer, started_at)

    async def _note_switch_off(self, message: WSMessage) -> None:
        said = payload.parse_json_object(str(message.data)) if '"link_disabled"' in str(message.data) else {}
        self.switched_off = self.switched_off or said.get("type") == "disconnect"


async def _close(client: SocketModeClient) -> None:
    """Also who is cancelled meanwhile leaves no connection open."""
    try:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await client.close()  # type: ignore[no-untyped-call]  # the SDK's
    finally:
        with contextlib.suppress(Exception):
            await client.aiohttp_client_session.close()
