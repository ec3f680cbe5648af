"""For each test a fresh sandbox with an app in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from socket import socket

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from sandbox.server import bind_socket, create_app, serving
from sandbox.slack import AGENCY, AppSetup
from tests.sandbox.page.page_harness import DESKTOP, MANIFEST, PageHarness, connect_app


@pytest.fixture(scope="session")
def address() -> Iterator[tuple[socket, str]]:
    """One for all sandboxes, since by it the browser knows what it holds already: four fifths of a page."""
    listening, url = bind_socket()
    with listening:
        yield listening, url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Of all tests, and with one tab of them all, which each leaves as if it were new."""
    one = await browser.new_context(viewport=DESKTOP, timezone_id="UTC")
    await one.new_page()
    yield one
    await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def harness(context: BrowserContext, address: tuple[socket, str]) -> AsyncIterator[PageHarness]:
    """A fresh sandbox with a connected app, and tabs in which nothing is left of earlier tests. No script may throw."""
    async with run_page_harness(context, address) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_page(browser: Browser) -> AsyncIterator[Page]:
    """One page for all tests of a file that only ask its modules, and change nothing."""
    listening, url = bind_socket()
    with listening:
        async with await browser.new_context() as context, run_page_harness(context, (listening, url)) as one:
            yield await one.open()


@asynccontextmanager
async def run_page_harness(context: BrowserContext, address: tuple[socket, str]) -> AsyncIterator[PageHarness]:
    listening, url = address
    sandbox = create_app(public_url=url, setup=AppSetup(manifest=MANIFEST, has_rate_limits=False), teams=(AGENCY,))
    async with serving(sandbox, sockets=[listening.dup()]), connect_app(url) as app:
        harness = PageHarness(url, app, context, spare=context.pages[:1])
        yield harness
        await harness.leave()
    assert harness.errors == []
