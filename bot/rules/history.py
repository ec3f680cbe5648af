"""What an end means beside what came before it: did the branch break, recover, stay broken? Pure.

Runs of a workflow on a branch are ordered by their pipelines' numbers, a rerun after what it repeats. An end counts as
what came before when it had happened by then, whenever we read it; so the order of reading changes nothing. A pipeline
that ends after a newer one of its branch has ended says nothing about the state of the branch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.circleci.job_failure import FailedJob
from bot.circleci.previous_runs import PreviousRun
from bot.domain import Outcome, OutcomeClass, OutcomeKind

WORSE = frozenset({OutcomeKind.FAILED, OutcomeKind.ERRORED_CONFIG, OutcomeKind.UNAUTHORIZED})
"""Kinds after which a success is a recovery."""

ENDS = WORSE | {OutcomeKind.PASSED}
"""Kinds that say whether a workflow works; what was cancelled or never ran does not."""

SAMPLE = 30
"""How many of the last good runs say what is usual."""

_LEAST = 5
"""Fewer good runs than this say nothing yet."""


@dataclass(frozen=True, slots=True)
class WorkflowHistory:
    """`last` is how this workflow stood on the branch, `runs` are earlier ends of it in the same pipeline.

    `usual_s` are the durations of its last good runs in the project, on whatever branch.
    """

    last: Outcome | None = None
    runs: Sequence[Outcome] = ()
    usual_s: Sequence[float] = ()


def classify(outcome: Outcome, past: WorkflowHistory) -> Outcome:
    """With its classes, and how many ends in a row were bad by now."""
    if outcome.kind not in ENDS:
        return outcome
    overtaken = past.last is not None and past.last.pipeline_number > outcome.pipeline_number
    last = None if overtaken else past.last
    if outcome.kind == OutcomeKind.PASSED:
        return _classify_success(outcome, last, past)
    return outcome if overtaken else _classify_failure(outcome, last)


def merge_previous_run(past: WorkflowHistory, before: PreviousRun | None, outcome: Outcome) -> WorkflowHistory:
    """Where CircleCI shows a later run than we have heard of, that one counts: the notice speaks of it."""
    if before is None or (past.last and past.last.pipeline_number >= before.pipeline_number):
        return past
    tests = {f"{job}\n{name} {test}" for job, failed in before.failures.items() for name, test in failed}
    failing = frozenset({job for job, failed in before.failures.items() if failed} | tests)
    kind, number = (OutcomeKind.PASSED if before.passed else OutcomeKind.FAILED), before.pipeline_number
    unheard = replace(outcome, kind=kind, pipeline_number=number, failing=failing, streak=0 if before.passed else 1)
    return replace(past, last=unheard)


def _classify_success(outcome: Outcome, last: Outcome | None, past: WorkflowHistory) -> Outcome:
    pace = _get_slowness(outcome.busy_s, past.usual_s)
    classes = {
        OutcomeClass.RECOVERED: last is not None and last.kind in WORSE,
        OutcomeClass.FLAKY: any(run.kind == OutcomeKind.FAILED for run in past.runs),
        OutcomeClass.SLOW: pace is not None and pace > 1,
    }
    return replace(outcome, classes=_list_true(classes), slowdown=pace)


def _classify_failure(outcome: Outcome, last: Outcome | None) -> Outcome:
    stayed = last is not None and last.kind in WORSE
    classes = {
        OutcomeClass.BROKE: not stayed,
        OutcomeClass.STILL_FAILING: stayed,
        OutcomeClass.NEWLY_FAILING: _is_known(last)
        and _has_new_failure(outcome.failing, last.failing if last else frozenset()),
    }
    return replace(outcome, classes=_list_true(classes), streak=(last.streak if last and stayed else 0) + 1)


def _list_true(classes: Mapping[OutcomeClass, bool]) -> frozenset[str]:
    return frozenset(name for name, holds in classes.items() if holds)


def _get_slowness(busy_s: float | None, usual_s: Sequence[float]) -> float | None:
    """How many times the 95th percentile (nearest rank) it took; None while nothing is usual."""
    if busy_s is None or len(usual_s) < _LEAST:
        return None
    p95_s = sorted(usual_s)[math.ceil(0.95 * len(usual_s)) - 1]
    return busy_s / p95_s if p95_s > 0 else None


def _is_known(last: Outcome | None) -> bool:
    """Whether we know what failed then: of a run that was rerun before we followed its pipeline nobody has read it."""
    return last is None or last.kind != OutcomeKind.FAILED or bool(last.failing)


def _has_new_failure(now: frozenset[str], before: frozenset[str]) -> bool:
    """Another job; or in the same job another test, where the tests of both are known."""
    tests_now, tests_before = _group_tests(now), _group_tests(before)
    if set(tests_now) - set(tests_before):
        return True
    return any(tests - tests_before[job] for job, tests in tests_now.items() if tests_before[job])


def _group_tests(failing: frozenset[str]) -> dict[str, set[str]]:
    """Failed tests by job; none where they are not known."""
    found: dict[str, set[str]] = {}
    for one in failing:
        job, _, test = one.partition("\n")
        found.setdefault(job, set()).update({test} if test else ())
    return found


def add_failed_tests(outcome: Outcome, why: Iterable[FailedJob]) -> Outcome:
    """What failed, down to its tests where all of them are known (a job, or a job and a test, a line each)."""
    known = [failed for failed in why if failed.tests and failed.tests_failed == len(failed.tests)]
    tests = {f"{failed.job.name}\n{test.classname} {test.name}" for failed in known for test in failed.tests}
    return replace(outcome, failing=outcome.failing | tests) if outcome.kind == OutcomeKind.FAILED else outcome


def assume_worst(outcome: Outcome) -> Outcome:
    """As it might turn out to be: for those who must know whether anybody could want it before its reason is known."""
    bad = frozenset({OutcomeClass.BROKE, OutcomeClass.STILL_FAILING, OutcomeClass.NEWLY_FAILING})
    return replace(outcome, classes=bad, streak=1) if outcome.kind in WORSE else outcome
