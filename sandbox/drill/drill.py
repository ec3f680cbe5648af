"""A drill from its beginning to its verdict, for the page and for `circlebot drill`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from sandbox.breaks import BREAKS, Breaks
from sandbox.circleci import FakeCircleci
from sandbox.drill.scenes import SCENES, give_verdict
from sandbox.drill.stage import Stage
from sandbox.slack import FakeSlack


class Drill:
    """The one that plays, or was played last."""

    def __init__(self, slack: FakeSlack, circleci: FakeCircleci, breaks: Breaks) -> None:
        self._slack, self._circleci, self._breaks = slack, circleci, breaks
        self._task: asyncio.Task[None] | None = None
        self._forget()

    def _forget(self) -> None:
        self._lines: list[str] = []
        self._stage: Stage | None = None
        self._verdict: str | None = None
        self._is_passed = False

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, names: Sequence[str]) -> None:
        """Begin with these scenes, all when none is named. Raises ValueError."""
        if unknown := [name for name in names if name not in SCENES]:
            raise ValueError(f"scenes are {', '.join(SCENES)}, not {unknown[0]}")
        if self._breaks.bot is None:
            raise ValueError("the sandbox runs no bot here: circlebot demo does")
        if self.is_running:
            raise ValueError("a drill is under way: wait for its verdict")
        self._forget()
        self._stage = Stage(self._slack, self._circleci, self._breaks, self._say)
        self._task = asyncio.create_task(self._play(self._stage, list(names) or list(SCENES)))

    def _say(self, line: str) -> None:
        self._lines.append(line)
        self._breaks.changes.bump()

    async def _play(self, stage: Stage, names: Sequence[str]) -> None:
        try:
            self._say(f"Look at #{stage.channel.name}: what the bot says of the drill's builds stands there.")
            await stage.prepare()
            for name in names:
                await SCENES[name](stage)
            tally = stage.count()
            self._verdict = give_verdict(tally, stage.deaths)
            self._is_passed = not tally.lost and not tally.twice
        except Exception as failure:  # noqa: BLE001 - whoever looks on is told, whatever it is
            self._verdict = f"The drill ends early: {failure or type(failure).__name__}"
        await stage.turn(*BREAKS, broken=False)
        self._breaks.forget()
        self._say(str(self._verdict))

    async def stop(self) -> None:
        """The world begins anew, or ends: nothing of it is left."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._forget()

    def as_page(self) -> dict[str, Any]:
        """`lines` say what happened, the last one is the verdict; `passed`: nothing lost, nothing twice."""
        channel = self._stage.channel if self._stage else None
        return {
            "scenes": list(SCENES),
            "channel": {"id": channel.id, "name": channel.name} if channel else None,
            "lines": self._lines,
            "running": self.is_running,
            "verdict": self._verdict,
            "passed": self._is_passed,
        }
