"""slack_sdk's client of one simulated process, without a network: calls go to the simulated Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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


class _SimulatedClient(AsyncWebClient):
    def __init__(self, slack: SimulatedSlack, token: str | None, retries: Sequence[AsyncRetryHandler]) -> None:
        super().__init__(token, retry_handlers=list(retries))
        self._slack = slack

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
