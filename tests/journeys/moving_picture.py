"""`make moving-picture`: a minute with the real bot in the sandbox, as docs/moving.webp."""

from __future__ import annotations

import asyncio
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import expect

from tests.journeys.gallery import NAME, PROJECT, WITHIN_MS, Gallery, hang_gallery, take_picture
from tests.plugins.world import DEPLOYS, WEB

FILE = Path(__file__).parents[2] / "docs" / "moving.webp"
SIZE: Any = {"width": 1280, "height": 760}
SHOWN_MS = 2600


async def tell(gallery: Gallery, frames: list[bytes]) -> None:
    """Start, wait, approve; then a failure that says why."""
    tab, page = gallery.tab, gallery.tab.page

    async def keep() -> None:
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(400)
        frames.append(await page.screenshot(animations="disabled"))

    await tab.world.connect()
    await gallery.go(channel=DEPLOYS)
    await page.set_viewport_size(SIZE)
    await page.get_by_test_id("composer").get_by_test_id("composer-field").fill("/circle trigger web --branch release")
    await keep()
    await gallery.start("release", 30, "on hold")
    await keep()
    await tab.card("release").get_by_role("button", name="Approve staging").click()
    await expect(page.get_by_test_id("confirm")).to_be_visible()
    await keep()
    await page.get_by_test_id("confirm-yes").click()
    await tab.world.control("advance", seconds=60)
    await expect(tab.card("release")).not_to_contain_text("Approve staging")
    await keep()
    await see_it_fail(gallery)
    await keep()
    await tab.card("broken").get_by_test_id("thread-bar").click()
    await expect(tab.thread).to_contain_text("test_total_includes_the_discount")
    await keep()


async def see_it_fail(gallery: Gallery) -> None:
    await gallery.go(channel=WEB)
    await gallery.tab.type(f"/circle subscribe {PROJECT}")
    await expect(gallery.tab.messages.filter(has_text=NAME).first).to_be_visible()
    await gallery.tab.world.control("push", project=PROJECT, branch="broken")
    await gallery.tab.world.control("advance", seconds=120)
    await expect(gallery.tab.card("broken").get_by_test_id("thread-bar")).to_be_visible()


def write(frames: list[bytes]) -> None:
    first, *others = [Image.open(BytesIO(frame)).convert("RGB") for frame in frames]
    first.save(FILE, save_all=True, append_images=others, duration=SHOWN_MS, loop=3, quality=72, method=6)


async def main() -> None:
    expect.set_options(timeout=WITHIN_MS)
    frames = list[bytes]()
    async with hang_gallery(take_picture) as gallery:
        await tell(gallery, frames)
    write(frames)
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    asyncio.run(main())
