"""`make simulate`: many seeds on all cores, what they met, and the story of each that fails, as short as it can be.

python -m tests.simulation.campaign --seeds 100000 --first 0 --table

A line now and then says how far it is. A seed that fails is named when it is found, its shortest story follows. Ctrl-C
ends it: what was run until then counts.
With `--table` each safeguard is taken away too; with UPDATE_GOLDEN=1 what came of it is written into docs/delivery.md.
With `--check` the seeds that stand there are tried first: each safeguard still has to be missed.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.simulation import safeguard_table
from tests.simulation.safeguards import COVERED
from tests.simulation.seeds import Found, run_seeds

_AT_ONCE = 10
_TELL_EVERY_S = 10.0


def _say(line: str) -> None:
    """At once, also where nobody reads it on a terminal, and whole, whichever process says it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _begin_worker() -> None:
    """It collects no garbage among what this process has imported. Who presses Ctrl-C means the campaign."""
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start_pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(os.cpu_count(), initializer=_begin_worker)


def _run_part(seeds: range) -> Found:
    return run_seeds(seeds, tell=_say)


@dataclass
class Campaign:
    """Seeds from `first` on. Every `tell_every_s` a line says how many were run until then; `is_stopped`: by Ctrl-C."""

    first: int
    seeds: int
    tell_every_s: float = _TELL_EVERY_S
    count_s: Callable[[], float] = time.monotonic
    total: Found = field(default_factory=Found)
    is_stopped: bool = False

    def run(self) -> None:
        self._began_s = self._told_s = self.count_s()
        with _start_pool() as pool:
            try:
                for found in pool.map(_run_part, self._list_parts()):
                    self._add(found)
            except KeyboardInterrupt:
                self.is_stopped = True
                pool.shutdown(wait=False, cancel_futures=True)

    def _list_parts(self) -> Sequence[range]:
        end = self.first + self.seeds
        return [range(at, min(at + _AT_ONCE, end)) for at in range(self.first, end, _AT_ONCE)]

    def _add(self, found: Found) -> None:
        self.total.add(found)
        for failure in found.failures:
            _say(f"{failure}\n")
        if self.count_s() - self._told_s >= self.tell_every_s:
            self._told_s = self.count_s()
            _say(self._describe_progress())

    def _describe_progress(self) -> str:
        """Parts come in their order: all seeds before the last one were run."""
        done, last = self.total.seeds, self.first + self.total.seeds - 1
        speed = done / max(self.count_s() - self._began_s, 0.001)
        left_s = (self.seeds - done) / speed
        return (
            f"{done:,} of {self.seeds:,} seeds (to {last}), {len(self.total.failures)} failed; "
            f"{speed:.0f} a second, {left_s / 60:.0f} min left"
        )

    def describe_end(self) -> str:
        return f"{self.total}; {self.count_s() - self._began_s:.0f} s{', stopped' if self.is_stopped else ''}"

    @property
    def is_well(self) -> bool:
        """One that was stopped need not have met everything."""
        return not self.total.failures and (self.is_stopped or not self.total.list_never_met())


def _list_rows() -> Iterator[safeguard_table.Row]:
    with _start_pool() as pool:
        for row in pool.map(safeguard_table.build_row, safeguard_table.list_names()):
            _say(str(row))
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
    parser.add_argument("--seeds", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--tell-every-s", type=float, default=_TELL_EVERY_S)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.check:
        unmissed = _list_unmissed()
        sys.stdout.write("".join(f"nobody notices, or is no longer covered: {name}\n" for name in unmissed))
        return 1 if unmissed else 0
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell begins in the background ignores it
    campaign = Campaign(asked.first, asked.seeds, asked.tell_every_s)
    campaign.run()
    _say(campaign.describe_end())
    if asked.table and not campaign.is_stopped:
        rows = list(_list_rows())
        if os.environ.get("UPDATE_GOLDEN"):
            safeguard_table.write(rows)
    return 0 if campaign.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
