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
    """What is known of tests from elsewhere: the run before (None: unknown), and which are flaky.

    `number` is that of the pipeline that is looked at: the run before may be one of the same.
    """

    before: PreviousRun | None = None
    flaky_stats: Mapping[TestKey, FlakyStats] = field(default_factory=dict)
    number: int | None = None

    @property
    def is_rerun(self) -> bool:
        """Whether the run before was one of the same pipeline."""
        return self.before is not None and self.before.pipeline_number == self.number

    def compare_with_previous(self, job: str, test: TestResult) -> str | None:
        """`new` or `still` failing; None when the run before is not known, and for what is flaky: that is no news."""
        failed_before = self.before.get_failures(job) if self.before else None
        if failed_before is None:
            return None
        if test.key in failed_before:
            return STILL
        return None if test.key in self.flaky_stats else NEW


@dataclass(frozen=True, slots=True)
class Explanation:
    """`fixed` are tests that failed in the run before and passed in this one, by class and name."""

    jobs: tuple[FailedJob, ...] = ()
    known: FailureHistory = FailureHistory()
    fixed: tuple[TestKey, ...] = ()

    def drop_output(self) -> Explanation:
        """Which jobs failed, and nothing of what they printed or stored."""
        return Explanation(tuple(FailedJob(one.job, nodes=one.nodes, parallelism=one.parallelism) for one in self.jobs))


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
