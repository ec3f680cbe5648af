"""A tab of the browser in which somebody uses the real bot."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.plugins.world import World


@dataclass
class BrowserTab:
    """A tab of the browser, as somebody in a channel. What its scripts throw ends up in `errors`."""

    page: Page
    world: World
    errors: list[str] = field(default_factory=list)
    size: str = "desktop"

    # What people do

    async def type(self, line: str) -> None:
        composer = self.page.get_by_test_id("composer").get_by_test_id("composer-field")
        await composer.fill(line)
        await composer.press("Enter")

    async def connect(self, token: str) -> None:
        """Press the button that asks for it, and paste the token into the form."""
        await self.newest.get_by_role("button", name="Connect CircleCI").click()
        await self.form.get_by_label("The address, or the token").fill(token)
        await self.form.get_by_test_id("modal-submit").click()
        await expect(self.form).to_have_count(0)

    async def confirm(self, button: Locator) -> None:
        await button.click()
        await self.page.get_by_test_id("confirm-yes").click()

    async def choose(self, label: str, typed: str, value: str) -> None:
        """Choose in a menu of the open form by typing a part of it."""
        await self.form.get_by_role("combobox", name=label).click()
        await self.page.get_by_test_id("select-search").fill(typed)
        await self.page.locator(f'[data-testid="option"][data-value="{value}"]').click()

    async def choose_and_see_it_drawn_again(self, label: str, typed: str, value: str) -> None:
        """Choose what the form depends on. A menu that is opened before it is drawn again would be closed."""
        before = len(await self.world.list_calls("views.update"))

        async def drawn() -> bool | None:
            return len(await self.world.list_calls("views.update")) > before or None

        await self.choose(label, typed, value)
        await self.world.wait_until(drawn, "the form to be drawn again")

    async def be(self, name: str, channel: str) -> None:
        await self.page.get_by_role("radio", name=name).click()
        await self.page.get_by_test_id("channel").filter(has_text=channel).click()

    # What people see

    @property
    def messages(self) -> Locator:
        return self.page.get_by_test_id("messages").get_by_test_id("message")

    @property
    def newest(self) -> Locator:
        return self.messages.last

    @property
    def form(self) -> Locator:
        return self.page.get_by_test_id("modal").last

    @property
    def thread(self) -> Locator:
        return self.page.get_by_test_id("thread-messages")

    def card(self, branch: str) -> Locator:
        """The newest card of a pipeline on this branch."""
        about = self.page.locator("code", has_text=re.compile(f"^{re.escape(branch)}$"))
        titled = self.messages.filter(has=about).filter(has_text=re.compile(r"#\d+ on"))
        return titled.last


@asynccontextmanager
async def open_tab(browser: Browser, world: World, *, within_ms: float, **of_context: Any) -> AsyncIterator[BrowserTab]:
    """As Ada in #deploys. At the end no script may have thrown."""
    context = await browser.new_context(timezone_id="UTC", **of_context)
    try:
        page = await context.new_page()
        page.set_default_timeout(within_ms)
        tab = BrowserTab(page, world)
        page.on("pageerror", lambda error: tab.errors.append(str(error)))
        await page.goto(f"{world.url}/#as=U0ADA&channel=C0DEPLOYS")
        await page.locator("body[data-ready]").wait_for()
        yield tab
    finally:
        await context.close()
    assert tab.errors == []
