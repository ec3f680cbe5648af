from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.blocks.card_blocks import CardContext, render_card
from bot.circleci.links import Links
from bot.messages import AuditEntry
from tests.plugins.block_reader import get_buttons
from tests.plugins.factories import NOW, WEB, make_hold, make_id, make_snapshot, make_workflow

LINKS = Links()
A_DEED = AuditEntry(make_id(341), "T1", "U1", "Triggered", NOW)


def test_a_hold_has_no_button_any_more_once_somebody_decided_it_here() -> None:
    """CircleCI still says that it waits. A rerun's hold of the same name does, and one of two that are called alike."""
    staging, production = make_hold(1, "approve-staging"), make_hold(2, "approve-production")
    release = make_workflow(1, "release", "on_hold", ended=False)
    declined = replace(A_DEED, text="Declined `approve-production`")
    approved = replace(A_DEED, text="Approved `approve-staging`")
    before = replace(declined, done_at=NOW - timedelta(minutes=10))
    alike = (make_workflow(2, "hotfix", "on_hold", ended=False), (make_hold(3, "approve-production"),))
    both = ["Approve staging", "Approve production"]
    for entries, others, offered in (
        ([], (), both),
        ([declined], (), ["Approve staging"]),
        ([declined, approved], (), []),
        ([before], (), both),
        ([declined], (alike,), [*both, "Approve production"]),
    ):
        snapshot = make_snapshot((release, (staging, production)), *others)
        blocks = list(render_card(snapshot, CardContext(WEB, LINKS, entries=[A_DEED, *entries])).blocks)
        assert [one for one in get_buttons({"blocks": blocks}) if one.startswith("Approve")] == offered
