"""A soak of seconds, from the processes to the picture; and that its verdict sees what it is there to see."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.soak.__main__ import keep
from bench.soak.plan import KILL, RESTART, Plan
from bench.soak.run import Soaked, soak
from bench.soak.samples import Sample
from bench.soak.verdict import judge
from bench.tables import Table

PLAN = Plan(
    0.1, on_postgresql=False, builds_a_minute=180, build_s=1, every_s=1.4, lasts_s=0.7, sample_s=0.4, poll_s=0.3
)


async def test_a_soak_of_seconds_loses_nothing_and_draws_what_it_saw(tmp_path: Path) -> None:
    soaked = await soak(PLAN, tmp_path)
    table = keep(PLAN, soaked, tmp_path / "soak.json")
    assert [one.name for one in soaked.happened] == [KILL, "Slack is down", "CircleCI is down"]
    assert (soaked.deaths, len(soaked.ended)) == (1, PLAN.builds)
    assert set(list_unmet(table)) <= {3, 4}  # a process that has only begun does grow
    assert (tmp_path / "soak.png").read_bytes().startswith(b"\x89PNG")
    kept = json.loads((tmp_path / "soak.json").read_text())
    assert Table.from_plain(kept["verdict"]).as_markdown() == table.as_markdown()


def list_unmet(table: Table) -> list[int]:
    return [number for number, goal in enumerate(table.goals) if not goal.met]


STEADY = Soaked(
    lasted_s=60.0,
    samples=[Sample(at_s, {"worker 1": 120.0}, {"worker 1": 50}, 0, 10.0) for at_s in range(60)],
    happened=[],
    lags_s=[(1.0, 2.0)],
    ended=["w-1", "w-2"],
    copies={"card:1": 1, "w-1:failed:T1:C1": 1, "w-2:success:T1:C1": 1},
    calls=4,
    deaths=1,
    struck=1,
    waiting=0,
)


def grow(**values: float) -> list[Sample]:
    """By so much in each second of the minute."""
    return [
        replace(
            each,
            memory_mb={"worker 1": 120.0 + values.get("mb", 0) * each.at_s},
            files={"worker 1": round(50 + values.get("files", 0) * each.at_s)},
        )
        for each in STEADY.samples
    ]


@pytest.mark.parametrize(
    ("soaked", "unmet"),
    [
        (STEADY, []),
        (replace(STEADY, ended=["w-1", "w-2", "w-3"]), [0]),
        (replace(STEADY, copies={**STEADY.copies, "card:1": 2}), [1]),
        (replace(STEADY, waiting=1), [2]),
        (replace(STEADY, samples=grow(mb=0.2)), [3]),
        (replace(STEADY, samples=grow(files=0.2)), [4]),
        (replace(STEADY, samples=grow(mb=-1, files=-0.5)), []),
    ],
)
def test_what_is_lost_doubled_left_or_grows_is_seen(soaked: Soaked, unmet: list[int]) -> None:
    assert list_unmet(judge(PLAN, soaked)) == unmet


@pytest.mark.parametrize("on_postgresql", [True, False])
def test_whose_memory_is_judged_lives_long_before_the_second_half(on_postgresql: bool) -> None:
    plan = Plan(60, on_postgresql=on_postgresql)
    happenings = list(plan.list_happenings())
    killed_late = [one for one in happenings if one.name == KILL and one.to_s > 0.4 * plan.lasting_s]
    assert bool(killed_late) == on_postgresql
    assert any(one.name == RESTART for one in happenings) == on_postgresql
    assert all(one.to_s < later.from_s for one, later in itertools.pairwise(happenings))
