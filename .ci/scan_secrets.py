"""Finds text that looks like a secret in every tracked file, without the network. Exit code 1 for one that is new.

Known ones are in .ci/secrets.json, by file, kind and hash, so that lines may move. `--write` writes it again; read its
diff before you commit it. The patterns are detect-secrets', applied to whole files: line by line takes half a minute.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import RegexBasedDetector

CHECKOUT = Path(__file__).parents[1]
KNOWN = CHECKOUT / ".ci" / "secrets.json"

_NOT_FOR_US = {"Public IP (ipv4)", "Secret Keyword"}
"""They only find addresses in tests, and variables that are called `secret`."""
_NOT_READ = (".png", ".gz", ".lock")
"""Pictures, packed data, and hashes by the thousand."""


class OursDetector(RegexBasedDetector):
    """Tokens of CircleCI and of Slack's Socket Mode, which detect-secrets does not know."""

    secret_type = "CircleCI or Slack app token"  # noqa: S105 - its name
    denylist = (
        re.compile(r"\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{20,}_[0-9a-f]{40}\b"),
        re.compile(r"\bxapp-\d-A[A-Z0-9]{8,}-\d+-[0-9a-f]{32,}\b"),
    )


Found = dict[str, list[list[str]]]


def find_secrets() -> Found:
    """Kinds and hashes by file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    detectors = list(_list_detectors())
    names = (name for name in listed.stdout.split("\0") if name and not name.endswith(_NOT_READ))
    secrets_by_file = {name: _find_in(CHECKOUT / name, detectors) for name in names if (CHECKOUT / name).is_file()}
    return {name: secrets for name, secrets in secrets_by_file.items() if secrets}


def _list_detectors() -> Iterator[RegexBasedDetector]:
    yield OursDetector()
    for kind, detector in get_mapping_from_secret_type_to_class().items():
        if issubclass(detector, RegexBasedDetector) and kind not in _NOT_FOR_US:
            yield detector()


def _find_in(file: Path, detectors: list[RegexBasedDetector]) -> list[list[str]]:
    if file == KNOWN:
        return []
    text = file.read_text(encoding="utf-8", errors="replace")
    secrets = {(one.secret_type, secret) for one in detectors for secret in one.analyze_string(text)}
    return sorted([kind, PotentialSecret.hash_secret(secret)] for kind, secret in secrets)


def main() -> int:
    now = find_secrets()
    if "--write" in sys.argv:
        KNOWN.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    known: Found = json.loads(KNOWN.read_text(encoding="utf-8"))
    new = [
        (name, kind) for name, each in now.items() for kind, hashed in each if [kind, hashed] not in known.get(name, [])
    ]
    for name, kind in new:
        print(f"{name}: looks like a secret ({kind}). If it is not: `make secrets`, and read the diff.")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
