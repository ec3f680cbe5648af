"""Seeds, run one after the other: what they met, and what of it went wrong."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog

from tests.simulation.plan import KINDS, LARGE, Plan, Size, draw_plan
from tests.simulation.run import Story, run_plan, shrink
from tests.simulation.safeguards import WHOLE, Ablation
from tests.simulation.secrecy import refuse_secrets

SOMETIMES = frozenset(KINDS) | {
    "429",
    "act without an answer",
    "found by looking back",
    "lease that ran out",
    "put back",
    "notice folded into a summary",
    "notice taken over by another process",
    "response_url that failed",
    "webhook",
}
"""What every campaign has to meet: else it has shown nothing of it."""


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

    def list_never_met(self) -> list[str]:
        return sorted(SOMETIMES - self.met.keys())

    def __str__(self) -> str:
        met = ", ".join(f"{times} of {kind}" for kind, times in sorted(self.met.items()))
        never = "".join(f"; never met: {kind}" for kind in self.list_never_met())
        return f"{self.seeds} seeds, {len(self.schedules)} schedules; {met}; {len(self.failures)} failed{never}"


def run_seeds(
    seeds: Iterable[int], *, tell: Callable[[str], None], ablation: Ablation = WHOLE, size: Size | None = None
) -> Found:
    """`tell` hears of a seed that fails at once: to find its shortest story takes a while."""
    found = Found()
    for seed in seeds:
        story = run_seed(seed, ablation, size)
        found.seeds += 1
        found.met += story.met
        found.schedules.add(hashlib.sha256("\n".join(story.events).encode()).hexdigest())
        if story.problems:
            tell(f"seed {seed} fails: {story.problems[0]}")
            found.failures.append(str(tell_shortest(story.plan, ablation)))
    return found


def run_seed(seed: int, ablation: Ablation = WHOLE, size: Size | None = None) -> Story:
    return _run(draw_plan(seed, size), ablation)


def _run(plan: Plan, ablation: Ablation = WHOLE) -> Story:
    """Garbage is collected between runs: during one it costs a tenth of the time."""
    before = structlog.get_config()
    structlog.configure(processors=[refuse_secrets])
    gc.disable()
    try:
        return run_plan(plan, ablation)
    finally:
        gc.enable()
        structlog.configure(**before)


def tell_shortest(plan: Plan, ablation: Ablation = WHOLE) -> Story:
    """The story of the smallest plan that fails as this one does."""
    return _run(shrink(plan, lambda smaller: bool(_run(smaller, ablation).problems)), ablation)


def find_first_failure(ablation: Ablation, seeds: Iterable[int]) -> Story | None:
    return next((story for seed in seeds if (story := run_seed(seed, ablation, LARGE)).problems), None)
