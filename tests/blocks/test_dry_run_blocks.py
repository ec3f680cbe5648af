from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import dry_run_blocks
from bot.domain import Outcome, ProjectScope
from bot.rules.quiet_hours import QuietHours
from bot.rules.replay import DryRun
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_id

FAILED = Outcome(
    key="k", kind="failed", status="failed", project=WEB, pipeline_id="p", pipeline_number=1, workflow=NASTY,
    workflow_id="w", branch=NASTY, tag=None, happened_at=NOW,
)  # fmt: skip
HEARD = [
    replace(FAILED, pipeline_id=make_id(number // 2), happened_at=NOW - timedelta(hours=12 * number))
    for number in range(20)
]


@pytest.mark.parametrize(
    ("said", "heard", "count"),
    [
        ({}, HEARD, "20 messages · with `--to digest`: 11 digests."),
        ({}, HEARD[:1], "1 message."),
        ({}, [], "0 messages."),
        ({"to": "thread"}, HEARD, "20 replies · in the threads of 10 cards."),
        ({"to": "thread"}, HEARD[:1], "1 reply · in the thread of 1 card."),
        ({"to": "digest"}, HEARD, "20 outcomes · in 11 digests."),
        ({"to": "digest", "at": ("09:00", "17:00")}, HEARD, "20 outcomes · in 20 digests."),
        ({"to": "digest"}, HEARD[1:3], "2 outcomes · in 1 digest."),
    ],
)
def test_a_dry_run_says_how_many_messages_there_would_be(
    said: dict[str, object], heard: list[Outcome], count: str, valid_blocks: Check
) -> None:
    rule = Subscription(0, "T", "C", ProjectScope.parse("gh/acme"), Rule.build(said), "U1", NOW)  # type: ignore[arg-type]  # any of its fields
    message = dry_run_blocks.render(DryRun(50, heard, 0), rule, {}, again="subscribe gh/acme", hours=QuietHours())
    valid_blocks(message.blocks)
    assert f"would have posted: {count}" in message.text


def test_a_dry_run_counts_reminders_too() -> None:
    rule = Subscription(0, "T", "C", ProjectScope.parse("gh/acme"), Rule(remind=("2h",)), "U1", NOW)
    message = dry_run_blocks.render(DryRun(50, HEARD[:1], 1), rule, {}, again="subscribe gh/acme", hours=QuietHours())
    assert "would have posted: 1 message · 1 reminder. Nothing is subscribed" in message.text


def test_a_dry_run_says_of_which_projects_no_deploys_are_known(valid_blocks: Check) -> None:
    rule = Subscription(0, "T", "C", ProjectScope.parse("gh/acme"), Rule.build({"environment": ("prod",)}), "U1", NOW)
    tried = DryRun(50, [], 0, untold=[WEB], without=[WEB], environments=[NASTY])
    message = dry_run_blocks.render(tried, rule, {}, again="subscribe gh/acme", hours=QuietHours())
    valid_blocks(message.blocks)
    shown = get_text(message.blocks)
    assert "does not tell me what was deployed of `acme/web`" in shown
    assert "shows no deploys of `acme/web`" in shown
    assert "No environment is called `prod` yet: there are `Ping &lt;!channel&gt;" in shown
    assert "newly-failing" not in shown
