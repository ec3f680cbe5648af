"""The browser of the tests. Debian's headless shell is Chromium without its windows, and costs a good third less."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

_PLACES = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    # Fewer processes for each page.
    "--in-process-gpu",
    "--enable-features=NetworkServiceInProcess2",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for the browser runs in its event loop."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a process: to start one costs more than most of them."""
    async with launch_browser() as chromium:
        yield chromium


@asynccontextmanager
async def launch_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=_get_executable(), args=_FLAGS)
        yield chromium
        await chromium.close()


def _get_executable() -> Path:
    """Without a browser its tests are skipped; a build that must not miss them fails."""
    for place in _PLACES:
        if place.exists():
            return place
    missing = f"no browser at {' or '.join(map(str, _PLACES))}"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
