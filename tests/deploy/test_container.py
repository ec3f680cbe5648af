"""What can be said of the image without building it; `.ci/container` builds and runs it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.operating import health
from tests.plugins.deployment import CHECKOUT, DEPLOY, read_containerfile, run_tool
from tests.plugins.programs import get_free_port

AS_PROCESS_1 = ("unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")


@contextlib.contextmanager
def start_as_process_1(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`circlebot sandbox` as a container starts it: what waits for it, and its id out here."""
    if not shutil.which("unshare") or subprocess.run([*AS_PROCESS_1, "true"], check=False, capture_output=True).stderr:
        pytest.skip("this machine makes no process namespaces")
    words = (*AS_PROCESS_1, sys.executable, "-m", "bot", "sandbox", "--port", str(get_free_port()))
    with subprocess.Popen(
        words, cwd=folder, env={"PYTHONPATH": str(CHECKOUT)}, stdout=subprocess.PIPE, text=True
    ) as outer:
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        try:
            wait_until(lambda: bool(children.read_text("utf-8")))
            yield outer, int(children.read_text("utf-8"))
        finally:
            outer.kill()


def wait_until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not look():
        assert time.monotonic() < deadline


def does_handle(pid: int, one: signal.Signals) -> bool:
    """Linux keeps from a process 1 what it does not handle."""
    (caught,) = re.findall(r"^SigCgt:\s(\w+)$", Path(f"/proc/{pid}/status").read_text("utf-8"), re.MULTILINE)
    return bool(int(caught, 16) >> (one - 1) & 1)


def test_process_1_ends_at_a_signal_while_it_still_imports(tmp_path: Path) -> None:
    with start_as_process_1(tmp_path) as (outer, pid):
        wait_until(lambda: does_handle(pid, signal.SIGTERM))
        os.kill(pid, signal.SIGTERM)
        assert outer.wait() == 128 + signal.SIGTERM


def test_process_1_finishes_what_it_does_when_it_is_asked_to_stop(tmp_path: Path) -> None:
    with start_as_process_1(tmp_path) as (outer, pid):
        assert outer.stdout
        assert "http://" in outer.stdout.readline()
        os.kill(pid, signal.SIGTERM)
        assert outer.wait() == 0


def test_hadolint_finds_nothing() -> None:
    linted = run_tool("hadolint", DEPLOY / "Containerfile")
    assert linted.returncode == 0, linted.stdout


def test_its_health_is_asked_without_a_shell() -> None:
    (asked,) = [rest.partition("CMD ")[2] for instruction, rest in read_containerfile() if instruction == "HEALTHCHECK"]
    assert json.loads(asked) == ["python3", "-m", health.__name__]


def test_the_image_runs_as_nobody_s_user_by_number() -> None:
    assert [rest for instruction, rest in read_containerfile() if instruction == "USER"] == ["10001:10001"]
