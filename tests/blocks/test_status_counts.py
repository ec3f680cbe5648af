from __future__ import annotations

from bot.blocks import status_counts
from bot.domain import BAD, ENDED, JOB_ENDED, OutcomeKind
from bot.language.spoken import speaking
from tests.plugins.each_case import each_case

MOVING = {"pending", "setup-pending", "created", "setup", "queued", "not_running", "blocked", "running", "failing"}
KNOWN = sorted(ENDED | BAD | JOB_ENDED | MOVING | {"on_hold", "errored", "failure", "skipped"} | set(OutcomeKind))


@each_case("status", KNOWN)
def test_every_status_is_counted_in_a_sentence_of_its_own(status: str) -> None:
    assert "status" not in status_counts.list_counts([status])[0]


def test_statuses_that_mean_the_same_are_counted_together_in_the_order_in_which_they_come() -> None:
    told = status_counts.list_counts(["failed", "success", "setup-pending", "passed", "pending"])
    assert told == ["1 failed", "2 passed", "2 pending"]


def test_a_count_is_said_in_the_language_of_its_reader() -> None:
    with speaking("de"):
        assert status_counts.list_counts(["failed", "errored", "errored"]) == [
            "1 fehlgeschlagen",
            "2 Konfigurationsfehler",
        ]


def test_one_that_circleci_invents_is_counted_in_its_own_words() -> None:
    assert status_counts.list_counts(["frozen_<over>", ""]) == ["1 with status frozen &lt;over&gt;", "1 with status ?"]
