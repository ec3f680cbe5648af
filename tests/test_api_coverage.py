"""docs/api-coverage.md is what the command table says it is, and every endpoint in it is one of CircleCI's."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from bot.commands import COMMANDS
from tests.contracts import circleci_v3
from tests.contracts.circleci import OPERATIONS

CHECKOUT = Path(__file__).parents[1]
PAGE = CHECKOUT / "docs" / "api-coverage.md"

INTRODUCTION = """# What of CircleCI's API can be reached from Slack

Made from the command table; `make golden` writes it again.

| endpoint | in Slack |
|---|---|
"""


V3 = """
## API v3

CircleCI's cloud has v3 beside v2; a Server has not. It is asked where it tells more, or the same with fewer requests;
`CIRCLECI_API_V3=off` leaves it alone. Whatever it does not answer, or not so that it can be read, v2 does, counted in
`circlebot_circleci_v3_fallbacks_total` and logged once as `circleci.fell_back`. Nothing is changed by v3.

What an outcome or a hold's form waits for (a job's output, memory and tests; deploys) is given 1.5 seconds. After an
answer that took a second, or trouble, v2 alone is asked for a minute, then for two, for four, up to an hour, until v3
is quick again. `circlebot doctor` says whether this host has v3, and `/circle doctor` what is left to v2 and since
when, as far as the process that answers knows.

*How sure*: high where a client that CircleCI ships calls it like this, medium where a page or two inventories name it.
Nothing here was tried against the live service.

| endpoint | asked for | instead, by v2 | seen in | how sure |
|---|---|---|---|---|
"""

V2_STAYS = """
Organisations stay with v2, since v3 lists them without their slugs, and so do the projects of CircleCI's own
(`circleci/…`). The test results that a card shows do too: v3 names no files.

`If-None-Match` is sent to nobody: CircleCI does not say whether a 304 counts against the limit, so that answers would
be kept for each token without a known gain. The sandbox has of v3 what this table names, and little beside it: what no
client of ours asks (`/pipelines`, say) it answers with 404.
"""


def covered() -> dict[str, list[str]]:
    found = defaultdict(list)
    for command in COMMANDS:
        for endpoint in command.endpoints:
            found[endpoint].append(command.title)
    return dict(sorted(found.items(), key=lambda row: row[0].split(" ", 1)[::-1]))


def test_the_page_is_made_from_the_command_table() -> None:
    rows = [f"| `{endpoint}` | {', '.join(f'`{name}`' for name in names)} |" for endpoint, names in covered().items()]
    rows_of_v3 = ["| `{}` | {} | {} | {} | {} |".format(*row) for row in circleci_v3.list_rows()]
    made = INTRODUCTION + "\n".join(rows) + "\n" + V3 + "\n".join(rows_of_v3) + "\n" + V2_STAYS
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "run: make golden"


def test_every_endpoint_is_one_of_circlecis() -> None:
    assert not set(covered()) - set(OPERATIONS)
