"""Whoever runs a campaign sees how far it is, hears at once of a seed that fails, and can stop it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

from tests.simulation.plan import SMALL
from tests.simulation.safeguards import ABLATIONS
from tests.simulation.seeds import run_seeds


def start_campaign(*how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulation.campaign", *how],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_says_how_far_it_is_and_ends_when_it_is_stopped() -> None:
    with start_campaign("--seeds", "300", "--tell-every-s", "0") as running:
        assert running.stdout
        assert running.stdout.readline().startswith("10 of 300 seeds (to 9), 0 failed; ")
        running.send_signal(signal.SIGINT)
        *_, last = running.stdout.read().splitlines()
    assert last.endswith("s, stopped")
    assert " 0 failed" in last
    assert running.returncode == 0


def test_a_seed_that_fails_is_named_before_its_shortest_story_is_found() -> None:
    said: list[str] = []
    weak = ABLATIONS["a decided hold's messages change with it"]
    quiet = replace(SMALL, faults=(0,), deeds=(0,), others=1.0)
    found = run_seeds(range(6), tell=said.append, ablation=weak, size=quiet)
    assert found.failures
    assert len(said) == len(found.failures)
    assert re.fullmatch(r"seed \d fails: .*", said[0])
    assert all("WRONG" in failure for failure in found.failures)
