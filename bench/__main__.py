"""The benchmarks, each in a process of its own, so that none inherits what another has warmed up or filled.

python -m bench                     all of them, tables on stdout, numbers in build/bench/
python -m bench matching ack        these two
python -m bench --publish           and put what is in build/bench/ into bench/README.md; with names, after measuring
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib import import_module

from bench.results import Result, publish
from bot import logging_setup
from bot.operating.process import run_async

BENCHMARKS = {
    "ack": "bench.ack:acknowledging",
    "hands": "bench.hands:hands",
    "socket": "bench.socket_mode:socket_mode",
    "slow": "bench.slow:slow",
    "client": "bench.client:client",
    "latency": "bench.latency:latency",
    "requests": "bench.requests:requests",
    "matching": "bench.matching:matching",
    "steady": "bench.steady:steady",
    "large": "bench.steady:large",
    "workers": "bench.workers:workers",
    "backlog": "bench.backlog:backlog",
    "starting": "bench.starting:starting",
    "store": "bench.store:single_calls",
    "hostile": "bench.hostile:hostile",
    "new": "bench.new_projects:new_projects",
}
"""By the words of the command line, in the order of the rows that they measure."""


def main() -> int:
    said = _arguments()
    if said.here:
        _measure(said.here)
        return 0
    names = said.names or ([] if said.publish else list(BENCHMARKS))
    failed = [name for name in names if subprocess.run([sys.executable, "-m", "bench", "--here", name]).returncode]  # noqa: S603, PLW1510 - ourselves
    if said.publish:
        publish([result for name in BENCHMARKS if (result := Result.saved(name))])
    print(f"failed: {', '.join(failed)}" if failed else "the numbers are in build/bench/", file=sys.stderr)
    return len(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--publish", action="store_true", help="write the results into bench/README.md")
    parser.add_argument("--here", choices=BENCHMARKS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(name: str) -> None:
    logging_setup.configure("console")
    module, _, function = BENCHMARKS[name].partition(":")
    began_s = time.monotonic()
    tables = run_async(getattr(import_module(module), function)())
    result = Result.now(name, tables, time.monotonic() - began_s)
    result.save()
    print("\n\n".join(table.as_markdown() for table in tables), end="\n\n", flush=True)
    print(f"{name}: {result.took_s:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
