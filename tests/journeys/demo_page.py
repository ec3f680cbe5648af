"""What `circlebot demo` is: a bot in a process of its own, two workspaces, and Ada in front of the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from playwright.async_api import Browser, Page

from bot.operating.demo import DemoBot
from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AGENCY, AppSetup
from tests.plugins.slack_users import SlackUsers

WITHIN_MS = 60_000


@dataclass(frozen=True)
class DemoPage:
    """`users` are people of the first workspace, over the protocol; `page` is a tab of the browser."""

    users: SlackUsers
    page: Page


@asynccontextmanager
async def open_demo(browser: Browser) -> AsyncIterator[DemoPage]:
    listening, url = server.bind_socket()
    app = server.create_app(public_url=url, setup=AppSetup(manifest=build_manifest(url=None)), teams=(AGENCY,))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(240))
        await stack.enter_async_context(server.serving(app, sockets=[listening]))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
        bot = DemoBot(url, app.state.sandbox)
        stack.push_async_callback(bot.stop)
        await bot.start()
        app.state.sandbox.breaks.bot = bot
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        stack.push_async_callback(page.close)
        page.set_default_timeout(WITHIN_MS)
        await page.goto(f"{url}/#as=U0ADA&channel=C0DEPLOYS")
        yield DemoPage(SlackUsers(url, http), page)
