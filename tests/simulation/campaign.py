"""`make simulate`: many seeds on all cores, what they met, and the story of each that fails, as short as it can be.

python -m tests.simulation.campaign --seeds 100000 --first 0 --table

With `--table` each safeguard is taken away too; with UPDATE_GOLDEN=1 what came of it is written into docs/delivery.md.
With `--check` the seeds that stand there are tried first: each safeguard still has to be missed.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation import safeguard_table
from tests.simulation.safeguards import COVERED
from tests.simulation.seeds import Found, run_seeds

_AT_ONCE = 20


def _start_pool() -> ProcessPoolExecutor:
    """Of processes that collect no garbage among what this one has imported."""
    return ProcessPoolExecutor(os.cpu_count(), initializer=gc.freeze)


def run_campaign(first: int, seeds: int) -> Found:
    parts = [range(at, min(at + _AT_ONCE, first + seeds)) for at in range(first, first + seeds, _AT_ONCE)]
    total = Found()
    with _start_pool() as pool:
        for found in pool.map(run_seeds, parts):
            total.add(found)
            for failure in found.failures:
                sys.stdout.write(f"{failure}\n\n")
    return total


def _list_rows() -> Iterator[safeguard_table.Row]:
    with _start_pool() as pool:
        for row in pool.map(safeguard_table.build_row, safeguard_table.list_names()):
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
            yield row


def _list_unmissed() -> list[str]:
    """Safeguards that nothing shows to be needed, and covered ones that are."""
    with _start_pool() as pool:
        found = zip(
            safeguard_table.list_names(), pool.map(safeguard_table.is_missed, safeguard_table.list_names()), strict=True
        )
        alone = zip(COVERED, pool.map(safeguard_table.is_needed_alone, COVERED), strict=True)
        return [*(name for name, missed in found if not missed), *(name for name, needed in alone if needed)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.check:
        unmissed = _list_unmissed()
        sys.stdout.write("".join(f"nobody notices, or is no longer covered: {name}\n" for name in unmissed))
        return 1 if unmissed else 0
    began = time.monotonic()
    total = run_campaign(asked.first, asked.seeds)
    sys.stdout.write(f"{total}; {time.monotonic() - began:.0f} s\n")
    if asked.table:
        rows = list(_list_rows())
        if os.environ.get("UPDATE_GOLDEN"):
            safeguard_table.write(rows)
    return 1 if total.failures or total.list_never_met() else 0


if __name__ == "__main__":
    sys.exit(main())
