"""How the app comes into Slack, as its person sees it: the pictures of docs/install/slack.md.

What the terminal shows is drawn as text; the channel is the sandbox's. Slack's own pages are Slack's: none is drawn.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

from playwright.async_api import Browser, Locator, expect

from bot.slack.manifest import build_manifest
from tests.journeys.command_pictures import TALL, WITHIN_MS, Look
from tests.plugins.browser import launch_browser
from tests.plugins.setup_folder import CONFIG_TOKEN, SetupFolder, open_setup_folder

_TERMINAL = """<!doctype html><meta name=color-scheme content="light dark"><style>
body {{ margin: 0; background: light-dark(#fff, #1a1d21) }}
pre {{ margin: 0; padding: 16px 20px; font: 13px/1.55 ui-monospace, monospace; white-space: pre-wrap; width: 940px;
  color: light-dark(#1d1c1d, #e8e8e8); overflow-wrap: anywhere }}</style><pre>{text}</pre>"""


async def set_up(folder: SetupFolder) -> str:
    """From a configuration token to hello, as the terminal shows it."""

    async def fetch(setting: str) -> str:
        tokens.update(tokens or await folder.install())
        return tokens[setting]

    tokens: dict[str, str] = {}
    return await folder.talk(
        [
            ("configuration token (xoxe.xoxp-…), unseen: ", CONFIG_TOKEN),
            ("bot token (xoxb-…), unseen: ", lambda: fetch("SLACK_BOT_TOKEN")),
            ("app-level token (xapp-…), unseen: ", lambda: fetch("SLACK_APP_TOKEN")),
            ("Say hello in which channel?", "#deploys"),
        ]
    )


async def update(folder: SetupFolder) -> str:
    """An app that an earlier release made."""
    older = build_manifest(url=None)
    scopes = older["oauth_config"]["scopes"]
    scopes["bot"] = [one for one in scopes["bot"] if one not in {"files:write", "users:read"}]
    folder.sandbox.slack.apps[folder.settings["SLACK_APP_ID"]].manifest = older
    return await folder.talk([("configuration token (xoxe.xoxp-…), unseen: ", CONFIG_TOKEN), ("[y/N] ", "y")], "update")


async def draw_terminal(browser: Browser, line: str, shown: str) -> Locator:
    page = await browser.new_page(viewport=TALL, device_scale_factor=1.5)
    await page.set_content(_TERMINAL.format(text=escape(f"$ circlebot {line}\n{shown.strip()}")))
    return page.locator("pre")


async def open_channel(browser: Browser, folder: SetupFolder) -> Locator:
    page = await browser.new_page(viewport=TALL, device_scale_factor=1.5)
    await page.goto(f"{folder.url}/#as=U0ADA&channel=C0DEPLOYS")
    hello = page.get_by_test_id("messages").get_by_test_id("message").last
    await expect(hello).to_contain_text("as soon as you subscribe", timeout=WITHIN_MS)
    return hello


async def visit_setup(look: Look) -> None:
    with tempfile.TemporaryDirectory() as where:
        async with launch_browser() as browser, open_setup_folder(Path(where)) as folder:
            await look(await draw_terminal(browser, "slack create", await set_up(folder)), "create")
            await look(await open_channel(browser, folder), "hello")
            await look(await draw_terminal(browser, "slack update", await update(folder)), "update")
