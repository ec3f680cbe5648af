"""Why a workflow failed, or what its success fixed: its failed jobs, compared with the run before and insights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import Job, TestKey, TestResult
from bot.circleci.previous_runs import PreviousRun

NEW, STILL = "new", "still"


@dataclass(frozen=True, slots=True)
class FailureHistory:
    """What is known of tests from elsewhere: the run before (None: unknown), and which are flaky."""

    before: PreviousRun | None = None
    flaky_stats: Mapping[TestKey, FlakyStats] = field(default_factory=dict)

    def compare_with_previous(self, job: str, test: TestResult) -> str | None:
        """`new` or `still` failing; None when the run before is not known."""
        failed_before = self.before.get_failures(job) if self.before else None
        if failed_before is None:
            return None
        return STILL if test.key in failed_before else NEW


@dataclass(frozen=True, slots=True)
class Explanation:
    """`fixed` are tests that failed in the run before and passed in this one, by class and name."""

    jobs: tuple[FailedJob, ...] = ()
    known: FailureHistory = FailureHistory()
    fixed: tuple[TestKey, ...] = ()


NOTHING_KNOWN = Explanation()


def list_fixed_tests(
    before: PreviousRun | None, jobs: Sequence[Job], failed: Sequence[FailedJob]
) -> tuple[TestKey, ...]:
    """What failed before and passed now: in jobs that passed, and in failed ones whose results say so."""
    if before is None:
        return ()
    return tuple(sorted(dict.fromkeys(_list_fixed_tests(before, jobs, failed))))


def _list_fixed_tests(before: PreviousRun, jobs: Sequence[Job], failed: Sequence[FailedJob]) -> Iterator[TestKey]:
    passed = {job.name for job in jobs if job.status == "success"}
    for name, keys in before.failures.items():
        if name in passed:
            yield from keys
    for each in failed:
        yield from (before.get_failures(each.job.name) or frozenset()) & each.tests_passed
