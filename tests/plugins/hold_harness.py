"""A pipeline whose holds wait: CircleCI's side of it, and what Slack is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.rules.rule import Rule
from tests.plugins.fake_delivery import FakeDelivery
from tests.plugins.poller_harness import PollerHarness

WEB = "gh/acme/web"


@dataclass
class HoldHarness:
    """A poller_harness, a slack, and a pipeline of the branch `release` in which two holds wait."""

    poller_harness: PollerHarness
    slack: FakeDelivery

    async def release(self, **said: str) -> None:
        """A rule that says this, and the pipeline."""
        await self.poller_harness.connect("ada")
        await self.poller_harness.subscribe(WEB, rule=Rule.parse({name: [text] for name, text in said.items()}))
        await self.poller_harness.run_due()
        await self.poller_harness.push(WEB, "release")
        await self.sleeps(0.5)

    async def passes(self, minutes: float) -> None:
        """Time, while we look."""
        await self.poller_harness.advance(minutes)
        await self.slack.deliver(self.poller_harness.sandbox.now())

    async def sleeps(self, minutes: float) -> None:
        """Time, while we are down; then we look once."""
        await self.poller_harness.sandbox.advance(minutes * 60)
        await self.passes(0)

    async def on_the_web(self, what: str, by: str = "grace", **more: Any) -> None:
        state = (await self.poller_harness.sandbox.control.get("/_control/state")).json()["circleci"]
        newest = max((one for one in state["pipelines"] if one["branch"] == "release"), key=lambda one: one["number"])
        await self.poller_harness.control(what, workflow_id=newest["workflows"][0]["id"], **{"as": by}, **more)

    async def begin(self, *jobs: dict[str, Any], **more: list[dict[str, Any]]) -> None:
        """A rule, and a pipeline of the branch `release` with these jobs, and with more workflows."""
        await self.poller_harness.connect("ada")
        await self.poller_harness.subscribe(WEB)
        await self.poller_harness.run_due()
        workflows = {"release": list(jobs), **more}
        story = {"workflows": [{"name": name, "jobs": of_it} for name, of_it in workflows.items()]}
        await self.poller_harness.control("push", project=WEB, branch="release", author="ada", story=story)
        await self.sleeps(0.5)


def build_hold(name: str, *requires: str) -> dict[str, Any]:
    return {"name": name, "type": "approval", "requires": list(requires)}


def build_job() -> dict[str, Any]:
    return {"name": "build", "duration_s": 200}
