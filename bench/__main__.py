"""Every benchmark, one after the other: tables on stdout, numbers in build/bench.json."""

from __future__ import annotations

import sys
import time

from bench.ack import acknowledging
from bench.store import on_postgresql, on_sqlite
from bench.tables import Table, write
from bot import logs
from bot.operating.process import run


async def everything() -> list[Table]:
    found = []
    for benchmark in (acknowledging, on_sqlite, on_postgresql):
        began_s = time.monotonic()
        found += await benchmark()
        print(f"{benchmark.__name__}: {time.monotonic() - began_s:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    logs.configure("console")
    measured = run(everything())
    print("\n\n".join(table.as_markdown() for table in measured))
    print(f"\n{write(measured)}")
