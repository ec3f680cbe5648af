"""Makes the tables from the documents that they are taken from, and says where the two differ.

    python -m tests.contracts.make FOLDER           writes every table's body anew, below its head
    python -m tests.contracts.make FOLDER --check   changes nothing, and ends with 1 where one would change

FOLDER holds the documents (CONTRIBUTING says which). A head is kept by hand: what is left out, names, corrections.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.contracts.making import block_kit, circleci, manifest, methods, webhooks
from tests.contracts.making.correcting import Marks
from tests.contracts.making.writing import written
from tests.contracts.shapes import FOLDER, table

BELOW = "# Made by tests/contracts/make.py from here on.\n"
DOCUMENTS = Path(os.environ.get("CONTRACT_DOCUMENTS") or FOLDER.parents[2] / "shared" / "specs")
"""Beside the checkout, where nothing else is said; strangers have none."""

Json = Any
Make = Callable[[Path, Json], tuple[Json, Marks]]
TABLES: dict[str, Make] = {
    "block_kit": block_kit.shapes,
    "circleci": circleci.operations,
    "manifest": manifest.manifest,
    "methods": methods.methods,
    "webhooks": webhooks.webhooks,
}


def made(name: str, folder: Path) -> str:
    """The whole text of a table as it would be written now."""
    head, _, _ = _path(name).read_text(encoding="utf-8").partition(BELOW)
    return head + BELOW + "\n" + written(*TABLES[name](folder, table(name)))


def differences(name: str, folder: Path) -> Iterator[str]:
    kept = _path(name).read_text(encoding="utf-8").splitlines()
    yield from difflib.unified_diff(kept, made(name, folder).splitlines(), name, "the documents", lineterm="", n=1)


def _path(name: str) -> Path:
    return FOLDER / f"{name}.yaml"


def main(folder: Path, *, only_look: bool) -> int:
    found = {name: list(differences(name, folder)) for name in TABLES}
    for name, lines in found.items():
        if lines and not only_look:
            _path(name).write_text(made(name, folder), encoding="utf-8")
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return int(only_look and any(found.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), only_look="--check" in sys.argv))
