"""`make screenshots`: the moments that people meet most, in build/gallery/: on a desktop, in the dark and on a phone.

The clock of CircleCI stands still between moments, so that the same pictures come each time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Page, expect

from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.journeys.command_pictures import take_cutting, visit_commands
from tests.journeys.slack_app_pictures import visit_setup
from tests.plugins.browser import launch_browser
from tests.plugins.world import DEPLOYS, WEB, run_world

FOLDER = Path(__file__).parents[2] / "build" / "gallery"
ALMOST_STILL = 0.001
WITHIN_MS = 40_000
DESKTOP, PHONE = ({"width": wide, "height": high} for wide, high in ((1280, 860), (390, 844)))
LOOKS: dict[str, tuple[Any, Any]] = {
    "desktop": (DESKTOP, "light"),
    "dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
}
PROJECT, NAME = "gh/acme/web", "acme/web"


See = Callable[[Page, str], Awaitable[None]]


async def take_picture(page: Page, name: str) -> None:
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


@dataclass
class Gallery:
    """A tab, and how each of its moments is seen."""

    tab: BrowserTab
    see: See

    async def shoot(self, name: str) -> None:
        """The moment as it is now, in every look; the window is a desktop's afterwards."""
        page = self.tab.page
        await page.mouse.move(0, 0)
        for look, (size, scheme) in LOOKS.items():
            await page.set_viewport_size(size)
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.wait_for_timeout(200)
            await self.see(page, f"{name}-{look}")
        await page.set_viewport_size(DESKTOP)
        await page.emulate_media(color_scheme="light")

    async def go(self, **place: str) -> None:
        parts = "&".join(f"{key}={value}" for key, value in {"as": "U0ADA", **place}.items())
        await self.tab.page.goto(f"{self.tab.world.url}/#{parts}")

    async def ask(self, line: str) -> None:
        """Type a line, and wait for the answer that only oneself sees."""
        before = await self.tab.messages.count()
        await self.tab.type(line)
        await expect(self.tab.messages).to_have_count(before + 1)

    async def start(self, branch: str, seconds: float, says: str) -> None:
        """A pipeline of this branch, and its card once it says so."""
        await self.tab.type(f"/circle trigger {PROJECT} --branch {branch}")
        await expect(self.tab.card(branch)).to_be_visible()
        await self.tab.world.control("advance", seconds=seconds)
        await expect(self.tab.card(branch)).to_contain_text(says)

    async def close_form(self) -> None:
        await self.tab.page.keyboard.press("Escape")
        await expect(self.tab.page.get_by_test_id("modal")).to_have_count(0)


async def first_minutes(gallery: Gallery) -> None:
    """The Home of somebody new, and the way to connect."""
    await gallery.go(channel="D0ADA", tab="home")
    await expect(gallery.tab.page.get_by_test_id("home").get_by_test_id("button").first).to_be_visible()
    await gallery.shoot("home-first")
    await gallery.go(channel=DEPLOYS)
    await gallery.tab.type("/circle connect")
    await expect(gallery.tab.form.get_by_label("The address, or the token")).to_be_visible()
    await gallery.shoot("connect")
    await gallery.tab.form.get_by_label("The address, or the token").fill("CCIPAT_ada")
    await gallery.tab.form.get_by_test_id("modal-submit").click()
    await expect(gallery.tab.newest).to_contain_text("Connected as")
    await gallery.shoot("connected")


async def pipelines(gallery: Gallery) -> None:
    """Cards and what follows them, in #deploys."""
    await gallery.go(channel=DEPLOYS)
    await gallery.start("main", 120, "success")
    await gallery.shoot("card-done")
    await gallery.start("mono", 120, "failed")
    await gallery.shoot("fifty-workflows")
    await gallery.start("release", 30, "on hold")
    await gallery.shoot("two-holds")
    await gallery.tab.card("release").get_by_role("button", name="Approve staging").click()
    await expect(gallery.tab.page.get_by_test_id("confirm")).to_be_visible()
    await gallery.shoot("approve-dialog")
    await gallery.tab.page.get_by_test_id("confirm-deny").click()


async def failure(gallery: Gallery) -> None:
    """A subscribed channel hears of a failure."""
    await gallery.go(channel=WEB)
    await gallery.tab.type(f"/circle subscribe {PROJECT}")
    await expect(gallery.tab.messages.filter(has_text=NAME).first).to_be_visible()
    await gallery.shoot("subscribed")
    await gallery.tab.world.control("push", project=PROJECT, branch="broken")
    await gallery.tab.world.control("advance", seconds=120)
    await expect(gallery.tab.card("broken")).to_contain_text("failed")
    await expect(gallery.tab.card("broken").get_by_test_id("thread-bar")).to_be_visible()
    await gallery.shoot("failure-channel")
    await gallery.tab.card("broken").get_by_test_id("thread-bar").click()
    await expect(gallery.tab.thread).to_contain_text("test_total_includes_the_discount")
    await gallery.shoot("failure-thread")
    await gallery.tab.page.get_by_role("button", name="Close thread").click()


async def answers(gallery: Gallery) -> None:
    """What is answered to be read."""
    await gallery.go(channel="C0PRIVATE")
    for line in ("help", "projects", "subscriptions --all"):
        await gallery.ask(f"/circle {line}")
        await gallery.shoot(f"answer-{line.split()[0]}")
    for line in ("status", "recent", "insights", "why"):
        await gallery.ask(f"/circle {line} {PROJECT}")
        await gallery.shoot(f"answer-{line}")
    for words in ("status web main", "trigger web main", "statsu web"):
        await gallery.ask(f"/circle {words}")
        await gallery.shoot(f"words-{words.split()[0]}")


async def forms(gallery: Gallery) -> None:
    await gallery.go(channel=DEPLOYS)
    await gallery.tab.type("/circle trigger")
    await expect(gallery.tab.form.get_by_role("combobox").first).to_be_visible()
    await gallery.shoot("trigger-form-first")
    await gallery.close_form()
    await gallery.tab.type("/circle subscribe")
    await expect(gallery.tab.form.get_by_role("combobox").first).to_be_visible()
    await gallery.shoot("subscribe-form")
    await gallery.close_form()


async def daily(gallery: Gallery) -> None:
    """The Home of somebody who works with it."""
    await gallery.go(channel="D0ADA", tab="home")
    await expect(gallery.tab.page.get_by_test_id("home")).to_contain_text(NAME)
    await gallery.shoot("home-daily")


SCENES: tuple[Callable[[Gallery], Awaitable[None]], ...] = (first_minutes, pipelines, failure, answers, forms, daily)


@asynccontextmanager
async def hang_gallery(see: See) -> AsyncIterator[Gallery]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            launch_browser() as browser,
            run_world(Path(folder), socket_mode=True, speed=ALMOST_STILL) as world,
            open_tab(browser, world, within_ms=WITHIN_MS, viewport=DESKTOP, has_touch=True) as tab,
        ):
            yield Gallery(tab, see)


async def visit(see: See = take_picture) -> list[str]:
    """All scenes, one after the other; what went wrong in which."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=WITHIN_MS)
    wrong = []
    async with hang_gallery(see) as gallery:
        for scene in SCENES:
            try:
                await scene(gallery)
            except (AssertionError, Error) as error:
                wrong.append(f"{scene.__name__}: {str(error).splitlines()[0]}")
                await take_picture(gallery.tab.page, f"wrong-{scene.__name__}")
                await gallery.tab.page.keyboard.press("Escape")
    return [*wrong, *gallery.tab.errors]


def write_index() -> None:
    """One page with all pictures that are there."""
    names = sorted(path.name for path in FOLDER.glob("*.png"))
    figures = "\n".join(
        f'<figure><figcaption>{escape(name)}</figcaption><img src="{escape(name)}" alt=""></figure>' for name in names
    )
    (FOLDER / "index.html").write_text(f"<!doctype html><title>circlebot</title>\n{figures}\n")


async def take_all() -> list[str]:
    wrong = [*await visit(), *await visit_commands(partial(take_cutting, FOLDER))]
    await visit_setup(partial(take_cutting, FOLDER, kind="slack-app"))
    return wrong


def main() -> None:
    wrong = asyncio.run(take_all())
    write_index()
    sys.exit("\n".join(wrong) if wrong else None)


if __name__ == "__main__":
    main()
