from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks.action_blocks import format_approve_label
from bot.blocks.card_blocks import CardContext, render_card
from bot.circleci.failure_kinds import Verdict
from bot.circleci.failure_summary import FailureSummary, NamedTest
from bot.circleci.links import Links
from bot.circleci.snapshot import Snapshot
from bot.messages import AuditEntry, Looker
from bot.naming import PeopleDirectory, naming, replace_mentions
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.each_case import each_case
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
    blocks = render_card(snapshot, CardContext(WEB, LINKS, entries=[A_DEED])).blocks
    valid_blocks(blocks)
    golden("card_failed", blocks)


def test_a_card_of_two_holds_has_a_button_for_each(golden: Check, valid_blocks: Check) -> None:
    holds = (make_hold(1, "approve-staging"), make_hold(2, "approve-production"))
    snapshot = make_snapshot((make_workflow(1, "release", "on_hold", ended=False), holds))
    blocks = render_card(snapshot, CardContext(WEB, LINKS)).blocks
    valid_blocks(blocks)
    golden("card_held", blocks)


def test_buttons_are_named_where_several_would_read_the_same() -> None:
    failed = (make_workflow(1, "build", "failed"), None), (make_workflow(2, "lint", "failed"), None)
    shown = get_text(render_card(make_snapshot(*failed), CardContext(WEB, LINKS)).blocks)
    assert "Rerun build from Failed" in shown
    assert "Rerun lint from Failed" in shown
    alone = get_text(render_card(make_snapshot(failed[0]), CardContext(WEB, LINKS)).blocks)
    assert "Rerun from Failed\n" in alone
    assert "Rerun build" not in alone


def test_a_pipeline_of_which_nothing_is_known_still_has_a_card(valid_blocks: Check) -> None:
    pipeline = make_pipeline(vcs=None, trigger=None)
    blocks = render_card(make_snapshot(pipeline=pipeline), CardContext(WEB, LINKS)).blocks
    valid_blocks(blocks)
    assert [block["type"] for block in blocks] == ["section"]


def test_the_strangest_names_are_harmless(valid_blocks: Check) -> None:
    pipeline = make_pipeline(vcs={"branch": NASTY, "commit": {"subject": NASTY}})
    run = (make_workflow(1, NASTY, "failed"), (make_job(1, NASTY, "failed"),))
    blocks = render_card(make_snapshot(run, pipeline=pipeline), CardContext(WEB, LINKS)).blocks
    valid_blocks(blocks)
    told = [block for block in blocks if block["type"] != "actions"]  # labels are plain text: no mention is read there
    assert "<!channel>" not in get_text(told)


@each_case(
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
    before = _get_row(make_snapshot((slow, None)))
    after = _get_row(make_snapshot((make_workflow(2, "build", "failed"), None), (slow, None)))
    cancel = before["elements"][0]
    assert cancel["value"].startswith("cancel")
    assert before["block_id"] == after["block_id"]
    assert [each["value"] for each in after["elements"] if each["action_id"] == cancel["action_id"]] == [
        cancel["value"]
    ]


def _get_row(snapshot: Snapshot) -> dict[str, Any]:
    blocks = render_card(snapshot, CardContext(WEB, LINKS)).blocks
    return dict(next(block for block in blocks if block.get("block_id") == "acts"))


@each_case(
    ("runs", "primary"),
    [
        ([("failed", "failed")], ["Rerun from Failed"]),
        ([("failed", "failed"), ("failed", "failed")], []),
        ([("on_hold", "on_hold")], ["Approve ship"]),
        ([("on_hold", "on_hold"), ("failed", "failed")], []),
        ([("running", "running")], []),
        ([("success", "success")], []),
    ],
)
def test_a_button_is_primary_only_where_exactly_one_act_is_due(runs: list[tuple[str, str]], primary: list[str]) -> None:
    drawn = [
        (
            make_workflow(number, f"w{number}", status, ended=status in {"failed", "success"}),
            (make_hold(number, "approve-ship") if job == "on_hold" else make_job(number, "test", job),),
        )
        for number, (status, job) in enumerate(runs)
    ]
    blocks = render_card(make_snapshot(*drawn), CardContext(WEB, LINKS)).blocks
    pressed = [element for block in blocks for element in block.get("elements", ()) if element["type"] == "button"]
    assert [one["text"]["text"] for one in pressed if one.get("style") == "primary"] == primary
    assert len(pressed) <= 4
    assert not any(one.get("style") == "danger" for one in pressed)


def test_where_a_rerun_is_not_worth_it_the_log_is_the_main_act_and_the_rerun_behind_the_menu(golden: Check) -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), (make_job(1, "test", "failed"),)))
    vain = {make_id(1001): Verdict(rerun=False, why="the same test failed before on this commit")}
    judged = snapshot.model_copy(update={"verdicts": vain})
    assert [one.get("style") for one in _get_row(judged)["elements"]] == ["primary", None]
    golden("card_vain", list(render_card(judged, CardContext(WEB, LINKS)).blocks))


def test_without_a_log_the_main_act_of_a_vain_failure_is_to_ask_why() -> None:
    job = make_job(1, "deploy", "failed", job_number=None)
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), (job,)))
    vain = {make_id(1001): Verdict(rerun=False, why="the same test failed before on this commit")}
    why, _ = _get_row(snapshot.model_copy(update={"verdicts": vain}))["elements"]
    assert (why["text"]["text"], why["style"]) == ("Why Did It Fail", "primary")


def test_what_is_green_has_no_button_and_shrinks_to_two_lines(golden: Check, valid_blocks: Check) -> None:
    snapshot = make_snapshot(*((make_workflow(number, f"w{number}", "success"), ()) for number in range(4)))
    running = render_card(snapshot, CardContext(WEB, LINKS, entries=[A_DEED])).blocks
    done = render_card(snapshot, CardContext(WEB, LINKS, entries=[A_DEED], over=True)).blocks
    for blocks in (running, done):
        valid_blocks(blocks)
        assert not any(block["type"] == "actions" for block in blocks)
    assert [block["type"] for block in done] == ["section", "context"]
    assert "All 4 workflows" in get_text(list(done))
    golden("card_done", list(done))


@pytest.mark.parametrize("status", ["failed", "error", "unauthorized", "timedout"])
def test_what_went_wrong_does_not_shrink(status: str) -> None:
    snapshot = make_snapshot((make_workflow(1, "build", status), (make_job(1, "test", status),)))
    assert "Failed: `test`" in get_text(list(render_card(snapshot, CardContext(WEB, LINKS, over=True)).blocks))


def test_what_went_wrong_shrinks_once_its_branch_has_passed(golden: Check, valid_blocks: Check) -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), (make_job(1, "test", "failed"),)))
    looker = Looker("T", "U0ADA", WEB, "refs/heads/main", 7, NOW)
    context = CardContext(WEB, LINKS, entries=[A_DEED], over=True, lookers=[looker], passed_since=342)
    blocks = render_card(snapshot, context).blocks
    valid_blocks(blocks)
    assert [block["type"] for block in blocks] == ["section", "context"]
    assert "looking" not in get_text(list(blocks)).casefold()
    golden("card_passed_since", list(blocks))


def test_a_new_card_calls_people_by_their_names_and_mentions_them_once_it_changes() -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "failed"), (make_job(1, "test", "failed"),)))
    lookers = [Looker("T1", user, WEB, "refs/heads/main", 7, NOW) for user in ("U2", "U3")]
    context = CardContext(WEB, LINKS, entries=[replace(A_DEED, text="Rerun of `build`")], lookers=lookers)
    with naming(PeopleDirectory({"ada": "U1"}, {}, {"U1": "Ada & co", "U2": "Grace"})):
        changed = get_text(render_card(snapshot, context).blocks)
        with replace_mentions():
            new = get_text(render_card(snapshot, context).blocks)
    assert all(said in changed for said in ("push by <@U1>", "<@U1> reran `build`", "<@U2>, <@U3> are looking"))
    assert all(said in new for said in ("push by Ada &amp; co", "Ada &amp; co reran", "Grace, somebody are looking"))
    assert "<@" not in new


def test_under_a_failed_workflow_stands_why(golden: Check, valid_blocks: Check) -> None:
    runs = [
        (make_workflow(1, "build", "failed"), (make_job(1, "lint", "failed"), make_job(2, "unit", "failed"))),
        (make_workflow(2, "nightly", "failed"), (make_job(3, "soak", "failed"), make_job(4, "other", "failed"))),
    ]
    names = [NamedTest(name="test_pay", since="new"), NamedTest(name="test_cart", since="still")]
    failures = {
        make_id(1001): (
            FailureSummary(job="lint", number=1, step="Run ruff", line="E501 Line too <long>"),
            FailureSummary(job="unit", number=2, step="Run pytest", tests=tuple(names), tests_failed=5),
        ),
        make_id(1002): (FailureSummary(job="soak", number=3, line="Killed"),),
    }
    verdicts = {make_id(1001): Verdict(rerun=True, why="what failed is known to be flaky")}
    snapshot = make_snapshot(*runs).model_copy(update={"failures": failures, "verdicts": verdicts})
    blocks = list(render_card(snapshot, CardContext(WEB, LINKS, over=True)).blocks)
    valid_blocks(blocks)
    shown = get_text(blocks)
    assert "· Run ruff · `E501 Line too &lt;long&gt;`" in shown
    assert "· `test_pay` (new), `test_cart` (still failing), +3" in shown
    assert "Also failed: `other`" in shown
    golden("card_why", blocks)


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
    blocks = render_card(snapshot, CardContext(WEB, LINKS)).blocks
    valid_blocks(blocks)
    golden("card_with_people", blocks)


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("in_slack", [False, True])
def test_who_canceled_it_is_named_once(*, over: bool, in_slack: bool) -> None:
    run = make_workflow(1, "build", "canceled", canceled_by="u-1")
    snapshot = make_snapshot((run, ())).model_copy(update={"names": {"u-1": "Ada"}})
    entries = [replace(A_DEED, text="Canceled (`build`)")] if in_slack else []
    with naming(PeopleDirectory({}, {"u-1": "U1"}, {"U1": "Ada"})):
        shown = get_text(render_card(snapshot, CardContext(WEB, LINKS, entries=entries, over=over)).blocks)
    assert shown.count("<@U1>") == 1
    assert ("<@U1> canceled `build`" in shown) == in_slack


def test_a_hold_that_was_canceled_with_its_workflow_was_declined_by_nobody() -> None:
    hold = make_hold(1, "approve-staging", "canceled").model_copy(update={"canceled_by": "u-1"})
    snapshot = make_snapshot((make_workflow(1, "release", "canceled", canceled_by="u-1"), (hold,)))
    snapshot = snapshot.model_copy(update={"names": {"u-1": "Ada"}})
    shown = get_text(render_card(snapshot, CardContext(WEB, LINKS)).blocks)
    assert "canceled by Ada" in shown
    assert "Declined" not in shown


def test_who_is_not_known_by_name_is_left_out() -> None:
    snapshot = make_snapshot((make_workflow(1, "soak", "canceled", canceled_by="u-1"), ()))
    shown = get_text(render_card(snapshot, CardContext(WEB, LINKS)).blocks)
    assert "canceled by" not in shown
    assert "u-1" not in shown


@each_case(
    ("word", "said"),
    [
        ("gitlab", "push by ada"),
        ("explicit", "API by ada"),
        ("scheduled_pipeline", "schedule by ada"),
        ("unknown", "started by ada (unknown)"),
        ("a <new> & word", "started by ada (a &lt;new&gt; &amp; word)"),
        ("", "started by ada"),
    ],
)
def test_what_started_it_is_told_by_its_family_or_in_circlecis_word(word: str, said: str) -> None:
    pipeline = make_pipeline(trigger={"type": word, "actor": {"login": "ada"}})
    assert said in get_text(list(render_card(make_snapshot(pipeline=pipeline), CardContext(WEB, LINKS)).blocks))


def test_a_card_never_loses_who_started_it() -> None:
    snapshot = make_snapshot((make_workflow(1, "build", "success"), ()))
    later = [AuditEntry(make_id(341), "T1", "U2", f"Approved `hold-{number}`", NOW) for number in range(4)]
    for over in (True, False):
        shown = get_text(render_card(snapshot, CardContext(WEB, LINKS, entries=[A_DEED, *later], over=over)).blocks)
        assert "<@U1> triggered it" in shown
        assert "<@U2> approved `hold-3`" in shown
        by_push = get_text(render_card(snapshot, CardContext(WEB, LINKS, entries=later, over=over)).blocks)
        assert f"push by {snapshot.pipeline.actor_login}" in by_push


def test_what_was_done_to_a_pipeline_stands_behind_who_started_it() -> None:
    hold = make_hold(1, "approve-staging", "success").model_copy(update={"approved_by": "u-2"})
    snapshot = make_snapshot((make_workflow(1, "release", "success"), (hold,)))
    snapshot = snapshot.model_copy(update={"names": {"u-2": "Grace"}})
    declined = replace(A_DEED, text="Declined `approve-production`")
    context = CardContext(WEB, LINKS, entries=[A_DEED, declined], over=True)
    shown = get_text(render_card(snapshot, context).blocks)
    deeds = ("triggered it", "Grace approved `approve-staging`", "declined `approve-production`")
    assert sorted(deeds, key=shown.index) == list(deeds)
