"""`make soak MINUTES=60`: build/soak/ gets the numbers, a picture and the logs; exit code 1 when anything went wrong.

python -m bench.soak --minutes 60                     two workers on PostgreSQL
python -m bench.soak --minutes 60 --database sqlite   one worker on SQLite
python -m bench.soak --publish                        what stands in build/soak/ becomes docs/soak.png and its table
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.results import Machine
from bench.soak.picture import draw
from bench.soak.plan import Plan
from bench.soak.run import NoPostgres, Soaked, soak
from bench.soak.verdict import judge
from bench.tables import Table
from bot.clock import SystemClock
from bot.operating.process import run_async

FOLDER = Path(__file__).parents[2] / "build" / "soak"
DOCS = Path(__file__).parents[2] / "docs"
_FROM, _TO = "<!-- soak -->", "<!-- /soak -->"


def main() -> int:
    said = _arguments()
    if said.publish:
        publish(FOLDER / f"{said.database}.json")
        return 0
    plan = Plan(said.minutes, on_postgresql=said.database == "postgresql")
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        table = keep(plan, run_async(soak(plan, FOLDER)), FOLDER / f"{said.database}.json")
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 1
    print(table.as_markdown())
    return 0 if all(goal.met for goal in table.goals) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__ and __doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--publish", action="store_true", help="bring the last numbers and picture into docs/")
    return parser.parse_args()


def keep(plan: Plan, soaked: Soaked, file: Path) -> Table:
    """The verdict; it, all that was sampled and the picture are written beside each other."""
    table = judge(plan, soaked)
    plain: dict[str, Any] = {
        "when": f"{SystemClock().now():%Y-%m-%d %H:%M} UTC",
        "machine": str(Machine.this()),
        "load": os.getloadavg()[0],
        "plan": asdict(plan),
        "verdict": table.as_plain(),
        **asdict(soaked),
    }
    file.write_text(json.dumps(plain) + "\n", encoding="utf-8")
    file.with_suffix(".png").write_bytes(draw(soaked, table.title))
    return table


def publish(file: Path) -> None:
    """Into docs/delivery.md, between its markers, with the picture."""
    plain = json.loads(file.read_text(encoding="utf-8"))
    (DOCS / "soak.png").write_bytes(file.with_suffix(".png").read_bytes())
    page = DOCS / "delivery.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(_FROM)
    table = Table.from_plain(plain["verdict"])
    what = table.title.partition(": ")[2]
    where = f"Shown: {what}, until {plain['when']}: {plain['machine']}; load {plain['load']:.1f}."
    numbers = table.as_markdown().partition("\n\n")[2]
    said = f"{_FROM}\n{where}\n\n{numbers}\n{_TO}"
    page.write_text(before + said + rest.partition(_TO)[2], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
