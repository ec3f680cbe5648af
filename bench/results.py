"""What was measured, when and on what: one file of JSON for each benchmark, and all of them in bench/README.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.tables import Table
from bot.clock import SystemClock

FOLDER = Path(__file__).parents[1] / "build" / "bench"
README = Path(__file__).parent / "README.md"
_FROM, _TO = "<!-- results -->", "<!-- /results -->"


@dataclass(frozen=True, slots=True)
class Machine:
    cores: int
    kind: str
    python: str
    memory_mb: int

    def __str__(self) -> str:
        return f"{self.kind}, {self.cores} cores, {self.memory_mb:,} MB; Python {self.python}"

    @classmethod
    def this(cls) -> Machine:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return cls(os.cpu_count() or 1, platform.machine(), platform.python_version(), memory // 2**20)


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark brought; `load` is the machine's of the last minute, when it was over."""

    name: str
    tables: Sequence[Table]
    took_s: float
    measured_at: datetime
    load: float
    machine: Machine

    @classmethod
    def now(cls, name: str, tables: Sequence[Table], took_s: float) -> Result:
        return cls(name, tables, took_s, SystemClock().now(), os.getloadavg()[0], Machine.this())

    def save(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        plain = {
            "measured_at": self.measured_at.isoformat(timespec="seconds"),
            "took_s": round(self.took_s, 1),
            "load_of_the_last_minute": self.load,
            "machine": asdict(self.machine),
            "tables": [table.as_plain() for table in self.tables],
        }
        (FOLDER / f"{self.name}.json").write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def saved(cls, name: str) -> Result | None:
        """What it brought the last time; None when it was never measured here."""
        path = FOLDER / f"{name}.json"
        if not path.exists():
            return None
        plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            name,
            [Table.from_plain(table) for table in plain["tables"]],
            plain["took_s"],
            datetime.fromisoformat(plain["measured_at"]),
            plain["load_of_the_last_minute"],
            Machine(**plain["machine"]),
        )


def publish(results: Sequence[Result]) -> None:
    """Put them between the markers of bench/README.md: targets first, then every table."""
    before, _, rest = README.read_text(encoding="utf-8").partition(_FROM)
    after = rest.partition(_TO)[2]
    README.write_text("\n".join([before + _FROM, "", *_said(results), _TO]) + after, encoding="utf-8")


def _said(results: Sequence[Result]) -> Iterator[str]:
    newest = max(results, key=lambda result: result.measured_at)
    yield (
        f"{newest.measured_at:%-d %B %Y}. {newest.machine}. `load` is the machine's average of the minute before a "
        "benchmark ended: two cores have nothing left at 2.\n"
    )
    yield from _targets(results)
    for result in results:
        when = f"{result.measured_at:%Y-%m-%d %H:%M} UTC, {result.took_s:.0f} s, load {result.load:.1f}"
        yield f"\n*{result.name}: {when}*"
        for table in result.tables:
            yield f"\n{table.as_markdown()}"
    yield ""


def _targets(results: Sequence[Result]) -> Iterator[str]:
    yield "| # | target | result | |\n| - | ------ | ------ | - |"
    for result in results:
        for table in result.tables:
            row = table.title.partition(".")[0]
            for goal in table.goals:
                yield f"| {row} | {goal.target} | {goal.result} | {'met' if goal.met else '**not met**'} |"
