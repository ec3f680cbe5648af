"""What tools print when they fail (printed.yaml), and the line of it that a person would point at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.untrusted.job_log import classify_error, find_first_error
from tests.plugins.each_case import each_case

PRINTED: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("printed.yaml").read_text("utf-8"))


@each_case("printed", PRINTED.values(), ids=PRINTED.keys())
def test_the_line_that_tells_the_reason_is_picked_out_and_says_what_kind_it_is(printed: dict[str, Any]) -> None:
    line = find_first_error(printed["log"])
    assert line == printed["line"]
    assert classify_error(line or "") == (printed["kind"] or "")
