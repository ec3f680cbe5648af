"""What is compared: the whole bot, and two bare Bolt apps that answer with the same blocks but look nothing up.

And the whole bot with more commands and with fewer.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from starlette.applications import Starlette
from starlette.routing import Route

from bench.accounts import fill
from bench.bots import TOKEN, settings
from bench.load import SECRET
from bot.app.composition import build_app
from bot.blocks.help_blocks import build_overview
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.commands import COMMANDS
from bot.messages import Message
from bot.store.engine.migrate import upgrade
from bot.workers.loop import BackgroundTasks

Contender = Callable[[str, Path], AbstractAsyncContextManager[Starlette]]
"""Serves while inside; given where the outside is, and a folder for a database."""

PLAIN = "plain"
"""A command that answers with a sentence, whatever else there is in the table."""

_TEXT = "What I can do"
_ANY = re.compile("")


@contextlib.asynccontextmanager
async def ours(slack_url: str, folder: Path, commands: Sequence[Command[Any]] = COMMANDS) -> AsyncIterator[Starlette]:
    """The bot as it runs in HTTP mode: every command, a store with 10,000 accounts, filled by the first; no loops."""
    database = folder / "circlebot.db"
    is_first, url = not database.exists(), f"sqlite:///{database}"
    await upgrade(url)
    app = build_app(settings(slack_url, url), commands=commands)
    if is_first:
        await fill(app.core.store)
    async with app.running(frozenset()):
        yield app.build_web_app()


def table(size: int) -> tuple[Command[Any], ...]:
    """So many commands: PLAIN is the last of them, before it come ours, and then others as plain as it."""
    own = COMMANDS[: size - 1]
    return (*own, *(_plain(f"{PLAIN}-{number}") for number in range(len(own) + 1, size)), _plain(PLAIN))


def _plain(name: str) -> Command[None]:
    async def answer(_context: Context, _args: None) -> Reply:
        return Reply(Message("Nothing else."))

    def nothing(_line: ParsedLine) -> None:
        return None

    return Command(
        name=name,
        summary="Says so",
        usage=name,
        example=name,
        parse=nothing,
        run=answer,
        group=Group.YOU,
        access=Access.ANYONE,
    )


@contextlib.asynccontextmanager
async def as_written(slack_url: str, _folder: Path) -> AsyncIterator[Starlette]:
    yield _served(written_app(slack_url))


@contextlib.asynccontextmanager
async def tuned(slack_url: str, _folder: Path) -> AsyncIterator[Starlette]:
    async with tuned_app(slack_url) as app:
        yield _served(app)


@contextlib.asynccontextmanager
async def static(slack_url: str, _folder: Path) -> AsyncIterator[Starlette]:
    """As written too, with the blocks ready that ours shows to somebody who is not connected."""
    blocks = list(build_overview(COMMANDS, connected=False))
    yield _served(written_app(slack_url, lambda: blocks))


def written_app(slack_url: str, build_blocks: Callable[[], Sequence[dict[str, Any]]] | None = None) -> AsyncApp:
    """As Bolt's guide has it: `await ack()`, then the answer."""
    app = AsyncApp(client=_client(slack_url, None), signing_secret=SECRET)

    @app.command("/circle")
    async def command(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text=_TEXT, blocks=(build_blocks or _blocks)())

    @app.action(_ANY)
    async def action(ack: AsyncAck) -> None:
        await ack()

    return app


@contextlib.asynccontextmanager
async def tuned_app(slack_url: str) -> AsyncIterator[AsyncApp]:
    """`process_before_response`, the answer in a task, one session for all calls."""
    tasks = BackgroundTasks()
    async with aiohttp.ClientSession() as session:
        app = AsyncApp(client=_client(slack_url, session), signing_secret=SECRET, process_before_response=True)

        @app.command("/circle")
        async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
            hook = AsyncWebhookClient(body["response_url"], session=session)
            tasks.start(hook.send(text=_TEXT, blocks=_blocks()))
            await ack()

        @app.action(_ANY)
        async def action(ack: AsyncAck) -> None:
            await ack()

        yield app
        await tasks.drain(5)


def _blocks() -> list[dict[str, Any]]:
    """As ours answers to somebody who is connected; each time, as its guide builds blocks."""
    return list(build_overview(COMMANDS, connected=True))


def _client(slack_url: str, session: aiohttp.ClientSession | None) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=f"{slack_url}/api/", session=session)


def _served(app: AsyncApp) -> Starlette:
    return Starlette(routes=[Route("/slack/events", AsyncSlackRequestHandler(app).handle, methods=["POST"])])
