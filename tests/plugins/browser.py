"""The browser of the tests. Debian's headless shell is Chromium without its windows, and costs a good third less."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
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
