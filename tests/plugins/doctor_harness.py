"""A doctor beside the sandbox and a fresh database: what it says of one check."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from bot.clock import Clock, SystemClock
from bot.diagnostics.examination import Examination
from bot.operating.findings import format_line
from bot.settings import Settings
from bot.slack.socket import SocketModeListener
from bot.store.store import Store
from bot.store.vault import Vault
from tests.plugins.app_server import get_ssl_context
from tests.plugins.database import create_database
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import build_settings, run_sandbox

_COMMAND = {
    "command": "/circle",
    "text": "help",
    "team_id": "T0SANDBOX",
    "user_id": "U0ADA",
    "channel_id": "C0DEPLOYS",
    "trigger_id": "1.2.3",
}


@dataclass(frozen=True)
class SkewedClock:
    """A machine whose clock is off."""

    skew: timedelta = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.skew


@dataclass(frozen=True)
class DoctorHarness:
    http: httpx.AsyncClient
    settings: Settings
    store: Store

    async def look(
        self, check: str, *, skew: timedelta = timedelta(), within_s: float = 15.0, **more: Any
    ) -> list[str]:
        """Its lines, with these settings changed."""
        one = replace(self.build_examination(SkewedClock(skew)), within_s=within_s)
        one = replace(one, settings=self.settings.model_copy(update=more))
        return [format_line(found) for found in await one.examine() if found.check == check]

    def build_examination(self, machine: Clock | None = None) -> Examination:
        return Examination(settings=self.settings, store=self.store, machine=machine or SystemClock())

    async def wait_for_sockets(self, count: int) -> None:
        """Until Slack has so many connections."""
        users = SlackUsers(str(self.http.base_url).rstrip("/"), self.http)

        async def look() -> bool | None:
            state = await users.fetch_state("slack.sockets")
            return state["slack"]["sockets"] == count or None

        await users.wait_until(look, f"{count} connections")

    async def wait_for_silence(self, socket: SocketModeListener | None) -> None:
        """Until it knows that it has no connection."""
        users = SlackUsers(str(self.http.base_url).rstrip("/"), self.http)

        async def look() -> bool | None:
            return not (socket and await socket.count_connections()) or None

        await users.wait_until(look, "no connection")

    async def say_signed(self, url: str, secret: str) -> None:
        """A slash command by HTTP, signed now."""
        body, stamp = urlencode(_COMMAND), str(int(SystemClock().now().timestamp()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(signature),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        async with httpx.AsyncClient(verify=get_ssl_context()) as client:
            await client.post(f"{url}/slack/events", content=body, headers=headers)


@contextlib.asynccontextmanager
async def open_harness(folder: Path, database_url: str | None = None, **more: Any) -> AsyncIterator[DoctorHarness]:
    async with run_sandbox() as http:
        url = database_url or await create_database(folder)
        settings = build_settings(str(http.base_url).rstrip("/"), url, **{"socket_mode": True, **more})
        store = Store(url, Vault([key.get_secret_value() for key in settings.encryption_keys]))
        try:
            yield DoctorHarness(http, settings, store)
        finally:
            await store.close()
