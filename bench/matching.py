"""7. What it costs to find out who wants to hear an outcome, among few rules and among very many."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.company import Rows, covering
from bench.databases import insert_all, on_sqlite
from bench.tables import Line, Table, at_most
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.clock import SystemClock
from bot.domain import ProjectSlug
from bot.notify.publish.publisher import Publisher
from bot.notify.readings import Reading
from bot.rules.rule import Rule
from bot.store.store import Store
from bot.store.tables.rule_index import subscriptions
from bot.store.vault import Vault, generate_key

MATCHES = 5
ROUNDS = 70
_MADE_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_BRANCH = "release/2026.47"
_WANTED = Rule.parse({"only": ["failed"], "branch": ["main", "release/2026.47*"]})
_ALIKE = Rule.parse({"branch": ["release/*.hotfix", "hotfix/*"]})
_BESIDE = tuple(
    Rule.parse(said)
    for said in (
        {"tag": ["*"]},
        {"branch": ["main"]},
        {"only": ["broke", "recovered"], "default-branch": []},
        *({"branch": [f"release/2026.{week:02}*", f"v2026.{week:02}"]} for week in range(1, 47)),
        *({"branch": [f"team-{number}/*"], "tag": [f"team-{number}-*"]} for number in range(150)),
    )
)
"""What others ask for who build the same project; one rule begins like the branch and does not want it either."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rules that do not match are about: other projects, or (`crowded`) other branches of the same one."""

    sizes: tuple[int, ...]
    title: str
    crowded: bool = False


_LAYOUTS = (
    Layout((10, 1_000, 100_000), "7. Matching: five rules match, the others are about other projects"),
    Layout((10, 1_000, 100_000), "7. Matching: five rules match, the others are about other branches", crowded=True),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one outcome, in milliseconds of CPU: to see who wants it, and to write it down for those five channels."""

    matched_ms: float
    published_ms: float


async def matching() -> list[Table]:
    return [await _table(layout) for layout in _LAYOUTS]


async def _table(layout: Layout) -> Table:
    async with contextlib.AsyncExitStack() as stack:
        books = {size: await stack.enter_async_context(_book(size, layout)) for size in layout.sizes}
        costs = await _costs(books)
    few, many = costs[layout.sizes[0]], costs[layout.sizes[-1]]
    lines = [
        Line(f"{figure}, {size:,} rules", "ms CPU", getattr(cost, name), (getattr(few, name),))
        for name, figure in (("matched_ms", "matched"), ("published_ms", "matched and published"))
        for size, cost in costs.items()
    ]
    where = " about its project" if layout.crowded else ""
    target = (
        f"an outcome among {layout.sizes[-1]:,} rules{where} costs at most 1.5 times as much as among {layout.sizes[0]}"
    )
    goal = at_most(target, many.matched_ms / few.matched_ms, 1.5, " times")
    return Table(layout.title, (f"{layout.sizes[0]} rules",), lines, goals=(goal,))


@contextlib.asynccontextmanager
async def _book(size: int, layout: Layout) -> AsyncIterator[Publisher]:
    async with on_sqlite() as url:
        await insert_all(url, _rules(size, crowded=layout.crowded))
        store, nothing = Store(url, Vault([generate_key()])), lambda *_: None
        yield Publisher(
            store=store,
            links=Links("https://circleci.example"),
            clock=SystemClock(),
            wake=nothing,
            hit_failpoint=nothing,
        )
        await store.close()


def _rules(size: int, *, crowded: bool) -> Rows:
    """The first five want what happens on the branch in project 0."""
    pairs = [_said(number, crowded=crowded) for number in range(size)]
    rules = [
        {
            "id": number + 1,
            "workspace": "T1",
            "channel": f"C{number}",
            "project": project,
            "rule": rule.to_json(),
            "digest": f"{number}",
            "made_by": f"U{number % 100}",
            "made_at": _MADE_AT,
        }
        for number, (project, rule) in enumerate(pairs)
    ]
    return {subscriptions: rules, **covering(pairs, _MADE_AT)}


def _said(number: int, *, crowded: bool) -> tuple[str, Rule]:
    if number < MATCHES:
        return "gh/acme/project-0", _WANTED
    project = 0 if crowded else number // MATCHES
    return f"gh/acme/project-{project}", _ALIKE if number == MATCHES else _BESIDE[number % len(_BESIDE)]


async def _costs(books: Mapping[int, Publisher]) -> dict[int, Cost]:
    """All sizes take turns, outcome by outcome."""
    took: dict[int, list[tuple[float, float]]] = {size: [] for size in books}
    for reading in _failures():
        for size, publisher in books.items():
            began_s = time.process_time()
            await publisher.plan(reading)
            matched_s = time.process_time()
            await publisher.commit(reading, {})
            took[size].append((matched_s - began_s, time.process_time() - began_s))
    medians = {size: [statistics.median(column) for column in zip(*seen, strict=True)] for size, seen in took.items()}
    return {size: Cost(1000 * matched_s, 1000 * published_s) for size, (matched_s, published_s) in medians.items()}


def _failures() -> Iterator[Reading]:
    """Pipelines of project 0 that have just failed, each a new one."""
    now = SystemClock().now()
    for number in range(1, ROUNDS + 1):
        moment = now - timedelta(seconds=ROUNDS - number)
        pipeline = Pipeline.model_validate(
            {
                "id": f"p{number}",
                "number": number,
                "project_slug": "gh/acme/project-0",
                "state": "created",
                "created_at": moment,
                "vcs": {"branch": _BRANCH, "revision": "0123456789"},
            }
        )
        workflow = Workflow.model_validate(
            {"id": f"w{number}", "name": "build", "status": "failed", "created_at": moment, "stopped_at": moment}
        )
        snapshot = Snapshot(pipeline=pipeline, workflows=(WorkflowRun(workflow=workflow, jobs=()),))
        yield Reading(ProjectSlug("gh", "acme", "project-0"), snapshot, now, None, None, read_at=now)
