"""`circlebot drill` in the page of a demo and in the terminal: a real bot is killed, a real backup restored."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.demo_page import WITHIN_MS, open_demo
from tests.plugins.programs import start_circlebot

expect.set_options(timeout=WITHIN_MS)


async def test_a_drill_beside_a_demo_is_seen_in_its_page_and_in_the_terminal(browser: Browser, tmp_path: Path) -> None:
    async with open_demo(browser) as demo:
        port = demo.users.url.rpartition(":")[2]
        verdict = "8 outcomes, 2 deaths, 0 lost, 0 twice"
        async with start_circlebot("drill", "kill", "restore", "--port", port, cwd=tmp_path) as drill:
            for line in (
                "(SIGKILL)",
                "starts again",
                "Restore.",
                "circlebot backup",
                "The disk",
                "restore puts",
                verdict,
            ):
                await drill.wait_for_output(line)
            assert await drill.wait() == 0
        await expect(demo.page.get_by_test_id("drill")).to_have_text(verdict)
        await expect(demo.page.get_by_test_id("drill-lines").get_by_role("listitem").last).to_have_text(verdict)
        await demo.page.get_by_test_id("drill").get_by_role("button", name="Dismiss").click()
        await expect(demo.page.get_by_test_id("drill")).to_have_count(0)
        await demo.page.get_by_role("button", name="Play the drill again").click()
        await expect(demo.page.get_by_test_id("channel-head")).to_contain_text("drill-2")
        again = await demo.users.http.post("/_control/drill", json={})
        assert (again.status_code, "wait for its verdict" in again.text) == (400, True)
        await demo.users.control("reset")
        await expect(demo.page.get_by_test_id("drill-lines")).to_have_count(0)
