"""A poller as one first writes it: each tick every project is listed, and whatever has not ended is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx


class NaivePoller:
    """It knows what has ended, and asks for the jobs of what has just ended, to say which of them failed."""

    def __init__(self, http: httpx.AsyncClient, projects: Sequence[str], interval_s: float) -> None:
        self._http = http
        self._projects = projects
        self._interval = timedelta(seconds=interval_s)
        self._next_at: datetime | None = None
        self._ended: set[str] = set()

    async def round(self, now: datetime) -> None:
        """A tick, if it is time for one."""
        if self._next_at and now < self._next_at:
            return
        self._next_at = now + self._interval
        for project in self._projects:
            for pipeline in await self._items(f"project/{project}/pipeline"):
                if pipeline["id"] not in self._ended:
                    await self._look(pipeline["id"])

    async def _look(self, pipeline_id: str) -> None:
        workflows = await self._items(f"pipeline/{pipeline_id}/workflow")
        if all(workflow["stopped_at"] for workflow in workflows):
            self._ended.add(pipeline_id)
            for workflow in workflows:
                await self._items(f"workflow/{workflow['id']}/job")

    async def _items(self, path: str) -> list[Any]:
        answer = await self._http.get(f"/api/v2/{path}")
        return list(answer.raise_for_status().json()["items"])
