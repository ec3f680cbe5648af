"""In every order in which steps and faults can come the promises hold; and each safeguard is needed for one of them.

golden: docs/delivery.md
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tests.models import changes, digests, posting, turns
from tests.models.cases import Case, list_cases
from tests.models.checking import check, find_unending
from tests.plugins.generated_tables import hold_table

CASES = list(list_cases())
DELIVERY = Path(__file__).parents[2] / "docs" / "delivery.md"


def test_each_case_holds_or_breaks_as_it_has_to_and_stands_in_the_table() -> None:
    found = [(case, check(case.build())) for case in CASES]
    for case, checked in found:
        assert checked.broken.keys() == ({case.breaks} if case.breaks else set()), case.title
    head = ["| protocol | case | worlds | promises |", "|---|---|---|---|"]
    hold_table(DELIVERY, "models", [*head, *(case.format_row(checked) for case, checked in found)])


@pytest.mark.parametrize("module", [posting, turns, digests, changes])
def test_each_safeguard_of_a_model_is_taken_away_in_some_case(module: object) -> None:
    """So none is there that nothing needs."""
    source = (Path(__file__).parent / "cases.py").read_text(encoding="utf-8")
    assert not [one.name for one in fields(module.Safeguards) if one.name not in source]


def test_a_lease_that_nothing_renews_is_covered_by_the_cut() -> None:
    """Without both a slow Slack is enough for a message that stands there twice."""
    unguarded = posting.Safeguards(renews=False, cuts_off=False)
    assert "once" in check(posting.build_posting(unguarded, posting.Budget())).broken


def test_a_counterexample_is_told_step_by_step() -> None:
    case = next(one for one in CASES if "not locked" in one.title)
    assert _tell(case) == [
        "0 names 0",
        "1 names 0",
        "0 takes 0 and writes",
        "one more is kept",
        "1 takes 1 and writes",
    ]


def _tell(case: Case) -> list[str] | None:
    return find_unending(case.build())
