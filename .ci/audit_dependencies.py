"""Checks the pinned packages for known vulnerabilities. Without a network it says so, and passes.

Exit code 1 only for a vulnerability. The developers' lock is checked: it contains production's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CHECKOUT = Path(__file__).parents[1]
LOCK = CHECKOUT / "requirements-dev.lock"
WITHIN_S = 60


def audited() -> list[dict[str, Any]] | str:
    """What pip-audit reports of each package; or why it reported nothing."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said.json"
        asked = ["-m", "pip_audit", "-r", str(LOCK), "--disable-pip", "--require-hashes", "--timeout", "5"]
        how = ["--progress-spinner", "off", "-f", "json", "-o", str(said)]
        try:
            run = subprocess.run(
                [sys.executable, *asked, *how], capture_output=True, text=True, timeout=WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"no answer within {WITHIN_S} s"
        if not said.exists():
            return (run.stderr.strip().splitlines() or ["it printed nothing"])[-1][:200]
        found: list[dict[str, Any]] = json.loads(said.read_text(encoding="utf-8"))["dependencies"]
        return found


def verdict(found: list[dict[str, Any]] | str) -> int:
    """The exit code, and a line for each thing to know."""
    if isinstance(found, str):
        print(f"dependency audit: skipped, {found}")
        return 0
    known = [one for one in found if "skip_reason" not in one]
    if not known:
        print(f"dependency audit: skipped, the index here knows none of the {len(found)} pinned packages")
        return 0
    bad = [(one, vulnerability) for one in known for vulnerability in one["vulns"]]
    for one, vulnerability in bad:
        fixed = ", ".join(vulnerability["fix_versions"]) or "nothing yet"
        print(f"{one['name']} {one['version']}: {vulnerability['id']}, fixed in {fixed}")
    print(f"dependency audit: {len(known)} of {len(found)} pinned packages asked about, {len(bad)} vulnerabilities")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(verdict(audited()))
