"""A day of an organisation: 2,000 pipelines of eight projects, recorded as the outcomes that they came to.

Made up once, from a fixed seed, and kept in tests/rules/day.csv.gz; `UPDATE_GOLDEN=1` makes it again. One line for
each outcome: second of the day, project, pipeline, branch, tag, actor, trigger, workflow, run, kind, seconds, failing
jobs.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain import Outcome, ProjectSlug

PIPELINES = 2000
FILE = Path(__file__).parents[1] / "rules" / "day.csv.gz"
MORNING = datetime(2026, 11, 24, tzinfo=UTC)

_PROJECTS = ("web", "api", "billing", "search", "mobile", "infra", "docs", "data")
_PEOPLE = ("ada", "grace", "eve", "lin", "noor", "sam", "kim", "ola")
_DAY_S = 24 * 3600

Row = tuple[str, ...]


def load_outcomes() -> list[Outcome]:
    """The outcomes of the day, as they were read: without what they mean."""
    text = gzip.decompress(FILE.read_bytes()).decode()
    return [_parse_outcome(row) for row in csv.reader(io.StringIO(text))]


def generate_day() -> None:
    """Make the day up again."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_generate_rows(random.Random(2000)))
    FILE.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def _parse_outcome(row: Row) -> Outcome:
    at_s, project, number, branch, tag, actor, trigger, workflow, run, kind, busy_s, failing = row
    pipeline_id = f"{project}-{number}"
    return Outcome(
        key=f"{pipeline_id}:{workflow}:{run}:{kind}", kind=kind, status=kind,
        project=ProjectSlug("gh", "acme", project),
        pipeline_id=pipeline_id, pipeline_number=int(number), workflow=workflow,
        workflow_id=f"{pipeline_id}:{workflow}:{run}" if workflow else None, branch=branch or None, tag=tag or None,
        happened_at=MORNING + timedelta(seconds=int(at_s)), actor=actor, trigger=trigger, on_default=branch == "main",
        busy_s=float(busy_s) if busy_s else None, failing=frozenset(filter(None, failing.split("+"))),
    )  # fmt: skip


def _generate_rows(dice: random.Random) -> Iterator[Row]:
    """Work from eight to six, bots and schedules at night; `main` breaks now and then and stays broken for a while."""
    numbers = dict.fromkeys(_PROJECTS, 100)
    broken: dict[tuple[str, str], int] = {}
    for begin_s in sorted(_choose_begin_s(dice) for _ in range(PIPELINES)):
        project = dice.choices(_PROJECTS, weights=(8, 7, 5, 4, 4, 3, 2, 2))[0]
        numbers[project] += 1
        branch, tag, actor, trigger = _choose_start(dice, begin_s)
        head = [project, str(numbers[project]), branch, tag, actor, trigger]
        if dice.random() < 0.01:
            yield (str(begin_s + 5), *head, "", "1", "errored-config", "", "")
            continue
        yield from _generate_runs(dice, begin_s, head, broken)


def _choose_begin_s(dice: random.Random) -> int:
    if dice.random() < 0.15:
        return dice.randrange(_DAY_S - 4 * 3600)
    return min(max(int(dice.gauss(13.5, 2.5) * 3600), 0), _DAY_S - 4 * 3600)


def _choose_start(dice: random.Random, begin_s: int) -> tuple[str, str, str, str]:
    """Branch, tag, actor and trigger."""
    if begin_s < 6 * 3600:
        return (
            ("main", "", "ada", "schedule")
            if dice.random() < 0.5
            else (_choose_bot_branch(dice), "", "dependabot[bot]", "webhook")
        )
    actor = dice.choice(_PEOPLE)
    chance = dice.random()
    if chance < 0.25:
        return "main", "", actor, "webhook"
    if chance < 0.28:
        return "", f"v1.{dice.randrange(90)}", actor, "webhook"
    if chance < 0.36:
        return _choose_bot_branch(dice), "", "dependabot[bot]", "webhook"
    if chance < 0.40:
        return f"release/{dice.randrange(3)}", "", actor, "api"
    return f"{actor}/work-{dice.randrange(40)}", "", actor, "webhook"


def _choose_bot_branch(dice: random.Random) -> str:
    return f"dependabot/pip-{dice.randrange(30)}"


def _generate_runs(
    dice: random.Random, begin_s: int, head: list[str], broken: dict[tuple[str, str], int]
) -> Iterator[Row]:
    """Build always, deploy behind a hold on main and on releases; a failure is often rerun."""
    project, _, branch, *_ = head
    end_s = begin_s + dice.randrange(120, 400)
    yield (str(begin_s + 3), *head, "build", "1", "started", "", "")
    for run in (1, 2):
        failed = _is_failure(dice, (project, branch), broken)
        busy_s = int(dice.gauss(240, 40)) * (3 if dice.random() < 0.02 else 1)
        jobs = "+".join(sorted({dice.choice(("unit", "lint", "e2e")) for _ in range(2)})) if failed else ""
        yield (str(end_s), *head, "build", str(run), "failed" if failed else "passed", str(busy_s), jobs)
        if not failed:
            break
        if dice.random() < 0.5:
            return
        end_s += dice.randrange(200, 900)
    if not failed and (branch == "main" or branch.startswith("release/")):
        yield from _generate_deploy(dice, end_s, head)


def _is_failure(dice: random.Random, where: tuple[str, str], broken: dict[tuple[str, str], int]) -> bool:
    """What broke stays broken for the next few; the rest fails by chance."""
    if broken.get(where, 0) > 0:
        broken[where] -= 1
        return True
    if dice.random() < (0.04 if where[1] == "main" else 0.14):
        broken[where] = dice.choice((0, 0, 1, 3, 6))
        return True
    return False


def _generate_deploy(dice: random.Random, begin_s: int, head: list[str]) -> Iterator[Row]:
    yield (str(begin_s + 10), *head, "deploy", "1", "on-hold", "", "")
    if dice.random() < 0.6:
        kind = "failed" if dice.random() < 0.05 else "passed"
        busy_s = str(int(dice.gauss(90, 10)))
        yield (
            str(begin_s + dice.randrange(600, 3000)),
            *head,
            "deploy",
            "1",
            kind,
            busy_s,
            "roll-out" * (kind == "failed"),
        )
