from __future__ import annotations

import pytest

from bot.blocks import deed_blocks
from bot.blocks.deed_blocks import (
    APPROVED,
    APPROVED_WHY,
    DECLINED,
    DECLINED_WHY,
    VOTED,
    VOTED_WHY,
    add_why,
    find_rollback_reason,
    format_deed,
    format_deed_by,
    is_cancel,
    is_rerun,
    is_start,
)
from bot.language.spoken import speaking
from tests.plugins.each_case import each_case

SENTENCES = [
    text
    for name, text in vars(deed_blocks).items()
    if name.isupper() and isinstance(text, str) and not name.startswith("_")
]


NAMES = (
    *("hold", "workflow", "job", "jobs", "preset", "parameters", "reason", "count", "needed"),
    *("place", "current", "target"),
)


@each_case("sentence", SENTENCES)
def test_what_was_written_reads_in_english_as_it_was_written(sentence: str) -> None:
    written = sentence.format_map(dict.fromkeys(NAMES, "`a b`"))
    assert format_deed(written) == written


@each_case("sentence", SENTENCES)
def test_whoever_did_it_is_the_subject_in_a_sentence_of_its_own(sentence: str) -> None:
    values = {name: f"`{name}`" for name in NAMES}
    said = format_deed_by(sentence.format_map(values), "<@U1>", "just now")
    assert said.startswith("<@U1> ")
    assert said.endswith(" just now")
    assert {word for word in values if f"{{{word}}}" in sentence} == {word for word in values if f"`{word}`" in said}


def test_each_sentence_is_known_from_the_others() -> None:
    assert is_rerun(deed_blocks.RERUN_JOBS_SSH.format(workflow="`a`", jobs="`b`, `c`"))
    assert is_rerun(deed_blocks.RERUN_FAILED.format(workflow="`a`"))
    assert is_cancel(deed_blocks.CANCELED.format(workflow="`Rerun of`"))
    assert not is_rerun(deed_blocks.APPROVED.format(hold="`Rerun of x`"))
    assert not is_cancel(deed_blocks.TRIGGERED)


def test_what_an_older_release_wrote_is_shown_as_it_is() -> None:
    with speaking("de"):
        assert format_deed("Cancelled it all") == "Cancelled it all"
        assert format_deed_by("Cancelled it all", "<@U1>", "now") == "Cancelled it all · <@U1> · now"


def test_where_nobody_knows_who_did_it_the_deed_stands_alone() -> None:
    assert format_deed_by(deed_blocks.APPROVED.format(hold="`a`"), "", "now") == "Approved `a` · now"


def test_what_starts_a_pipeline_is_known() -> None:
    assert is_start(deed_blocks.TRIGGERED_WITH.format(parameters="`a=1`"))
    assert is_start(deed_blocks.RAN_PRESET.format(preset="`a`"))
    assert not is_start(deed_blocks.APPROVED.format(hold="`a`"))


def test_a_reason_cannot_make_a_decision_of_another_hold() -> None:
    said = deed_blocks.format_decision(APPROVED, APPROVED_WHY, "`a`", "`b` — “<!here>")
    assert deed_blocks.is_decision(said, "`a`")
    assert not deed_blocks.is_decision(said, "`b`")
    assert "<!here>" not in said
    vote = deed_blocks.format_decision(VOTED, VOTED_WHY, "`a`", "Approved `a`", count=1, needed=2)
    assert not deed_blocks.is_decision(vote, "`a`"), "one vote of two has decided nothing"
    assert deed_blocks.is_decision(deed_blocks.format_decision(DECLINED, DECLINED_WHY, "`a`", ""), "`a`")


@pytest.mark.parametrize("sentence", [one for one in SENTENCES if is_start(one) or is_rerun(one) or "Rolled" in one])
def test_a_reason_changes_nothing_of_what_was_done(sentence: str) -> None:
    deed = sentence.format_map(dict.fromkeys(NAMES, "`a b`"))
    written = add_why(deed, "JIRA-1 — “now”")
    assert (is_start(written), is_rerun(written), is_cancel(written)) == (
        is_start(deed),
        is_rerun(deed),
        is_cancel(deed),
    )
    assert format_deed(written) == written
    is_said = written == deed
    assert is_said is ("reason" in sentence), "a sentence with a reason of its own says no other"
    assert is_said or format_deed_by(written, "<@UADA>", "2 min ago").endswith("2 min ago — “JIRA-1 — “now””")


def test_why_something_was_rolled_back_is_read_as_it_was_typed() -> None:
    typed = 'p99 < 2 s & "rising" -> &lt;'
    reason = deed_blocks.shorten_reason(typed)
    said = deed_blocks.ROLLED_BACK.format_map(dict.fromkeys(NAMES, "x") | {"target": "`1.0.12`", "reason": reason})
    assert find_rollback_reason(said, "1.0.12") == typed
