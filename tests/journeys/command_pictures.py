"""What each command shows, cut out of the sandbox's page: the pictures of docs/commands."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Locator, expect

from sandbox.circleci.fake_users import PEOPLE
from tests.journeys.browser_tab import BrowserTab, open_tab
from tests.plugins.browser import launch_browser
from tests.plugins.every_answer import count_done
from tests.plugins.world import GRACE, run_world

LINES = {
    "connect": "connect",
    "tour": "tour",
    "me": "me",
    "help": "help",
    "audit": "audit",
    "doctor": "doctor",
    "admin": "admin",
    "undelivered": "undelivered",
    "admins": "admins",
    "policy": "policy add require everybody do approve gh/acme/web --hold production --approvals 2 --reason",
    "use": "use acme/web",
    "project": "project",
    "keys": "project --keys",
    "projects": "projects",
    "orgs": "projects --orgs",
    "recent": "recent",
    "status": "status",
    "deploys": "deploys",
    "trigger": "trigger",
    "preset": "preset save staging --branch main environment=staging --ask image-tag",
    "approve": "approve",
    "ask": "ask",
    "pipeline": "pipeline",
    "jobs": "jobs",
    "workflow": "jobs --overview",
    "config": "pipeline --config 26",
    "values": "pipeline --values 26",
    "why": "why 26",
    "logs": "logs 26",
    "tests": "tests 26",
    "job": "job 26 test",
    "compare": "compare topic",
    "propose": "propose rerun 26 --failed",
    "rerun": "rerun 26 --failed",
    "looking": "looking worse",
    "again": "again 28 --form",
    "artifacts": "artifacts 28 test",
    "flaky": "flaky",
    "insights": "insights",
    "now": "now",
    "cancel": "cancel release",
    "subscribe": "subscribe acme/web --branch release/* --only failed,recovered",
    "subscriptions": "subscriptions",
    "takeover": "subscribe --takeover 2",
    "mute": "mute 2h",
    "unmute": "unmute",
    "unremind": "mute --reminders 33",
    "quiet": "quiet 22:00-08:00 --zone Europe/Berlin",
    "undo": "undo",
    "unsubscribe": "unsubscribe 1",
    "env": "env",
    "contexts": "env --contexts",
    "schedules": "schedules",
    "webhooks": "webhooks",
    "requests": "requests",
    "freeze": 'freeze gh/acme/api "Black Friday" until monday 9:00',
    "rollback": "rollback --environment staging",
    "promote": "promote --from staging",
    "promote-pipeline": "promote handbook",
    "user": f"me --user {PEOPLE['grace'].id}",
    "deploys-report": "deploys --report --here",
    "deploys-timeline": "deploys --timeline --here",
    "deploys-pin": "deploys --pin",
    "disconnect": "disconnect",
}
"""What Ada types in #deploys, one after the other: a line for each command, and further views of some."""
PROJECT = "gh/acme/web"
TALL: Any = {"width": 1000, "height": 2400}
"""All of an answer is on the screen, and it is as wide as a page of the site."""
ALMOST_STILL = 0.001
WITHIN_MS = 40_000

Look = Callable[[Locator, str], Awaitable[None]]


async def hold_a_release(tab: BrowserTab) -> None:
    await tab.type(f"/circle trigger {PROJECT} --branch release")
    await expect(tab.card("release")).to_be_visible()
    await tab.world.control("advance", seconds=30)
    await expect(tab.card("release")).to_contain_text("on hold")


async def break_a_branch(tab: BrowserTab) -> None:
    """A branch that passed, then fails; and a card of another, which failed."""
    for like in ("main", "broken"):
        await tab.world.control("push", project=PROJECT, branch="topic", like=like)
        await tab.world.control("advance", seconds=120)
    await tab.type(f"/circle trigger {PROJECT} --branch worse")
    await expect(tab.card("worse")).to_be_visible()
    await tab.world.control("advance", seconds=120)
    await expect(tab.card("worse")).to_contain_text("failed")


async def let_grace_subscribe(tab: BrowserTab) -> None:
    await tab.world.connect(GRACE)
    await tab.world.say(f"/circle subscribe {PROJECT} --branch release --remind 2h", as_=GRACE)
    await expect(tab.messages.filter(has_text="Grace").last).to_contain_text("subscribed")


async def hold_another_release(tab: BrowserTab) -> None:
    """One that Grace's rule reports, with reminders."""
    pushed = await tab.world.control("push", project=PROJECT, branch="release")
    await tab.world.control("advance", seconds=30)
    await expect(tab.messages.filter(has_text=f"#{pushed['number']}").last).to_be_visible()


async def ship(tab: BrowserTab) -> None:
    """A second version runs in staging."""
    await tab.world.control("push", project=PROJECT, branch="ship")
    await tab.world.control("advance", seconds=60)


async def ship_for_weeks(tab: BrowserTab) -> None:
    """Twice it fails its validation; else it is approved some hours after it was pushed."""
    for number in range(12):
        is_bad = number in {4, 9}
        pushed = await tab.world.control("push", project=PROJECT, branch="bad-release" if is_bad else "ship")
        await tab.world.control("advance", seconds=60 if is_bad else (number * 7 % 5 + 1) * 3_600)
        if not is_bad:
            pipelines = await tab.world.list_pipelines()
            run = next(one for one in pipelines if one["number"] == pushed["number"])["workflows"][0]
            await tab.world.control("decide", workflow_id=run["id"], hold="approve-production")
        await tab.world.control("advance", seconds=(2 + number % 3) * 86_400)


async def connect(tab: BrowserTab) -> None:
    await tab.world.connect()


_TRIES = 3

BEFORE = {
    "me": connect,
    "trigger": hold_a_release,
    "compare": break_a_branch,
    "rollback": ship,
    "takeover": let_grace_subscribe,
    "unremind": hold_another_release,
    "deploys-report": ship_for_weeks,
}
"""What has to be there before a command shows something."""


POSTED = {"deploys-pin": "I keep this up to date"}
"""What the channel gets besides the answer, by what it says."""


async def ask(tab: BrowserTab, name: str) -> Locator:
    """What the command shows: a form, or a message."""
    if name in BEFORE:
        await BEFORE[name](tab)
    before = count_done(tab.world)
    await tab.type(f"/circle {LINES[name]}")

    async def is_done() -> bool | None:
        return count_done(tab.world) > before or None

    await tab.world.wait_until(is_done, f"the end of {LINES[name]}")
    await tab.page.wait_for_timeout(500)
    if name in POSTED:
        posted = tab.messages.filter(has_text=POSTED[name])
        await expect(posted.get_by_test_id("pin-mark")).to_be_visible()
        return posted
    form = tab.page.locator("[aria-modal=true]").last
    return form if await form.count() else tab.newest


@asynccontextmanager
async def open_tall_tab() -> AsyncIterator[BrowserTab]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            launch_browser() as browser,
            run_world(Path(folder), socket_mode=True, speed=ALMOST_STILL) as world,
            open_tab(browser, world, within_ms=WITHIN_MS, viewport=TALL, device_scale_factor=1.5) as tab,
        ):
            yield tab


async def visit_commands(look: Look) -> list[str]:
    """Each command is asked, and what it shows looked at; what went wrong."""
    expect.set_options(timeout=WITHIN_MS)
    wrong = []
    async with open_tall_tab() as tab:
        for name in LINES:
            try:
                await look(await ask(tab, name), name)
            except (AssertionError, Error) as error:
                wrong.append(f"{name}: {str(error).splitlines()[0]}")
            await tab.page.keyboard.press("Escape")
    return [*wrong, *tab.errors]


async def take_cutting(folder: Path, shown: Locator, name: str, *, kind: str = "command") -> None:
    """In both looks; the page is light afterwards."""
    for look, scheme in (("dark", "dark"), ("desktop", "light")):
        await shown.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await _take(shown, folder / f"{kind}-{name}-{look}.png")


async def _take(shown: Locator, file: Path) -> None:
    """Again where the page draws it anew just then, which makes it another element."""
    for left in reversed(range(_TRIES)):
        try:
            await shown.screenshot(path=file, animations="disabled")
        except Error as error:
            if not left or "not attached" not in str(error):
                raise
        else:
            return
