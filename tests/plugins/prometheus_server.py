"""Debian's Prometheus, for queries that are really run: it scrapes one process of ours every half second."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.plugins.deployment import find_tool
from tests.plugins.programs import get_free_port

_WITHIN_S = 60.0


@dataclass
class PrometheusServer:
    http: httpx.AsyncClient

    async def is_ready(self) -> bool:
        return (await self.http.get("/-/ready")).status_code == 200

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that it answers with, each with its value."""
        answer = (await self.http.get("/api/v1/query", params={"query": expression})).json()
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    async def query_range(self, expression: str, over_s: int) -> list[dict[str, Any]]:
        """The same, with the values of every second of the last `over_s` seconds."""
        now = time.time()
        asked: dict[str, str | float] = {"query": expression, "start": now - over_s, "end": now, "step": "1s"}
        answer = (await self.http.get("/api/v1/query_range", params=asked)).json()
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    async def wait_for_answer(self, expression: str) -> None:
        """Until it answers with a series: it may not have scraped that yet."""

        async def has_answer() -> bool:
            return bool(await self.query(expression))

        await _wait_until(has_answer)

    async def list_broken_rules(self) -> list[str]:
        """Those that it could not evaluate, once it has tried each."""

        async def has_tried_all() -> bool:
            return all(rule["health"] != "unknown" for rule in await self._list_rules())

        await _wait_until(has_tried_all)
        return [f"{one['name']}: {one.get('lastError')}" for one in await self._list_rules() if one["health"] != "ok"]

    async def _list_rules(self) -> list[dict[str, Any]]:
        groups = (await self.http.get("/api/v1/rules")).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


@asynccontextmanager
async def run_prometheus(folder: Path, *, scraped_port: int, rules: Path) -> AsyncIterator[PrometheusServer]:
    """Skips the test where it is not installed."""
    program, port = find_tool("prometheus"), get_free_port()
    config = {
        "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "circlebot", "static_configs": [{"targets": [f"127.0.0.1:{scraped_port}"]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    words = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        program, *words, f"--web.listen-address=127.0.0.1:{port}", stdout=quiet, stderr=quiet
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            server = PrometheusServer(http)
            await _wait_until(server.is_ready)
            yield server
    finally:
        process.terminate()
        await process.wait()


async def _wait_until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_WITHIN_S):
        while True:
            with suppress(httpx.TransportError):
                if await look():
                    return
            await asyncio.sleep(0.2)
