"""The world: a sandbox and the real bot between its two halves, over real protocols, in the test's own event loop.

await world.say("/circle help")             as Ada, in #deploys
reply = await world.reply()                  the newest message that only she sees
await world.press(reply, "Connect CircleCI")
form = await world.form()                    the modal on top
await world.submit(form, token="CCIPAT_ada")
card = await world.card("success")           waits until a card says so
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from bot import app as composition
from bot.commands import COMMANDS
from bot.notify.delivery import Tempo
from bot.sandbox import server as sandbox_server
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.store.migrate import upgrade
from bot.store.vault import new_key
from tests.plugins.reading import find_button, find_field, is_card, place_of, text_of
from tests.plugins.serving import free_socket, serving

T = TypeVar("T")
Json = dict[str, Any]

ADA, GRACE, EVE, GUS = "U0ADA", "U0GRACE", "U0EVE", "U0GUS"
DEPLOYS, WEB, GENERAL, PRIVATE = "C0DEPLOYS", "C0WEB", "C0GENERAL", "C0PRIVATE"
TOKENS = {ADA: "CCIPAT_ada", GRACE: "CCIPAT_grace", EVE: "CCIPAT_eve"}

_WITHIN_S = 20.0


@dataclass
class World:
    """What a test does as a person, and what it sees. `app` is the real bot."""

    url: str
    http: httpx.AsyncClient
    app: composition.App
    settings: Settings
    seen: set[str] = field(default_factory=set)

    # What people do

    async def say(self, text: str, *, as_: str = ADA, channel: str = DEPLOYS, thread_ts: str | None = None) -> Json:
        """Type a line; a slash command or a message. Earlier private replies count as read."""
        self.seen |= {one["ephemeral_id"] for one in await self._private(as_, channel)}
        return await self._do("say", as_, channel=channel, text=text, thread_ts=thread_ts)

    async def press(self, where: Json, label: str, *, as_: str = ADA) -> None:
        """Press the button with this text on a message, a modal or a Home (menus: `choose`)."""
        block, element = find_button(where, lambda one: (one.get("text") or {}).get("text") == label)
        if "value" not in element:
            raise AssertionError(f"{label} is a link button")
        if "ephemeral_id" in where:
            self.seen |= {one["ephemeral_id"] for one in await self._private(as_, where["channel"])}
        await self._do(
            "press",
            as_,
            **place_of(where),
            block_id=block["block_id"],
            action_id=element["action_id"],
            value=element["value"],
        )

    async def choose(self, view: Json, block_id: str, value: str, *, as_: str = ADA) -> None:
        """Choose an option of a menu in a modal, as typed or listed."""
        block, element = find_field(view, block_id)
        option = await self._option(view, element, block, value, as_)
        await self._do(
            "press",
            as_,
            view_id=view["id"],
            block_id=block["block_id"],
            action_id=element["action_id"],
            selected_option=option,
            state=view.get("state", {}),
        )

    async def submit(self, view: Json, *, as_: str = ADA, **values: str) -> Json:
        """Fill fields (by the beginning of their block_id) and hand the form in."""
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name = next(
                    (one for one in values if block["block_id"] == one or block["block_id"].startswith(f"{one}@")), None
                )
                filled = await self._filled(view, block, values.get(name) if name else None, as_)
                state[block["block_id"]] = {block["element"]["action_id"]: filled}
        return await self._do("submit", as_, view_id=view["id"], values=state)

    async def connect(self, as_: str = ADA, channel: str = DEPLOYS) -> None:
        """Connect this person's CircleCI account, as a person does."""
        await self.say("/circle connect", as_=as_, channel=channel)
        await self.submit(await self.form("Personal API token", as_=as_), as_=as_, token=TOKENS[as_])
        await self.form(as_=as_, says="Connected")
        await self._do("close", as_, view_id=(await self.form(as_=as_))["id"])

    async def control(self, what: str, **body: Any) -> Json:
        answer = await self.http.post(f"/_control/{what}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    # What people see

    async def reply(self, says: str = "", *, as_: str = ADA, channel: str = DEPLOYS) -> Json:
        """The newest unread message that only this person sees, once there is one that says this."""

        async def look() -> Json | None:
            fresh = [one for one in await self._private(as_, channel) if one["ephemeral_id"] not in self.seen]
            return next((one for one in reversed(fresh) if says in text_of(one)), None)

        return await self.until(look, f"a reply that says {says!r}", channel=channel, as_=as_)

    async def card(self, says: str = "", *, channel: str = DEPLOYS, number: int | None = None, as_: str = ADA) -> Json:
        """The newest card of the channel (of the pipeline #number), once it says this."""
        wanted = f"#{number}" if number else "#"

        async def look() -> Json | None:
            cards = [one for one in await self.messages(channel, as_=as_) if is_card(one) and wanted in text_of(one)]
            return cards[-1] if cards and says in text_of(cards[-1]) else None

        return await self.until(look, f"a card {wanted} that says {says!r}", channel=channel, as_=as_)

    async def message(self, says: str, *, channel: str = DEPLOYS, as_: str = ADA) -> Json:
        async def look() -> Json | None:
            return next((one for one in await self.messages(channel, as_=as_) if says in text_of(one)), None)

        return await self.until(look, f"a message that says {says!r}", channel=channel, as_=as_)

    async def thread(self, card: Json, says: str, *, as_: str = ADA) -> Json:
        """A reply under this card that says this."""

        async def look() -> Json | None:
            replies = [
                one for one in await self.messages(card["channel"], as_=as_) if one.get("thread_ts") == card["ts"]
            ]
            return next((one for one in replies if one["ts"] != card["ts"] and says in text_of(one)), None)

        return await self.until(look, f"a thread reply that says {says!r}", channel=card["channel"], as_=as_)

    async def form(self, says: str = "", *, as_: str = ADA) -> Json:
        """The modal on top of this person's screen, once it says this."""

        async def look() -> Json | None:
            stack = (await self.state())["slack"]["views"].get(as_) or []
            return stack[-1] if stack and says in text_of(stack[-1]) else None

        return await self.until(look, f"a form that says {says!r}", as_=as_)

    async def home(self, says: str = "", *, as_: str = ADA) -> Json:
        async def look() -> Json | None:
            view = (await self.state())["slack"]["homes"].get(as_)
            return view if view and says in text_of(view) else None

        return await self.until(look, f"a Home that says {says!r}", as_=as_)

    async def messages(self, channel: str = DEPLOYS, *, as_: str = ADA) -> list[Json]:
        answer = await self.http.get("/_page/messages", params={"as": as_, "channel": channel})
        return [{**one, "channel": channel} for one in answer.json()["messages"]]

    async def state(self) -> Json:
        found: Json = (await self.http.get("/_control/state")).json()
        return found

    async def calls(self, method: str) -> list[Json]:
        return [call for call in (await self.state())["slack"]["calls"] if call["method"] == method]

    async def pipelines(self) -> list[Json]:
        found: list[Json] = (await self.state())["circleci"]["pipelines"]
        return found

    async def until(
        self, look: Callable[[], Awaitable[T | None]], what: str, *, as_: str = ADA, channel: str = DEPLOYS
    ) -> T:
        """Look again whenever the world has changed; fails with what is there instead after 20 s."""
        deadline, since = time.monotonic() + _WITHIN_S, 0
        while time.monotonic() < deadline:
            since = (await self.http.get("/_control/wait", params={"since": 0, "timeout_s": 0})).json()["seq"]
            if (found := await look()) is not None:
                return found
            await self.http.get("/_control/wait", params={"since": since, "timeout_s": 1})
        shown = "\n".join(text_of(one)[:600] for one in await self.messages(channel, as_=as_))
        stack = (await self.state())["slack"]["views"].get(as_)
        raise AssertionError(f"waited for {what}\n--- {channel}:\n{shown}\n--- modals: {text_of(stack or {})[:2000]}")

    async def _private(self, as_: str, channel: str) -> list[Json]:
        return [one for one in await self.messages(channel, as_=as_) if one.get("ephemeral")]

    async def _do(self, what: str, as_: str, **body: Any) -> Json:
        answer = await self.http.post(
            f"/_page/{what}", json={"as": as_, **{k: v for k, v in body.items() if v is not None}}
        )
        assert answer.is_success, f"{what}: {answer.text}"
        return answer.json() if answer.content else {}

    async def _filled(self, view: Json, block: Json, value: str | None, as_: str) -> Json:
        element = block["element"]
        kind = element["type"]
        if "select" in kind or kind == "radio_buttons":
            if value is None:
                return {"type": kind, "selected_option": element.get("initial_option")}
            return {"type": kind, "selected_option": await self._option(view, element, block, value, as_)}
        return {"type": kind, "value": value if value is not None else element.get("initial_value")}

    async def _option(self, view: Json, element: Json, block: Json, value: str, as_: str) -> Json:
        options = element.get("options")
        if element["type"] == "external_select":
            answer = await self._do(
                "suggest",
                as_,
                view_id=view["id"],
                block_id=block["block_id"],
                action_id=element["action_id"],
                value=value,
            )
            options = answer["options"]
        found = [one for one in options or [] if value in (one["value"], one["text"]["text"])]
        assert found, f"{value!r} is not offered: {[one['value'] for one in options or []]}"
        option: Json = found[0]
        return option


def settings_for(sandbox_url: str, database_url: str, *, socket_mode: bool, **more: Any) -> Settings:
    """A bot's settings for a sandbox; the machine's own environment does not count."""
    values: Json = {
        "slack_bot_token": "xoxb-sandbox",
        "slack_app_token": "xapp-sandbox" if socket_mode else None,
        "slack_signing_secret": None if socket_mode else "sandbox-signing-secret",
        "slack_api_url": f"{sandbox_url}/slack/api/",
        "circleci_url": f"{sandbox_url}/circleci",
        "database_url": database_url,
        "encryption_keys": (new_key(),),
        "admin_users": frozenset({ADA}),
        "poll_interval_s": 0.1,
    }
    return Settings(_env_file=None, **(values | more))


@contextlib.asynccontextmanager
async def a_world(tmp_path: Path, *, socket_mode: bool, speed: float = 20.0, **more: Any) -> AsyncIterator[World]:
    """A fresh sandbox, a fresh database and the bot; everything ends with the block."""
    bot_listening = free_socket()
    sandbox_listening, sandbox_url = sandbox_server.listening_socket()
    events_url = None if socket_mode else f"http://127.0.0.1:{bot_listening.getsockname()[1]}/slack/events"
    database_url = f"sqlite:///{tmp_path}/circlebot.db"
    await upgrade(database_url)
    sandbox = sandbox_server.create_app(
        speed=speed, events_url=events_url, manifest=manifest(COMMANDS, url=None), public_url=sandbox_url, pace=False
    )
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(sandbox_server.serving(sandbox, sockets=[sandbox_listening]))
        settings = settings_for(sandbox_url, database_url, socket_mode=socket_mode, **more)
        app = composition.build(settings, tempo=Tempo(post_gap_s=0.0, card_gap_s=0.05))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=sandbox_url, timeout=30))
        if not socket_mode:
            await stack.enter_async_context(serving(app.web(), bot_listening))
        await stack.enter_async_context(app.running({"slack", "poller", "delivery"}))
        world = World(sandbox_url, http, app, settings)
        await world.until(_is_connected(world), "the bot to be connected")
        yield world
    bot_listening.close()


def _is_connected(world: World) -> Callable[[], Awaitable[bool | None]]:
    async def look() -> bool | None:
        return (await world.http.get("/_page/boot", params={"as": ADA})).json()["connected"] or None

    return look


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The world in Socket Mode and over signed HTTP: every test that asks for it runs in both."""
    async with asyncio.timeout(120), a_world(tmp_path, socket_mode=request.param == "socket") as one:
        yield one


@pytest.fixture
async def socket_world(tmp_path: Path) -> AsyncIterator[World]:
    """The world in Socket Mode only, for tests in which the transport says nothing."""
    async with asyncio.timeout(120), a_world(tmp_path, socket_mode=True) as one:
        yield one
