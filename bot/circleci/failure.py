"""Why a job failed, as data: the failing step and the end of its output, the failed tests, CircleCI's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.log import clean, first_error, mask, shortened, tail
from bot.circleci.models import Action, Job, JobDetail, JobStep, TestResult
from bot.domain import ProjectSlug
from bot.errors import CircleCIError

T = TypeVar("T")

TESTS = 10
LINES = 30
MESSAGE_LENGTH = 2000

_RAN = frozenset({"failed", "infrastructure_fail", "timedout", "terminated-unknown"})
"""Failed statuses of jobs that ran, so that steps and tests tell more (docs: analyze pipelines during an incident)."""

_MEANING = {
    "infrastructure_fail": "CircleCI's infrastructure failed under the job.",
    "timedout": "The job ran into a time limit.",
    "terminated-unknown": "CircleCI lost the job, and does not know how it ended.",
    "unauthorized": "Whoever started it may not use a context that the job needs.",
}


@dataclass(frozen=True, slots=True)
class FailedJob:
    """Whatever could be found out; each detail may be missing.

    `tests` holds at most ten of the `tests_failed` failed tests. `log_tail` is the end of the failing step's output,
    `first_error` the line in it that reads most like the reason, `messages` what CircleCI says about the job.
    """

    job: Job
    step: str | None = None
    exit_code: int | None = None
    tests: tuple[TestResult, ...] = ()
    tests_failed: int = 0
    log_tail: tuple[str, ...] = ()
    first_error: str | None = None
    messages: tuple[str, ...] = ()


async def why(circleci: CircleCI, project: ProjectSlug, job: Job) -> FailedJob:
    """Ask CircleCI for every detail at once. Never fails: a detail that cannot be had stays empty."""
    if job.job_number is None or job.status not in _RAN:
        return FailedJob(job, messages=tuple(_messages(job, None)))
    (action, output), results, detail = await asyncio.gather(
        _failing_step(circleci, project, job.job_number),
        _if_any(circleci.tests(project, job.job_number)),
        _if_any(circleci.job(project, job.job_number)),
    )
    failed = [result for result in results or () if result.failed]
    return FailedJob(
        job,
        step=shortened(mask(clean(action.name)), 200) if action else None,
        exit_code=action.exit_code if action else None,
        tests=tuple(_readable(result) for result in failed[:TESTS]),
        tests_failed=len(failed),
        log_tail=tail(output, LINES),
        first_error=first_error(output),
        messages=tuple(_messages(job, detail)),
    )


async def _failing_step(circleci: CircleCI, project: ProjectSlug, number: int) -> tuple[Action | None, str]:
    """The first action that failed, and what it printed, fit to be shown."""
    action = _first_failed(await _if_any(circleci.job_steps(project, number)) or ())
    if action is None or not action.output_url:
        return action, ""
    return action, mask(clean(await _if_any(circleci.output(action.output_url)) or ""))


def _first_failed(steps: tuple[JobStep, ...]) -> Action | None:
    actions = [action for step in steps for action in step.actions]
    return next((action for action in actions if action.failed or action.status in _RAN), None)


async def _if_any(detail: Awaitable[T]) -> T | None:
    try:
        return await detail
    except CircleCIError:
        return None


def _readable(result: TestResult) -> TestResult:
    message = shortened(mask(clean(result.message)).strip(), MESSAGE_LENGTH)
    return result.model_copy(update={"message": message, "name": mask(clean(result.name))})


def _messages(job: Job, detail: JobDetail | None) -> Iterator[str]:
    if job.status in _MEANING:
        yield _MEANING[job.status]
    said = [message.message for message in detail.messages] if detail else []
    yield from (shortened(mask(clean(text)).strip()) for text in dict.fromkeys(said) if text.strip())
