"""Why a job failed, short enough for a card: its step and the line that tells, or the failed tests by name."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.circleci.explanation import Explanation, FailureHistory
from bot.circleci.job_failure import FailedJob
from bot.circleci.memory_use import MemoryUse

_TESTS, _NAME, _LINE = 2, 120, 200


class NamedTest(BaseModel):
    """A failed test. `since` says "new" or "still" where the run before is known, else ""."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    since: str = ""


class FailureSummary(BaseModel):
    """Of a failed job, kept with the snapshot of its pipeline: a few hundred characters at most, masked already.

    `line` is what tells why in its log, or CircleCI's own words. `tests` are the first of `tests_failed` failed tests.
    `memory` is what it ran out of.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    number: int | None = None
    step: str = ""
    line: str = ""
    tests: tuple[NamedTest, ...] = ()
    tests_failed: int = 0
    memory: MemoryUse | None = None

    @property
    def says_why(self) -> bool:
        return bool(self.step or self.line or self.tests or self.memory)


def build_failure_summaries(why: Explanation) -> tuple[FailureSummary, ...]:
    """One for each job that was looked into and of which something is known."""
    told = [_build_summary(failed, why.known) for failed in why.jobs]
    return tuple(one for one in told if one.says_why)


def _build_summary(failed: FailedJob, known: FailureHistory) -> FailureSummary:
    return FailureSummary(
        job=failed.job.name[:_NAME],
        number=failed.job.job_number,
        step=(failed.step or "")[:_NAME],
        line=_find_line(failed.first_error, failed.messages)[:_LINE],
        tests=tuple(
            NamedTest(name=test.name[:_NAME], since=known.compare_with_previous(failed.job.name, test) or "")
            for test in failed.tests[:_TESTS]
        ),
        tests_failed=failed.tests_failed,
        memory=failed.cause.memory if failed.cause else None,
    )


def _find_line(first_error: str | None, messages: Sequence[str]) -> str:
    return (first_error or next(iter(messages), "")).strip().split("\n", 1)[0]
