"""`make simulate`: many seeds on all cores, what they met, and the story of each that fails, as short as it can be.

python -m tests.simulation.campaign --seeds 100000 --first 0
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import structlog

from tests.plugins.database import create_database
from tests.simulation.plan import Plan, draw_plan
from tests.simulation.run import Story, run_plan, shrink

_AT_ONCE = 50
_CRITICAL = 50


@dataclass
class Found:
    """Of a part of the seeds. `schedules` are what happened, each once."""

    seeds: int = 0
    schedules: set[str] = field(default_factory=set)
    met: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.seeds += other.seeds
        self.schedules |= other.schedules
        self.met += other.met
        self.failures += other.failures


@cache
def load_migrated_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(create_database(Path(folder)))
        return (Path(folder) / "circlebot.db").read_bytes()


def run_seeds(seeds: Iterable[int]) -> Found:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_CRITICAL))
    found = Found()
    for seed in seeds:
        story = run_plan(draw_plan(seed), load_migrated_database())
        found.seeds += 1
        found.met += story.met
        found.schedules.add(hashlib.sha256("\n".join(story.events).encode()).hexdigest())
        if story.problems:
            found.failures.append(str(tell_shortest(story.plan)))
    return found


def tell_shortest(plan: Plan) -> Story:
    """The story of the smallest plan that fails as this one does."""
    database = load_migrated_database()
    return run_plan(shrink(plan, lambda smaller: bool(run_plan(smaller, database).problems)), database)


def run_campaign(first: int, seeds: int) -> Found:
    parts = [range(at, min(at + _AT_ONCE, first + seeds)) for at in range(first, first + seeds, _AT_ONCE)]
    total = Found()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(run_seeds, parts):
            total.add(found)
            for failure in found.failures:
                sys.stdout.write(f"{failure}\n\n")
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    total = run_campaign(asked.first, asked.seeds)
    met = ", ".join(f"{times} of {kind}" for kind, times in sorted(total.met.items()))
    sys.stdout.write(f"{total.seeds} seeds, {len(total.schedules)} schedules; {met}; {len(total.failures)} failed\n")
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main())
