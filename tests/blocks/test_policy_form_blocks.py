"""The form of a line of the policy loses nothing of it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import policy_form_blocks
from bot.rules.policy_line import ANY, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_plain import from_plain, to_plain
from bot.rules.weekly_window import parse_window
from bot.slack.payload_parsing import parse_submission
from sandbox.slack.block_kit.state_values import build_initial_values, list_form_errors
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text

texts = st.sampled_from([None, "main", " two words ", "a\nb", "*", "x" * 200])
people = st.lists(st.sampled_from(["U0ADA", "W0EVE", "S0LEADS", "guests"]), min_size=1, unique=True).map(tuple)
scopes = st.builds(
    PolicyScope,
    act=st.sampled_from(["decide", "approve", ANY, "re*", "read", "x" * 200]),
    channel=st.sampled_from([ANY, "C0DEPLOYS", "G0SECRET", "D0ADA", "U0ADA"]),
    project=st.sampled_from([ANY, "gh/acme/web", "gh/acme", f"gh/acme/{'x' * 180}"]),
    branch=texts,
    tag=texts,
    workflow=texts,
    hold=texts,
    parameters=st.dictionaries(
        st.sampled_from(["environment", "odd ", "a\nb"]), st.sampled_from(["production", " b=c ", "x" * 200])
    ).map(lambda one: tuple(sorted(one.items()))),
    when=st.sampled_from([None, parse_window("fri 16:00-mon 08:00 Europe/Berlin"), parse_window("22:00-06:00")]),
)
demands = st.builds(
    Demands,
    approvals=st.integers(1, 10),
    approvers=people | st.just(()),
    four_eyes=st.booleans(),
    reason=st.booleans(),
    confirm=st.booleans(),
    expires_s=st.sampled_from([None, 3600, 5400]),
) | st.builds(Demands, escalates_s=st.sampled_from([60, 7200]), escalate_to=people)
lines = st.builds(PolicyLine, st.sampled_from([Effect.ALLOW, Effect.ONLY, Effect.DENY]), people, scopes) | st.builds(
    PolicyLine, st.just(Effect.REQUIRE), people, scopes, demands
)


@given(lines)
def test_a_line_whose_form_is_handed_in_as_it_is_stays_as_it_is(line: PolicyLine) -> None:
    line = from_plain(to_plain(line))
    assert _compare(_hand_in(line)) == _compare(line)


def _compare(line: PolicyLine) -> dict[str, Any]:
    """People have no order."""
    return {key: sorted(value) if isinstance(value, list) else value for key, value in to_plain(line).items()}


def _hand_in(line: PolicyLine, **changed: str) -> PolicyLine:
    blocks = json.loads(json.dumps(policy_form_blocks.render(line)))
    values = build_initial_values(blocks)
    assert list_form_errors(blocks, values) == {}
    for block, value in changed.items():
        next(iter(values[block].values()))["value"] = value
    view = {"id": "V1", "title": {"type": "plain_text", "text": "x"}, "blocks": blocks, "state": {"values": values}}
    request = parse_submission({"user": {"id": "U1"}, "team": {"id": "T1"}, "view": view})
    return from_plain(policy_form_blocks.parse_form(request.fields, request.chosen, line))


def test_what_the_form_cannot_show_is_named_and_stays(valid_blocks: Check) -> None:
    line = PolicyLine(Effect.DENY, ("U0ADA",), PolicyScope("start", channel="D0ADA", branch="x", tag="a\nb"))
    blocks = policy_form_blocks.render(line)
    valid_blocks(blocks, "modal")
    assert "This form does not show `channel: D0ADA` and `tag: a b`: that stays as it is." in get_text(
        {"blocks": blocks}
    )
    assert _hand_in(line, branch="y").scope == PolicyScope("start", channel="D0ADA", branch="y", tag="a\nb")
