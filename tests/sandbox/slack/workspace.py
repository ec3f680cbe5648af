"""Real: the sandbox over HTTP and sockets. By a test: a person in the page's place, and the app over Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from sandbox.slack.app_manifest import Manifest
from sandbox.virtual_clock import ManualClock

ADA, GRACE, EVE, GUS, BOT = "U0ADA", "U0GRACE", "U0EVE", "U0GUS", "U0CIRCLEBOT"
DEPLOYS, WEB, GENERAL, PRIVATE, ARCHIVED = "C0DEPLOYS", "C0WEB", "C0GENERAL", "C0PRIVATE", "C0ARCHIVED"
WITHIN_S = 30.0

Json = dict[str, Any]
T = TypeVar("T")

MANIFEST: Json = {
    "display_information": {"name": "circlebot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "circlebot"},
        "slash_commands": [
            {"command": "/circle", "description": "CircleCI", "usage_hint": "trigger [project] | status | help <word>"},
            {"command": "/escaped", "description": "Escapes", "should_escape": True},
        ],
        "shortcuts": [
            {"type": "global", "name": "Start something", "callback_id": "start", "description": "."},
            {"type": "message", "name": "Ask about this", "callback_id": "ask", "description": "."},
        ],
        "unfurl_domains": ["app.circleci.com"],
    },
    "oauth_config": {
        "redirect_urls": ["http://localhost:4000/slack/oauth_redirect"],
        "scopes": {
            "bot": [
                *("app_mentions:read", "channels:history", "channels:read", "chat:write", "chat:write.public"),
                *("commands", "files:write", "groups:read", "im:history", "im:write", "links:read", "links:write"),
                *("users:read", "users:read.email", "groups:history", "im:read", "team:read"),
            ],
            "bot_optional": ["channels:join", "reactions:write", "bookmarks:write", "usergroups:read"],
        },
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {
            "bot_events": [
                *("app_home_opened", "app_mention", "message.im", "member_joined_channel", "channel_archive"),
                *("channel_rename", "app_uninstalled", "tokens_revoked", "link_shared"),
            ],
        },
    },
}


@dataclass
class PageClient:
    """What a test does as a person (`say`, `press` …) and as the app (`web`), and what it sees."""

    url: str
    sandbox: Sandbox
    clock: ManualClock
    http: httpx.AsyncClient
    web: AsyncWebClient

    def set_up(self, manifest: Mapping[str, Any] | None) -> None:
        """Begin again with another manifest."""
        self.sandbox.slack.manifest = Manifest.parse(manifest)
        self.sandbox.slack.reset()

    def with_scopes(self, *scopes: str) -> None:
        oauth = {**MANIFEST["oauth_config"], "scopes": {"bot": list(scopes)}}
        self.set_up(MANIFEST | {"oauth_config": oauth})

    async def refusal(self, call: Awaitable[Any]) -> Json:
        """The answer of a call that must be refused."""
        with pytest.raises(SlackApiError) as refused:
            await call
        answer: Json = refused.value.response.data
        assert answer["ok"] is False
        return answer

    async def do(self, what: str, as_: str = ADA, **body: Any) -> Json:
        answer = await self.http.post(f"/_page/{what}", json={"as": as_, **body})
        assert answer.is_success, answer.text
        done: Json = answer.json()
        return done

    async def refused(self, what: str, as_: str = ADA, **body: Any) -> tuple[int, str]:
        """The status and the sentence of something the page must not do."""
        answer = await self.http.post(f"/_page/{what}", json={"as": as_, **body})
        assert not answer.is_success
        return answer.status_code, answer.json()["error"]

    async def say(self, text: str, as_: str = ADA, channel: str = DEPLOYS, **more: Any) -> Json:
        return await self.do("say", as_, channel=channel, text=text, **more)

    async def messages(self, channel: str = DEPLOYS, as_: str = ADA) -> list[Json]:
        answer = await self.http.get("/_page/messages", params={"as": as_, "channel": channel})
        shown: list[Json] = answer.json()["messages"]
        return shown

    async def state(self) -> Json:
        state: Json = (await self.http.get("/_control/state")).json()["slack"]
        return state

    async def until(self, look: Callable[[], T | None]) -> T:
        """Look again whenever the world has changed, until there is something."""
        async with asyncio.timeout(WITHIN_S):
            while not (found := look()):
                changes = self.sandbox.changes
                await changes.wait_after(changes.seq, 0.2)
        return found

    async def opened(self, view: Json, as_: str = ADA) -> Json:
        """A modal that the app opened for this person."""
        trigger_id = self.sandbox.slack.triggers.issue(as_)
        opened: Json = (await self.web.views_open(trigger_id=trigger_id, view=view))["view"]
        return opened


@dataclass
class SocketModeApp:
    """An app over Socket Mode: what it heard, and how it answers."""

    client: SocketModeClient
    heard: list[SocketModeRequest] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    silent: bool = False

    async def listen(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        """Acks at once, with the payload prepared for this type, unless it was told to be silent."""
        self.heard.append(request)
        if not self.silent:
            payload = self.answers.get(kind_of(request))
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    def payloads(self, kind: str) -> list[Json]:
        """What came of this kind: "command", an interaction's type or an event's type."""
        return [request.payload for request in self.heard if kind_of(request) == kind]


def kind_of(request: SocketModeRequest) -> str:
    if request.type == "slash_commands":
        return "command"
    return str(request.payload["event"]["type"] if request.type == "events_api" else request.payload["type"])
