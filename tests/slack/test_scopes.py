from __future__ import annotations

import os
from pathlib import Path

from bot.slack.manifest import build_manifest
from bot.slack.scopes import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "install" / "slack.md"


def test_each_scope_of_the_manifest_has_one_reason() -> None:
    names = [one.name for one in TABLE]
    assert names == build_manifest(url=None)["oauth_config"]["scopes"]["bot"]
    assert len(set(names)) == len({one.reason for one in TABLE}) == len(TABLE)


def test_the_page_says_why_each_scope_is_asked_for() -> None:
    """`make golden` writes it again (UPDATE_GOLDEN)."""
    rows = [f"| `{one.name}` | {one.reason} | {'optional' if one.optional else ''} |" for one in TABLE]
    table = "\n".join(["", "| scope | with it, circlebot | |", "|---|---|---|", *rows, ""])
    before, begin, rest = PAGE.read_text(encoding="utf-8").partition("<!-- scopes -->")
    shown, end, after = rest.partition("<!-- /scopes -->")
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")
    else:
        assert shown == table, "run: make golden"
