"""What a soak says: numbers of it, and whether anything was lost, said twice, or grew. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import linear_regression

from bench.soak.plan import Plan
from bench.soak.run import Soaked, find_told
from bench.tables import Goal, Line, Table, at_most
from bench.timing import percentile_ms

LASTING = "worker 1"
"""It lives through all of the second half (plan.py)."""

MOST_GROWTH_MB = 3.0
"""Of memory in the second half: what the allocator takes and gives back within minutes is less."""
MOST_GROWTH_FILES = 4.0


def judge(plan: Plan, soaked: Soaked) -> Table:
    lags_s = [lag_s for _, lag_s in soaked.lags_s]
    memory_mb = [mb for one in soaked.samples for mb in one.memory_mb.values()]
    size = [one.database_mb for one in soaked.samples if one.database_mb is not None]
    lines = [
        Line("outcomes", "", len(soaked.ended)),
        Line("calls to Slack", "", soaked.calls),
        Line("times that a worker is killed (SIGKILL)", "", soaked.deaths),
        Line("calls that were refused, or whose answer was lost", "", soaked.struck),
        Line("from the end of a workflow to its card, p50", "s", percentile_ms(lags_s, 0.5) / 1000),
        Line("the same, p99", "s", percentile_ms(lags_s, 0.99) / 1000),
        Line("memory of a worker at the most", "MB", max(memory_mb)),
        Line("messages and cards that waited at the most", "", max(one.backlog or 0 for one in soaked.samples)),
        Line("the database grew by", "MB", size[-1] - size[0]),
    ]
    where = "two workers on PostgreSQL" if plan.on_postgresql else "one worker on SQLite"
    return Table(f"Soak: {where}, {plan.minutes:g} minutes", lines=lines, goals=_goals(soaked), ours="measured")


def _goals(soaked: Soaked) -> tuple[Goal, ...]:
    lost = set(soaked.ended) - find_told(soaked.copies)
    second = [one for one in soaked.samples if one.at_s >= soaked.lasted_s / 2 and LASTING in one.memory_mb]
    at_s = [one.at_s for one in second]
    memory = measure_growth(at_s, [one.memory_mb[LASTING] for one in second])
    files = measure_growth(at_s, [one.files[LASTING] for one in second])
    return (
        at_most("nothing is lost", len(lost), 0, " lost"),
        at_most("nothing is said twice", sum(soaked.copies.values()) - len(soaked.copies), 0, " twice"),
        at_most("nothing waits in the end", soaked.waiting, 0, " wait"),
        at_most(f"memory grows by {MOST_GROWTH_MB:g} MB at most in the second half", memory, MOST_GROWTH_MB, " MB"),
        at_most(f"open files by {MOST_GROWTH_FILES:g} at most", files, MOST_GROWTH_FILES, " more"),
    )


def measure_growth(at_s: Sequence[float], values: Sequence[float]) -> float:
    """By the line that fits best, from the first to the last; never less than 0."""
    slope = linear_regression(at_s, values).slope
    return max(0.0, slope * (at_s[-1] - at_s[0]))
