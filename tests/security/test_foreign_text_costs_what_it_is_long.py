"""What strangers write costs what it is long, whatever they write.

Every pattern of the project is pumped: texts are made from its own structure that make it look at the same place again
and again. Every reader reads a corpus of hostile texts. Both in a process that the kernel ends when one takes longer.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

SUPERLINEAR = {
    "nested": "(a+)+$",
    "overlapping": r"\s*\s*x",
    "from every place": r"\w+=",
    "private keys, as we once looked for them": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?"
    r"(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)",
    "coverage, as we once read it": r"<coverage\b[^>]*?\sline-rate=[\"']([\d.]+)[\"']",
    "jacoco, as we once read it": r"<counter\b(?=[^>]*type=[\"']LINE)[^>]*missed=[\"'](\d+)[\"'][^>]*cov=[\"'](\d+)",
}


def said_last_by(module: str, *words: str) -> tuple[int, str]:
    """How it ended, and what it said last."""
    command = [sys.executable, "-m", f"tests.plugins.{module}", *words]
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=300)
    return ended.returncode, "\n".join(ended.stdout.splitlines()[-1:] + ended.stderr.splitlines()[-3:])


def test_every_pattern_of_the_project_is_linear_in_what_it_reads() -> None:
    code, last = said_last_by("redos_attacks")
    assert code == 0, last


@pytest.mark.parametrize("pattern", SUPERLINEAR.values(), ids=SUPERLINEAR.keys())
def test_a_pattern_that_is_not_linear_is_found(pattern: str) -> None:
    code, _ = said_last_by("redos_attacks", pattern)
    assert code < 0


def test_every_reader_is_linear_in_what_it_reads() -> None:
    code, last = said_last_by("hostile_texts")
    assert code == 0, last


def test_a_reader_that_is_not_linear_is_found() -> None:
    code, last = said_last_by("hostile_texts", "tests.plugins.bad_readers:looks_again_and_again")
    assert code < 0
    assert "looks_again_and_again: " in last
