"""Every order in which claims, posts, deaths and pauses can come says a message once; and each safeguard is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from minicheck import check_liveness, check_safety

from tests.plugins.delivery_model import Budget, Safeguards, build_protocol

ALL = Safeguards()
MUCH = Budget(deaths=1, pauses=2, refusals=1, lost_answers=1)


@pytest.mark.parametrize("budget", [Budget(), Budget(deaths=2, refusals=1, lost_answers=1), MUCH])
def test_a_message_stands_in_slack_once_and_always_arrives(budget: Budget) -> None:
    protocol = build_protocol(ALL, budget)
    found = check_safety(protocol)
    assert found["exhaustive"]
    assert [name for name, told in found["properties"].items() if not told["holds"]] == []
    assert check_liveness(protocol)["holds"]


@pytest.mark.parametrize(
    ("without", "budget", "steps"),
    [
        ("looks_back", Budget(deaths=1), 10),
        ("keeps_attempted", Budget(lost_answers=1), 10),
        ("checks_before_post", Budget(pauses=1), 11),
        ("settles_only_its_own", Budget(pauses=1, refusals=1), 17),
        ("cuts_off", Budget(pauses=1), 11),
    ],
)
def test_without_one_safeguard_it_is_said_twice(without: str, budget: Budget, steps: int) -> None:
    """docs/delivery.md has the table; the first state of a counterexample is no step."""
    protocol = build_protocol(replace(ALL, **{without: False}), budget)
    assert len(check_safety(protocol)["properties"]["once"]["counterexample"]) == steps + 1


def test_a_lease_that_nothing_renews_is_covered_by_the_cut() -> None:
    """So each of the two has to go before it is said twice; renewals let a slow Slack take its time."""
    unrenewed = replace(ALL, renews=False)
    assert check_safety(build_protocol(unrenewed, Budget()))["properties"]["once"]["holds"]
    unguarded = replace(unrenewed, cuts_off=False)
    assert not check_safety(build_protocol(unguarded, Budget()))["properties"]["once"]["holds"]


def test_what_nobody_can_call_back_may_be_said_twice() -> None:
    """docs/delivery.md, "What it rests on": a request that Slack takes after its sender gave up and another looked."""
    assert not check_safety(build_protocol(ALL, Budget(pauses=1, late=1)))["properties"]["once"]["holds"]


@pytest.mark.parametrize("deaths", [1, 2])
def test_where_nobody_may_look_each_death_repeats_one_message_at_most(deaths: int) -> None:
    blind = build_protocol(replace(ALL, looks_back=False), Budget(deaths=deaths), most=1 + deaths)
    assert check_safety(blind)["properties"]["once"]["holds"]
