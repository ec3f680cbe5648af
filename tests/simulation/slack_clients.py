"""slack_sdk's client of one simulated process, without a network: calls go to the simulated Slack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.slack.clients import SlackClients
from bot.store.store import Store
from tests.simulation.simulated_slack import SimulatedSlack, SlackAnswer

TOKEN = "xoxb-of-the-simulation"
_TRIES = 3


class SimulatedClients(SlackClients):
    def __init__(self, slack: SimulatedSlack, *, store: Store, clock: Clock) -> None:
        super().__init__(api_url="https://slack.com/api/", token=TOKEN, store=store, clock=clock)
        self._slack = slack

    def build(
        self, token: str | None = None, retries: Sequence[AsyncRetryHandler] = (), team: str | None = None
    ) -> AsyncWebClient:
        del team
        return _SimulatedClient(self._slack, token, retries)


class _SimulatedSession:
    """Of aiohttp's: what slack_sdk needs to answer by a response_url."""

    closed = False

    def __init__(self, slack: SimulatedSlack) -> None:
        self._slack = slack

    @asynccontextmanager
    async def request(self, _method: str, url: str, *, data: str, **_how: object) -> AsyncIterator[_Answer]:
        answer = await self._slack.carry("response_url", json.loads(data) | {"url": url})
        yield _Answer(answer.status if answer.data["ok"] else max(answer.status, 404), answer.headers)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]

    async def text(self) -> str:
        return ""


class _SimulatedClient(AsyncWebClient):
    def __init__(self, slack: SimulatedSlack, token: str | None, retries: Sequence[AsyncRetryHandler]) -> None:
        super().__init__(token, retry_handlers=list(retries))
        self._slack = slack
        self.session: Any = _SimulatedSession(slack)

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:
        said = how.get("json") or how.get("params") or how.get("data") or {}
        answer = await self._carry(api_method, said)
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer.data,
            headers=answer.headers,
            status_code=answer.status,
        ).validate()

    async def _carry(self, method: str, said: dict[str, Any]) -> SlackAnswer:
        """Again where the bot lets the SDK repeat it: after a limit, or a cut connection."""
        for _ in range(_TRIES - 1 if self.retry_handlers else 0):
            try:
                answer = await self._slack.carry(method, said)
            except aiohttp.ClientError:
                continue
            if answer.status != 429:
                return answer
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        return await self._slack.carry(method, said)
