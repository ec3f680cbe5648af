"""docs/api-coverage.md is what the command table says it is, and every endpoint in it is one of CircleCI's."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from bot.commands import COMMANDS
from tests.contracts.circleci import OPERATIONS

CHECKOUT = Path(__file__).parents[1]
PAGE = CHECKOUT / "docs" / "api-coverage.md"

INTRODUCTION = """# What of CircleCI's API can be reached from Slack

Made from the command table; `make golden` writes it again.

| endpoint | in Slack |
|---|---|
"""


def covered() -> dict[str, list[str]]:
    found = defaultdict(list)
    for command in COMMANDS:
        for endpoint in command.endpoints:
            found[endpoint].append(command.title)
    return dict(sorted(found.items(), key=lambda row: row[0].split(" ", 1)[::-1]))


def test_the_page_is_made_from_the_command_table() -> None:
    rows = [f"| `{endpoint}` | {', '.join(f'`{name}`' for name in names)} |" for endpoint, names in covered().items()]
    made = INTRODUCTION + "\n".join(rows) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "run: make golden"


def test_every_endpoint_is_one_of_circlecis() -> None:
    assert not set(covered()) - set(OPERATIONS)
