from __future__ import annotations

import sys
from pathlib import Path

from tests.plugins.deployment import DEPLOY, run_tool

UNIT = DEPLOY / "systemd" / "circlebot.service"
MOST_EXPOSED = 2.0


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """The program that it starts is not installed here: Python stands in for it."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/circlebot/bin/circlebot", sys.executable), encoding="utf-8")
    checked = run_tool("systemd-analyze", "verify", unit)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_little_is_exposed() -> None:
    """systemd's own score, from 0 (nothing) to 10 (everything)."""
    scored = run_tool("systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED * 10:.0f}", UNIT)
    assert scored.returncode == 0, scored.stdout
