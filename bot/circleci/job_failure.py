"""Why a job failed, as data: the failing step and the end of its output, the failed tests, CircleCI's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import ParamSpec, TypeVar

from bot.circleci.client import CircleCI
from bot.circleci.failure_causes import Cause, find_cause
from bot.circleci.failure_kinds import LESS_MEMORY, Signs
from bot.circleci.job_steps import RAN, find_failing_action, list_failing_nodes
from bot.circleci.memory_use import MemoryUse
from bot.circleci.models import Job, JobDetail, JobStep, StepAction, TestKey, TestResult
from bot.circleci.secret_masking import fetch_context_secret_names, fetch_project_secret_names
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.language import _
from bot.untrusted import shown_text
from bot.untrusted.job_log import LINE_LENGTH, classify_error, find_first_error
from bot.untrusted.reader_process import TooLarge
from bot.untrusted.shown_text import LogExcerpt

P = ParamSpec("P")
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

    `tests` holds at most 200 of the `tests_failed` failed tests. `first_error` is the line of the failing step's
    output that reads most like the reason, `telling` the lines around it, `messages` what CircleCI says about the job.
    `nodes` are those of its `parallelism` nodes that failed, counted from 0.
    """

    job: Job
    step: str | None = None
    exit_code: int | None = None
    tests: tuple[TestResult, ...] = ()
    tests_failed: int = 0
    tests_passed: frozenset[TestKey] = field(default=frozenset(), repr=False)
    telling: tuple[str, ...] = ()
    first_error: str | None = None
    messages: tuple[str, ...] = ()
    cause: Cause | None = None
    nodes: tuple[int, ...] = ()
    parallelism: int = 1


async def diagnose_job(circleci: CircleCI, project: ProjectSlug, job: Job) -> FailedJob:
    """Ask CircleCI for every detail at once. Never fails: a detail that cannot be had stays empty."""
    number = job.job_number
    if number is None or job.status not in RAN:
        detail = await _fetch_or_none(circleci.fetch_job, project, number) if number and job.has_failed else None
        return FailedJob(job, messages=tuple(await sanitize_messages(detail)), cause=find_job_cause(job.status, detail))
    steps, results, detail, own = await asyncio.gather(
        _fetch_or_none(circleci.list_job_steps, project, number),
        _fetch_or_none(circleci.list_tests, project, number),
        _fetch_or_none(circleci.fetch_job, project, number),
        fetch_project_secret_names(circleci, project),
    )
    names = own | await fetch_context_secret_names(circleci, project, get_context_names(detail))
    end = await fetch_log_excerpt(circleci, project, job.id, find_failing_action(steps or ()), names=names)
    found = await _build_failed_job(job, steps or (), results or (), detail=detail, end=end, names=names)
    return replace(found, cause=await add_memory_use(circleci, job.id, found.cause, detail))


async def _build_failed_job(
    job: Job,
    steps: Sequence[JobStep],
    results: Sequence[TestResult],
    *,
    detail: JobDetail | None,
    end: LogExcerpt,
    names: frozenset[str],
) -> FailedJob:
    action = find_failing_action(steps)
    failed = [result for result in results if result.has_failed]
    tests = tuple(await sanitize_tests(failed[:TESTS], names))
    return FailedJob(
        job,
        step=await sanitize_step_name(action, names) if action else None,
        exit_code=action.exit_code if action else None,
        tests=tests,
        tests_failed=len(failed),
        tests_passed=frozenset(result.key for result in results if result.result == "success"),
        telling=end.telling,
        first_error=end.first_error,
        messages=tuple(await sanitize_messages(detail, names)),
        cause=find_job_cause(job.status, detail, action, end=_with_tests(end, tests)),
        nodes=list_failing_nodes(steps, detail),
        parallelism=(detail and detail.parallelism) or max((len(step.actions) for step in steps), default=1),
    )


async def fetch_log_excerpt(
    circleci: CircleCI, project: ProjectSlug, job_id: str | None, action: StepAction | None, *, names: frozenset[str]
) -> LogExcerpt:
    """The lines that CircleCI chooses of a failed job, else what the action printed last, fit to be shown."""
    printed = await _fetch_or_none(circleci.fetch_condensed_output, project, job_id) if job_id else None
    if printed is None and action and action.output_url:
        printed = await _fetch_or_none(circleci.fetch_output, action.output_url)
    try:
        return await shown_text.sanitize_excerpt(printed, names, LINES) if printed else LogExcerpt()
    except TooLarge:
        said = (_("Its log is too large to read."),)
        return LogExcerpt(said, telling=said)


async def _fetch_or_none(fetch: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T | None:
    try:
        return await fetch(*args, **kwargs)
    except CircleCIError:
        return None


async def sanitize_tests(results: Sequence[TestResult], names: frozenset[str] = frozenset()) -> list[TestResult]:
    """Test results fit to be shown: no terminal codes, no secrets, not too long."""
    fit = await shown_text.sanitize_texts([(result.name, NAME_LENGTH) for result in results], names)
    messages = await shown_text.sanitize_texts([(result.message, MESSAGE_LENGTH) for result in results], names)
    return [
        result.model_copy(update={"name": name, "message": message.strip()})
        for result, name, message in zip(results, fit, messages, strict=True)
    ]


async def sanitize_step_name(action: StepAction, names: frozenset[str]) -> str:
    """The step's name, fit to be shown."""
    (name,) = await shown_text.sanitize_texts([(action.name, STEP_LENGTH)], names)
    return name


def _with_tests(end: LogExcerpt, tests: Sequence[TestResult]) -> LogExcerpt:
    """Where the log does not tell what was wrong, a failed test may."""
    told = [end.first_error, *(find_first_error(test.message) for test in tests[:_TOLD])]
    telling = next((line for line in told if line and classify_error(line)), end.first_error)
    return replace(end, first_error=telling)


async def add_memory_use(
    circleci: CircleCI, job_id: str | None, cause: Cause | None, detail: JobDetail | None
) -> Cause | None:
    """The cause; where memory was short and v3 says that all of it was used, with how much there was."""
    if job_id is None or cause is None or cause.todo != LESS_MEMORY:
        return cause
    memory = await circleci.fetch_memory_use(job_id)
    return find_job_cause("", detail, memory=memory) if memory and memory.is_full else cause


def find_job_cause(
    status: str,
    detail: JobDetail | None,
    action: StepAction | None = None,
    *,
    end: LogExcerpt | None = None,
    memory: MemoryUse | None = None,
) -> Cause | None:
    """What kind of failure it was, by all that is known of a job that ended like this."""
    signs = Signs(
        status=status,
        exit_code=action.exit_code if action else None,
        said=[message.message for message in detail.messages] if detail else (),
        printed=end.lines if end else (),
        telling=(end and end.first_error) or "",
        contexts=get_context_names(detail),
        resource_class=(detail and detail.executor and detail.executor.resource_class) or "",
        memory=memory,
    )
    return find_cause(signs)


def get_context_names(detail: JobDetail | None) -> list[str]:
    """The names of the contexts that a job uses, once each."""
    return list(dict.fromkeys(context.name for context in detail.contexts if context.name)) if detail else []


async def sanitize_messages(detail: JobDetail | None, names: frozenset[str] = frozenset()) -> list[str]:
    """CircleCI's own words about a job, the first few."""
    said = dict.fromkeys(message.message for message in detail.messages if message.message.strip()) if detail else {}
    told = await shown_text.sanitize_texts([(text, LINE_LENGTH) for text in [*said][:MESSAGES]], names)
    return [text.strip() for text in told]
