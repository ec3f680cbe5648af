"""The Bolt app, and the way past it: presses and what is answered at once need nothing that Bolt does for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic_core import to_json
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

Body = Mapping[str, Any]


async def _leave_to_bolt(_body: Body) -> None:
    return None


class SlackApp(AsyncApp):
    """Bolt's app. `answer_at_once` is asked first: what to acknowledge with, or None for whatever is Bolt's."""

    answer_at_once: Callable[[Body], Awaitable[dict[str, Any] | str | None]] = staticmethod(_leave_to_bolt)

    async def take(self, asked: dict[str, Any]) -> BoltResponse:
        """What to answer to a payload that has its shape (bot/payload), from either door."""
        said = await self.answer_at_once(asked)
        if said is None:
            return await self.async_dispatch(AsyncBoltRequest(body=asked, mode="socket_mode"))
        return BoltResponse(status=200, body=to_json(said).decode() if said else "")
