from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.rules.policy_line import Demands, Effect, PolicyLine
from bot.rules.policy_plain import from_plain, to_plain
from tests.plugins.each_case import each_case
from tests.rules.test_policy_decision import lines

demands = st.builds(
    Demands,
    approvals=st.integers(1, 10),
    approvers=st.sampled_from([(), ("S034DEPLOY",)]),
    four_eyes=st.booleans(),
    reason=st.booleans(),
    confirm=st.booleans(),
    expires_s=st.sampled_from([None, 3600, 86400]),
)


@given(lines, demands)
def test_a_line_reads_what_it_writes(line: PolicyLine, demanded: Demands) -> None:
    spelt = from_plain(to_plain(line))
    assert (spelt, spelt.effect, spelt.who) == (from_plain(to_plain(spelt)), line.effect, line.who)
    asking = PolicyLine(Effect.REQUIRE, ("everybody",), spelt.scope, demanded)
    assert from_plain(to_plain(asking)) == asking


def test_a_line_of_an_older_file_is_an_only() -> None:
    old = from_plain({"command": "approve", "channel": "C012AB3CD", "users": ["U012AB3CD"]})
    assert to_plain(old) == {"only": ["U012AB3CD"], "do": "approve", "channel": "C012AB3CD"}


@each_case(
    "row",
    [
        {},
        {"allow": "everybody", "deny": "everybody"},
        {"allow": "ada"},
        {"allow": 7},
        {"allow": ["U01"] * 3 + [None]},
        {"allow": [f"U{n}" for n in range(60)]},
        {"allow": "U01", "approvals": 2},
        {"allow": "U01", "project": "web"},
        {"allow": "U01", "branch": "x" * 201},
        {"allow": "U01", "when": "later"},
        {"allow": "U01", "channel": "#deploys"},
        {"allow": "U01", "parameters": "a=b"},
        {"allow": "U01", "colour": "red"},
        {"allow": "U01", "branch": ""},
        {"require": "everybody"},
        {"require": "everybody", "approvers": ["U01"], "reason": True},
        {"require": "everybody", "approvals": 11},
        {"require": "everybody", "approvals": True},
        {"require": "everybody", "escalates": "30m"},
        {"require": "everybody", "reason": "yes"},
        {"require": "everybody", "reason": True, "expires": "soon"},
    ],
)
def test_what_is_wrong_is_said(row: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        from_plain(row)
