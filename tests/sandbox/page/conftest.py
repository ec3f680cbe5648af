"""For each test a fresh sandbox with an app in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio
from playwright.async_api import Browser, Page

from sandbox.server import bind_socket, create_app, serving
from sandbox.slack import AGENCY, AppSetup
from tests.sandbox.page.page_harness import MANIFEST, PageHarness, connect_app


@pytest_asyncio.fixture(loop_scope="session")
async def harness(browser: Browser) -> AsyncIterator[PageHarness]:
    """A fresh sandbox with a connected app and a browser context of its own. No script may have thrown at the end."""
    async with run_page_harness(browser) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_page(browser: Browser) -> AsyncIterator[Page]:
    """One page for all tests of a file that only ask its modules, and change nothing."""
    async with run_page_harness(browser) as one:
        yield await one.open()


@asynccontextmanager
async def run_page_harness(browser: Browser) -> AsyncIterator[PageHarness]:
    listening, url = bind_socket()
    sandbox = create_app(public_url=url, setup=AppSetup(manifest=MANIFEST, has_rate_limits=False), teams=(AGENCY,))
    async with serving(sandbox, sockets=[listening]), connect_app(url) as app:
        context = await browser.new_context(viewport={"width": 1400, "height": 860}, timezone_id="UTC")
        harness = PageHarness(url, app, context)
        yield harness
        await context.close()
    assert harness.errors == []
