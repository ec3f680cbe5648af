from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.action_blocks import format_approve_label
from bot.blocks.card_blocks import render_card
from bot.circleci.links import Links
from bot.messages import AuditEntry
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import (
    NASTY,
    NOW,
    WEB,
    make_hold,
    make_id,
    make_job,
    make_pipeline,
    make_snapshot,
    make_workflow,
)

LINKS = Links()
A_DEED = AuditEntry(make_id(341), "T1", "U1", "Triggered", NOW)


def test_a_card_names_what_failed_and_offers_to_rerun_it(golden: Check, valid_blocks: Check) -> None:
    jobs = (make_job(1, "lint", "success"), make_job(2, "test", "failed"))
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), jobs), (make_workflow(2, "preview", "success"), ()))
    blocks = render_card(snapshot, project=WEB, entries=[A_DEED], links=LINKS).blocks
    valid_blocks(blocks)
    golden("card_failed", blocks)


def test_a_card_of_two_holds_has_a_button_for_each(golden: Check, valid_blocks: Check) -> None:
    holds = (make_hold(1, "approve-staging"), make_hold(2, "approve-production"))
    snapshot = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), holds))
    blocks = render_card(snapshot, project=WEB, entries=[], links=LINKS).blocks
    valid_blocks(blocks)
    golden("card_held", blocks)


def test_buttons_are_named_where_several_would_read_the_same() -> None:
    failed = (make_workflow(1, "build", "failed"), None), (make_workflow(2, "lint", "failed"), None)
    shown = get_text(render_card(make_snapshot(*failed), project=WEB, entries=[], links=LINKS).blocks)
    assert "Rerun build from Failed" in shown
    assert "Rerun lint from Failed" in shown
    alone = get_text(render_card(make_snapshot(failed[0]), project=WEB, entries=[], links=LINKS).blocks)
    assert "Rerun from failed\n" in alone
    assert "Rerun build" not in alone


def test_a_pipeline_of_which_nothing_is_known_still_has_a_card(valid_blocks: Check) -> None:
    pipeline = make_pipeline(vcs=None, trigger=None)
    blocks = render_card(make_snapshot(pipeline=pipeline), project=WEB, entries=[], links=LINKS).blocks
    valid_blocks(blocks)
    assert [block["type"] for block in blocks] == ["section", "actions"]


def test_the_strangest_names_are_harmless(valid_blocks: Check) -> None:
    pipeline = make_pipeline(vcs={"branch": NASTY, "commit": {"subject": NASTY}})
    run = (make_workflow(1, NASTY, "failed"), (make_job(1, NASTY, "failed"),))
    blocks = render_card(make_snapshot(run, pipeline=pipeline), project=WEB, entries=[], links=LINKS).blocks
    valid_blocks(blocks)
    told = [block for block in blocks if block["type"] != "actions"]
    assert "<!channel>" not in get_text(told)  # the labels of buttons are plain text: Slack reads no mention in them


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("staging", "Approve staging"),
        ("approve-staging", "Approve staging"),
        ("Approve production", "Approve production"),
        ("approve", "Approve"),
        ("approved-by-qa", "Approve approved-by-qa"),
    ],
)
def test_approve_is_said_once(name: str, label: str) -> None:
    assert format_approve_label(make_hold(1, name)) == label


def test_a_button_stays_itself_while_others_come_and_go() -> None:
    """Somebody may be asked "are you sure?" while the card changes under the question."""
    slow = make_workflow(1, "soak", "running", ended=False)
    before = render_card(make_snapshot((slow, None)), project=WEB, entries=[], links=LINKS).blocks[-1]
    failed = make_workflow(2, "build", "failed")
    after = render_card(make_snapshot((failed, None), (slow, None)), project=WEB, entries=[], links=LINKS).blocks[-1]
    cancel = before["elements"][0]
    assert cancel["value"].startswith("cancel")
    assert before["block_id"] == after["block_id"]
    assert [each["value"] for each in after["elements"] if each["action_id"] == cancel["action_id"]] == [
        cancel["value"]
    ]


def test_people_are_called_by_name_where_circleci_tells_it(golden: Check, valid_blocks: Check) -> None:
    approved = make_hold(1, "approve-staging", "success").model_copy(update={"approved_by": "u-1"})
    declined = make_hold(2, "approve-production", "canceled").model_copy(update={"canceled_by": "u-2"})
    runs = (
        (make_workflow(1, "release", "failed", created_at=NOW - timedelta(hours=1)), None),
        (make_workflow(2, "release", "running", ended=False, started_by="u-2"), (approved, declined)),
        (make_workflow(3, "soak", "canceled", canceled_by="u-1", started_by="u-9"), ()),
    )
    snapshot = make_snapshot(*runs).model_copy(update={"names": {"u-1": "Ada <!here>", "u-2": "Grace"}})
    assert snapshot.actor_ids == ("u-2", "u-1", "u-9")
    blocks = render_card(snapshot, project=WEB, entries=[], links=LINKS).blocks
    valid_blocks(blocks)
    golden("card_with_people", blocks)


def test_a_hold_that_was_canceled_with_its_workflow_was_declined_by_nobody() -> None:
    hold = make_hold(1, "approve-staging", "canceled").model_copy(update={"canceled_by": "u-1"})
    snapshot = make_snapshot((make_workflow(1, "release", "canceled", canceled_by="u-1"), (hold,)))
    snapshot = snapshot.model_copy(update={"names": {"u-1": "Ada"}})
    shown = get_text(render_card(snapshot, project=WEB, entries=[], links=LINKS).blocks)
    assert "canceled by Ada" in shown
    assert "Declined" not in shown


def test_who_is_not_known_by_name_is_left_out() -> None:
    snapshot = make_snapshot((make_workflow(1, "soak", "canceled", canceled_by="u-1"), ()))
    shown = get_text(render_card(snapshot, project=WEB, entries=[], links=LINKS).blocks)
    assert "canceled by" not in shown
    assert "u-1" not in shown


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gitlab", "push by ada"),
        ("explicit", "API by ada"),
        ("scheduled_pipeline", "schedule by ada"),
        ("unknown", "unknown by ada"),
        ("a <new> & word", "a &lt;new&gt; &amp; word by ada"),
        ("", "started by ada"),
    ],
)
def test_what_started_it_is_told_by_its_family_or_in_circlecis_word(word: str, said: str) -> None:
    pipeline = make_pipeline(trigger={"type": word, "actor": {"login": "ada"}})
    assert said in get_text(
        list(render_card(make_snapshot(pipeline=pipeline), project=WEB, entries=[], links=LINKS).blocks)
    )
