"""The outside from our side: starts it, tells it what to do, and asks what came of it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.children import child, heard
from bench.load import Hit

SECRET = "bench-webhook-secret"  # noqa: S105 - it opens nothing


@dataclass(frozen=True, slots=True)
class Outside:
    url: str
    http: aiohttp.ClientSession

    async def behaves(self, **how: float) -> None:
        """`slack_delay_s`, `circleci_delay_s`, `paced`; what is left out is as at first."""
        await self._post("/control", how)

    async def fails(self, *troubles: dict[str, Any]) -> int:
        """These (troubles.py), and no others, from now on; how many calls any have struck until now."""
        async with self.http.post(f"{self.url}/troubles", json=troubles) as answer:
            return int((await answer.json())["struck"])

    async def opens(self, projects: Sequence[str]) -> None:
        await self._post("/circleci/projects", list(projects))

    async def pushes(
        self,
        projects: Sequence[str],
        *,
        count: int,
        every_s: float,
        lasts_s: float,
        spread_s: float = 0.0,
        tell: str | None = None,
    ) -> None:
        """Begin to push builds (outside/circleci.py); with `tell` webhooks go there when they end."""
        webhooks = {"url": tell, "secret": SECRET} if tell else None
        wanted = {"projects": list(projects), "count": count, "every_s": every_s}
        wanted |= {"lasts_s": lasts_s, "spread_s": spread_s}
        await self._post("/circleci/pushes", {**wanted, "webhooks": webhooks})

    async def slack(self) -> dict[str, Any]:
        """`arrived_at` and `copies` by key; how many calls were made, or `refused` as too fast."""
        return await self._get("/slack")

    async def circleci(self) -> dict[str, Any]:
        """`asked`, requests by route; `ended_at` by workflow."""
        return await self._get("/circleci")

    async def connected(self, token: str) -> None:
        """Returns once the app with this app-level token is, in Socket Mode."""
        async with self.http.get(f"{self.url}/sockets/{token}") as answer:
            answer.raise_for_status()

    async def fires(self, token: str, *, payload: str, in_flight: int, requests: int, patient: bool) -> Hit:
        """Envelopes for that app, `in_flight` at once."""
        volley = {"payload": payload, "in_flight": in_flight, "requests": requests, "patient": patient}
        async with self.http.post(f"{self.url}/sockets/{token}", json=volley) as answer:
            return Hit(**await answer.json())

    async def answered(self, at_least: int) -> int:
        """How many answers came to response_urls, once there are so many."""
        async with self.http.get(f"{self.url}/answered/{at_least}") as answer:
            return int(await answer.text())

    async def _post(self, path: str, body: Any) -> None:
        async with self.http.post(self.url + path, json=body) as answer:
            answer.raise_for_status()

    async def _get(self, path: str) -> dict[str, Any]:
        async with self.http.get(self.url + path) as answer:
            found: dict[str, Any] = await answer.json()
        return found


@contextlib.asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    async with (
        child("bench.outside") as process,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=90)) as http,
    ):
        yield Outside(await heard(process), http)
