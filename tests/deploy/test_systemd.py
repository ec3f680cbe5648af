from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.plugins.deployment import CHECKOUT, DEPLOY, run_tool

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


def test_a_command_by_hand_has_the_settings_database_and_user_of_the_unit() -> None:
    page = (CHECKOUT / "docs" / "install" / "systemd.md").read_text("utf-8")
    given = set(re.findall(r"-p (\S+=\S+)", page)) - {f"User={UNIT.stem}"}
    unit = set(UNIT.read_text("utf-8").splitlines())
    assert {line.split("=")[0] for line in given} >= {"DynamicUser", "EnvironmentFile", "StateDirectory", "UMask"}
    assert given <= unit


def test_make_production_makes_the_folder_that_it_installs_into(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "-n", "production", f"BIN={tmp_path}/opt/bin"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"-m venv {tmp_path}/opt\n" in told.stdout
