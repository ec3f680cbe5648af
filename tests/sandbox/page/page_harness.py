"""Real: the sandbox over HTTP, its page in a browser, Bolt in Socket Mode. Fake: the app, which a test scripts."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Error, Locator, Page, ViewportSize
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]

WITHIN_MS = 30_000
DESKTOP: ViewportSize = {"width": 1400, "height": 860}

# What reaches over the right edge and is not inside something that scrolls sideways.
HANGING_OVER = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => {
    const { width, right } = element.getBoundingClientRect();
    return width && right > innerWidth + 1 && getComputedStyle(element).visibility === "visible";
  })
  .filter((element) => {
    for (let node = element.parentElement; node; node = node.parentElement)
      if (/auto|scroll/.test(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth) return false;
    return true;
  })
  .map((element) => `${element.tagName}.${element.className}`)
"""

MANIFEST: Json = {
    "display_information": {"name": "circlebot"},
    "features": {
        "bot_user": {"display_name": "circlebot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/circle",
                "description": "CircleCI in Slack",
                "usage_hint": "trigger [project] | status [project] | subscribe [project] | help",
            }
        ],
        "shortcuts": [
            {"name": "Trigger a pipeline", "type": "global", "callback_id": "trigger", "description": "Start one"},
            {"name": "Rerun this pipeline", "type": "message", "callback_id": "rerun", "description": "Once more"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "chat:write.customize",
                "commands",
                "files:write",
                "app_mentions:read",
                "reactions:write",
                "im:history",
                "channels:read",
            ],
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": action_id, **more}


def field_block(block_id: str, element: Json, **more: Any) -> Json:
    label = more.pop("label", block_id.capitalize())
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


@dataclass
class FakeApp:
    """The app's side: `slack` is its Web API, `received` the payloads it got, `on_…` how it answers."""

    slack: AsyncWebClient
    disconnect: Callable[[], Awaitable[None]]
    received: list[Json] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    on_command: Callable[[Json], Awaitable[None]] | None = None
    on_submit: Callable[[Json], Json] = field(default=lambda _: {})
    options: Callable[[str], list[str]] = field(default=lambda _: [])
    home: Json | None = None

    async def post(self, text: str = "", channel: str = "C0DEPLOYS", **more: Any) -> str:
        """Post a message; returns its ts."""
        return str((await self.slack.chat_postMessage(channel=channel, text=text, **more))["ts"])

    async def wait_for(self, kind: str) -> Json:
        """The newest payload of this type that came since the last of them was waited for, once there is one."""
        async with asyncio.timeout(WITHIN_MS / 1000), self.arrived:
            await self.arrived.wait_for(lambda: any(each["type"] == kind for each in self.received))
        newest = next(each for each in reversed(self.received) if each["type"] == kind)
        self.received = [each for each in self.received if each["type"] != kind]
        return newest

    async def record(self, kind: str, body: Json) -> None:
        async with self.arrived:
            self.received.append({**body, "type": kind})
            self.arrived.notify_all()


def register_listeners(app: FakeApp, bolt: AsyncApp) -> None:
    """Record in `app` everything that the sandbox may send."""
    anything = re.compile(".*")
    kinds = {bolt.command: "command", bolt.action: "action", bolt.view_closed: "closed", bolt.shortcut: "shortcut"}
    for register, kind in kinds.items():
        register(anything)(_build_listener(app, kind))
    bolt.event(anything)(_build_event_listener(app))

    @bolt.view(anything)
    async def submission(ack: Any, body: Json) -> None:
        await ack(**app.on_submit(body))
        await app.record("submission", body)

    @bolt.options(anything)
    async def options(ack: Any, body: Json) -> None:
        await ack(options=[option(each) for each in app.options(body.get("value", ""))])
        await app.record("suggestion", body)


def _build_listener(app: FakeApp, kind: str) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, body: Json) -> None:
        await ack()
        await app.record(kind, body)
        if kind == "command" and app.on_command:
            await app.on_command(body)

    return listener


def _build_event_listener(app: FakeApp) -> Callable[..., Awaitable[None]]:
    async def listener(body: Json) -> None:
        await app.record(body["event"]["type"], body)
        if body["event"]["type"] == "app_home_opened" and app.home:
            await app.slack.views_publish(user_id=body["event"]["user"], view=app.home)

    return listener


_FORGET = "localStorage.clear(); sessionStorage.clear(); Storage.prototype.setItem = () => {}"
"""Nothing is kept from here on: a line whose sending is cut off as the tab leaves goes back into its draft."""


@dataclass
class PageHarness:
    """The sandbox under `url`, the app in it, and pages opened on it; the first is a `spare` one, if there is any."""

    url: str
    app: FakeApp
    context: BrowserContext
    spare: list[Page] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def open(self, as_: str = "U0ADA", channel: str = "C0DEPLOYS", **place: str) -> Page:
        """A new tab as this person; what its scripts throw ends up in `errors`."""
        page = self.spare.pop() if self.spare else await self.context.new_page()
        page.on("pageerror", self._record_error)
        page.set_default_timeout(WITHIN_MS)
        where = "&".join(f"{key}={value}" for key, value in {"as": as_, "channel": channel, **place}.items())
        await page.goto(f"{self.url}/#{where}")
        await page.locator("body[data-ready]").wait_for()
        return page

    def _record_error(self, error: Error) -> None:
        self.errors.append(str(error))

    async def leave(self) -> None:
        """One tab stays, and is as good as a new one, at half the cost; all others are closed."""
        page, *others = self.context.pages
        for other in others:
            await other.close()
        page.remove_listener("pageerror", self._record_error)
        await page.unroute_all()
        if page.url.startswith(self.url):
            await page.evaluate(_FORGET)
        await page.goto("about:blank")
        await page.mouse.move(-1, -1)
        await page.set_viewport_size(DESKTOP)
        await page.emulate_media(color_scheme="light", reduced_motion="no-preference")


@contextlib.asynccontextmanager
async def connect_app(url: str) -> AsyncIterator[FakeApp]:
    """An app in Socket Mode with the sandbox at `url`."""
    client = AsyncWebClient("xoxb-sandbox", base_url=f"{url}/slack/api/")
    # Without a name Bolt reads the sources of all its callers for one.
    bolt = AsyncApp(name="page", client=client, request_verification_enabled=False)
    handler = AsyncSocketModeHandler(bolt, "xapp-sandbox")
    app = FakeApp(client, handler.close_async)
    register_listeners(app, bolt)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt does not type it
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt does not type it


def messages(page: Page) -> Locator:
    """The messages of the channel, not those of the thread pane."""
    return page.get_by_test_id("messages").get_by_test_id("message")


def composer(page: Page) -> Locator:
    return page.get_by_test_id("composer").get_by_test_id("composer-field")


async def list_hanging_over(page: Page) -> list[str]:
    """What reaches over the right edge of the window, so that one would have to scroll sideways."""
    return list(await page.evaluate(HANGING_OVER))


async def list_grave(page: Page, where: str) -> list[str]:
    """What axe calls serious or critical on the page as it is."""
    found = (await Axe().run(page)).response["violations"]
    grave = [violation for violation in found if violation["impact"] in {"serious", "critical"}]
    return [f"{where}: {one['id']} at {node['target']}: {node['html']}" for one in grave for node in one["nodes"]]
