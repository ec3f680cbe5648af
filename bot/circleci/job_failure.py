"""Why a job failed, as data: the failing step and the end of its output, the failed tests, CircleCI's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.failure_causes import Cause, cause_of
from bot.circleci.failure_kinds import Signs
from bot.circleci.job_steps import RAN, failing, failing_nodes
from bot.circleci.models import Action, Job, JobDetail, JobStep, TestKey, TestResult
from bot.circleci.secret_masking import names_of_contexts, names_of_project
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.untrusted import shown_text
from bot.untrusted.job_log import LINE_LENGTH, first_error, kind_of
from bot.untrusted.reader_process import TooLarge
from bot.untrusted.shown_text import Ending

T = TypeVar("T")

TESTS = 200
LINES = 30
MESSAGE_LENGTH = 2000
NAME_LENGTH = 1000
STEP_LENGTH = 200
MESSAGES = 20
_TOLD = 20


@dataclass(frozen=True, slots=True)
class FailedJob:
    """Whatever could be found out; each detail may be missing.

    `tests` holds at most 200 of the `tests_failed` failed tests. `log_tail` is the end of the failing step's output,
    `first_error` the line in it that reads most like the reason, `messages` what CircleCI says about the job. `nodes`
    are those of its `parallelism` nodes that failed, counted from 0.
    """

    job: Job
    step: str | None = None
    exit_code: int | None = None
    tests: tuple[TestResult, ...] = ()
    tests_failed: int = 0
    tests_passed: frozenset[TestKey] = field(default=frozenset(), repr=False)
    log_tail: tuple[str, ...] = ()
    first_error: str | None = None
    messages: tuple[str, ...] = ()
    cause: Cause | None = None
    nodes: tuple[int, ...] = ()
    parallelism: int = 1


async def why(circleci: CircleCI, project: ProjectSlug, job: Job) -> FailedJob:
    """Ask CircleCI for every detail at once. Never fails: a detail that cannot be had stays empty."""
    number = job.job_number
    if number is None or job.status not in RAN:
        detail = await _if_any(circleci.job(project, number)) if number and job.failed else None
        return FailedJob(job, messages=tuple(await messages_of(detail)), cause=read_cause(job.status, detail))
    steps, results, detail, own = await asyncio.gather(
        _if_any(circleci.job_steps(project, number)),
        _if_any(circleci.tests(project, number)),
        _if_any(circleci.job(project, number)),
        names_of_project(circleci, project),
    )
    names = own | await names_of_contexts(circleci, project, contexts_of(detail))
    end = await ending(circleci, failing(steps or ()), names)
    return await _told(job, steps or (), results or (), detail, end, names)


async def _told(
    job: Job,
    steps: Sequence[JobStep],
    results: Sequence[TestResult],
    detail: JobDetail | None,
    end: Ending,
    names: frozenset[str],
) -> FailedJob:
    action = failing(steps)
    failed = [result for result in results if result.failed]
    tests = tuple(await readable(failed[:TESTS], names))
    return FailedJob(
        job,
        step=await name_of(action, names) if action else None,
        exit_code=action.exit_code if action else None,
        tests=tests,
        tests_failed=len(failed),
        tests_passed=frozenset(result.key for result in results if result.result == "success"),
        log_tail=end.lines,
        first_error=end.first_error,
        messages=tuple(await messages_of(detail, names)),
        cause=read_cause(job.status, detail, action, _with_tests(end, tests)),
        nodes=failing_nodes(steps, detail),
        parallelism=(detail and detail.parallelism) or max((len(step.actions) for step in steps), default=1),
    )


async def ending(circleci: CircleCI, action: Action | None, names: frozenset[str]) -> Ending:
    """What the action printed last, fit to be shown."""
    printed = await _if_any(circleci.output(action.output_url)) if action and action.output_url else None
    try:
        return await shown_text.ending(printed, names, LINES) if printed else Ending()
    except TooLarge:
        return Ending(("Its log is too large to read.",))


async def _if_any(detail: Awaitable[T]) -> T | None:
    try:
        return await detail
    except CircleCIError:
        return None


async def readable(results: Sequence[TestResult], names: frozenset[str] = frozenset()) -> list[TestResult]:
    """Test results fit to be shown: no terminal codes, no secrets, not too long."""
    fit = await shown_text.texts([(result.name, NAME_LENGTH) for result in results], names)
    messages = await shown_text.texts([(result.message, MESSAGE_LENGTH) for result in results], names)
    return [
        result.model_copy(update={"name": name, "message": message.strip()})
        for result, name, message in zip(results, fit, messages, strict=True)
    ]


async def name_of(action: Action, names: frozenset[str]) -> str:
    """The step's name, fit to be shown."""
    (name,) = await shown_text.texts([(action.name, STEP_LENGTH)], names)
    return name


def _with_tests(end: Ending, tests: Sequence[TestResult]) -> Ending:
    """Where the log does not tell what was wrong, a failed test may."""
    told = [end.first_error, *(first_error(test.message) for test in tests[:_TOLD])]
    telling = next((line for line in told if line and kind_of(line)), end.first_error)
    return replace(end, first_error=telling)


def read_cause(
    status: str, detail: JobDetail | None, action: Action | None = None, end: Ending | None = None
) -> Cause | None:
    """What kind of failure it was, by all that is known of a job that ended like this."""
    signs = Signs(
        status=status,
        exit_code=action.exit_code if action else None,
        said=[message.message for message in detail.messages] if detail else (),
        printed=end.lines if end else (),
        telling=(end and end.first_error) or "",
        contexts=contexts_of(detail),
        resource_class=(detail and detail.executor and detail.executor.resource_class) or "",
    )
    return cause_of(signs)


def contexts_of(detail: JobDetail | None) -> list[str]:
    """The names of the contexts that a job uses, once each."""
    return list(dict.fromkeys(context.name for context in detail.contexts if context.name)) if detail else []


async def messages_of(detail: JobDetail | None, names: frozenset[str] = frozenset()) -> list[str]:
    """CircleCI's own words about a job, the first few."""
    said = dict.fromkeys(message.message for message in detail.messages if message.message.strip()) if detail else {}
    told = await shown_text.texts([(text, LINE_LENGTH) for text in [*said][:MESSAGES]], names)
    return [text.strip() for text in told]
