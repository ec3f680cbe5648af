"""The README fits on two screens, says what is promised, and leads to what it names."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_it_fits_on_two_screens() -> None:
    assert README.count("\n") <= 110


def test_it_says_what_is_promised() -> None:
    promised = README.split("## What is promised")[1]
    assert re.findall(r"^(\d)\. ", promised, re.MULTILINE) == ["1", "2", "3", "4", "5"]


def test_it_leads_to_every_way_to_install() -> None:
    ways = sorted(page.name for page in (CHECKOUT / "docs" / "install").glob("*.md"))
    assert ways
    assert not [way for way in ways if f"(docs/install/{way})" not in README]


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert not [link for link in links if not (CHECKOUT / link).exists()]


def test_the_set_up_makes_what_it_uses_before_it_uses_it() -> None:
    steps = (CHECKOUT / "docs" / "start.md").read_text(encoding="utf-8").split("## Put it into")[1]
    assert 0 < steps.index("make install") < steps.index(".venv/bin/")
