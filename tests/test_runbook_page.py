"""docs/runbook.md says of each failure the same four things, names what exists, and each is drilled by a test."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.plugins.each_case import each_case
from tests.plugins.runbook import CHECKOUT, SECTIONS, list_blocks

ALERTS = {
    rule["alert"]
    for group in yaml.safe_load((CHECKOUT / "deploy/prometheus/rules.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
DRILLS = "\n".join(path.read_text("utf-8") for path in Path(CHECKOUT, "tests", "runbook").glob("test_*.py"))


@each_case("section", SECTIONS)
def test_a_section_says_how_one_notices_what_to_do_what_is_lost_and_when_it_is_over(section: str) -> None:
    text = SECTIONS[section]
    told = [text.find(mark) for mark in ("**You notice**", "**Do**", "**Lost**", "**Over when**")]
    assert -1 not in told
    assert told == sorted(told)
    assert list_blocks(section)
    assert set(re.findall(r"`(Circlebot\w+)`", text)) <= ALERTS


@each_case("section", SECTIONS)
def test_each_section_is_drilled(section: str) -> None:
    assert f'list_blocks("{section}")' in DRILLS
