from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.doctor_blocks import render
from bot.circleci.token_load import HourlyLoad
from bot.circleci.v3_host import V3State
from bot.diagnostics import SYMPTOMS
from bot.diagnostics.circleci_symptoms import LIMIT_NEAR, RIGHTS_GONE, WEBHOOK_QUIET, WEBHOOK_UNCHECKED
from bot.diagnostics.local_symptoms import CLOCK_SKEWED
from bot.diagnostics.slack_symptoms import APP_TOKEN_SHARED, NOT_IN_CHANNEL, SCOPE_MISSING
from bot.domain.project_feeds import TokenOwner
from bot.domain.symptoms import CHECKS, Finding, KeptSentence
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SICK = (
    Finding("clock", symptom=CLOCK_SKEWED, values={"skew": timedelta(minutes=6)}),
    Finding("scopes", symptom=SCOPE_MISSING, values={"scopes": ("chat:write", "im:write")}),
    Finding("socket", symptom=APP_TOKEN_SHARED, values={"count": 4, "ours": 2}),
    Finding("channels", symptom=NOT_IN_CHANNEL, values={"channel": "C0OPS", "reason": "not_in_channel"}),
    Finding("channels", symptom=NOT_IN_CHANNEL, values={"channel": "C0WEB", "reason": "is_archived"}),
    Finding("webhooks", symptom=WEBHOOK_QUIET, values={"project": "gh/acme/<web>", "quiet_at": NOW}),
    Finding("webhooks", symptom=WEBHOOK_UNCHECKED, values={"project": "gh/a/b", "why": KeptSentence("Only an admin.")}),
    Finding("limit", symptom=LIMIT_NEAR, values={"owner": TokenOwner("T1", "UADA"), "load": HourlyLoad(4500, 5000)}),
    Finding("rules", symptom=RIGHTS_GONE, values={"count": 2, "rule": 3, "channel": "C0OPS"}),
)
WELL = (Finding("database", "reachable"), Finding("keys", "1 stored secrets open"), Finding("slack", "bot in Acme"))


def test_a_line_for_each_symptom_and_one_for_all_that_is_well(golden: Check, valid_blocks: Check) -> None:
    blocks = render([*WELL, *SICK]).blocks
    valid_blocks(blocks)
    golden("doctor", blocks)


def test_where_nothing_is_wrong_that_is_the_answer(golden: Check, valid_blocks: Check) -> None:
    blocks = render(WELL).blocks
    valid_blocks(blocks)
    golden("doctor_well", blocks)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (V3State(is_asked=False, has_it=None, aside={}), "not asked, by"),
        (V3State(is_asked=True, has_it=None, aside={}), "nobody has asked for it yet"),
        (V3State(is_asked=True, has_it=False, aside={"output": NOW}), "not there"),
        (V3State(is_asked=True, has_it=True, aside={}), "there, and quick"),
        (
            V3State(is_asked=True, has_it=True, aside={"tests": NOW, "output": NOW}),
            "v2 answers instead: `output` since <!date^",
        ),
    ],
)
def test_it_is_said_in_a_line_what_is_known_of_v3(state: V3State, told: str, valid_blocks: Check) -> None:
    blocks = render(WELL, v3=state).blocks
    valid_blocks(blocks)
    assert told in get_text({"blocks": blocks})


def test_a_check_without_a_word_of_its_own_is_not_told() -> None:
    assert {one.check for one in SYMPTOMS} - {""} <= CHECKS.keys()


def test_a_hundred_of_a_kind_are_one_line(valid_blocks: Check) -> None:
    many = [Finding("channels", symptom=NOT_IN_CHANNEL, values={"channel": f"C{n}", "reason": "x"}) for n in range(100)]
    blocks = render(many).blocks
    valid_blocks(blocks)
    assert "…and 99 more" in get_text({"blocks": blocks})
