"""Triggers a pipeline now and then, so that a subscribed channel gets messages."""

from __future__ import annotations

import random

from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.virtual_clock import SandboxClock

PAUSE_S = (45.0, 90.0)
_PUSHES = (
    ("gh/acme/web", "main", "Show the total in the header"),
    ("gh/acme/web", "feature/login", "Focus the first field"),
    ("gh/acme/web", "broken", "Change the rounding once more"),
    ("gh/acme/api", "main", "Trim the answer"),
    ("gh/acme/web", "flaky", "Wait for the session"),
    ("gh/acme/web", "main", "Count what people buy"),
    ("gh/acme/api", "feature/rate-limits", "Let bursts through"),
)
_AUTHORS = ("lin", "omar", "grace")


async def run_autopilot(world: FakeCircleci, clock: SandboxClock, seed: str = "autopilot") -> None:
    """Push something every 45 to 90 seconds of the wall clock at the usual pace, until cancelled."""
    rng = random.Random(seed)  # noqa: S311 -- a play, not a secret
    while True:
        await clock.sleep_s(rng.uniform(*PAUSE_S) / world.engine.pace)
        slug, branch, subject = rng.choice(_PUSHES)
        world.push(world.projects[slug], branch=branch, subject=subject, author=rng.choice(_AUTHORS))
