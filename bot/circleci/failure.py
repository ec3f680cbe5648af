"""Why a job failed, as data: the failing step and the end of its output, the failed tests, CircleCI's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.circleci.causes import Cause, Signs, cause_of
from bot.circleci.client import CircleCI
from bot.circleci.known_names import names_of_contexts, names_of_project
from bot.circleci.log import first_error, shortened, tail
from bot.circleci.models import Action, Job, JobDetail, JobStep, TestKey, TestResult
from bot.circleci.steps import RAN, failing, failing_nodes
from bot.domain import ProjectSlug
from bot.errors import CircleCIError
from bot.untrusted.masking import mask
from bot.untrusted.terminal import clean

T = TypeVar("T")

TESTS = 200
LINES = 30
MESSAGE_LENGTH = 2000


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
        return FailedJob(job, messages=tuple(messages_of(detail)), cause=_cause(job, detail))
    steps, results, detail, own = await asyncio.gather(
        _if_any(circleci.job_steps(project, number)),
        _if_any(circleci.tests(project, number)),
        _if_any(circleci.job(project, number)),
        names_of_project(circleci, project),
    )
    names = own | await names_of_contexts(circleci, project, contexts_of(detail))
    output = await _output(circleci, failing(steps or ()), names)
    return _told(job, steps or (), results or (), detail, output, names)


def _told(
    job: Job,
    steps: Sequence[JobStep],
    results: Sequence[TestResult],
    detail: JobDetail | None,
    output: str,
    names: frozenset[str],
) -> FailedJob:
    action = failing(steps)
    failed = [result for result in results if result.failed]
    log_tail = tail(output, LINES)
    return FailedJob(
        job,
        step=shortened(mask(clean(action.name), names), 200) if action else None,
        exit_code=action.exit_code if action else None,
        tests=tuple(readable(result, names) for result in failed[:TESTS]),
        tests_failed=len(failed),
        tests_passed=frozenset(result.key for result in results if result.result == "success"),
        log_tail=log_tail,
        first_error=first_error(output),
        messages=tuple(messages_of(detail, names)),
        cause=_cause(job, detail, action, log_tail),
        nodes=failing_nodes(steps, detail),
        parallelism=(detail and detail.parallelism) or max((len(step.actions) for step in steps), default=1),
    )


async def _output(circleci: CircleCI, action: Action | None, names: frozenset[str]) -> str:
    """What the action printed, fit to be shown."""
    if action is None or not action.output_url:
        return ""
    return mask(clean(await _if_any(circleci.output(action.output_url)) or ""), names)


async def _if_any(detail: Awaitable[T]) -> T | None:
    try:
        return await detail
    except CircleCIError:
        return None


def readable(result: TestResult, names: frozenset[str] = frozenset()) -> TestResult:
    """A test result fit to be shown: no terminal codes, no secrets, not too long."""
    message = shortened(mask(clean(result.message), names).strip(), MESSAGE_LENGTH)
    return result.model_copy(update={"message": message, "name": mask(clean(result.name), names)})


def _cause(
    job: Job, detail: JobDetail | None, action: Action | None = None, log_tail: Sequence[str] = ()
) -> Cause | None:
    signs = Signs(
        status=job.status,
        exit_code=action.exit_code if action else None,
        said=[message.message for message in detail.messages] if detail else (),
        printed=log_tail,
        contexts=contexts_of(detail),
        resource_class=(detail and detail.executor and detail.executor.resource_class) or "",
    )
    return cause_of(signs)


def contexts_of(detail: JobDetail | None) -> list[str]:
    """The names of the contexts that a job uses, once each."""
    return list(dict.fromkeys(context.name for context in detail.contexts if context.name)) if detail else []


def messages_of(detail: JobDetail | None, names: frozenset[str] = frozenset()) -> Iterator[str]:
    """CircleCI's own words about a job."""
    said = [message.message for message in detail.messages] if detail else []
    yield from (shortened(mask(clean(text), names).strip()) for text in dict.fromkeys(said) if text.strip())
