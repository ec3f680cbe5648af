"""Why a job failed, drawn: what kind of failure it was, where, and the failed tests or the lines that tell why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import cause_blocks, kit, status_blocks
from bot.blocks.result_blocks import format_failed_tests
from bot.circleci.explanation import FailureHistory
from bot.circleci.failure_kinds import Verdict
from bot.circleci.job_failure import FailedJob
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.mrkdwn import as_code, as_code_block, as_link, as_quote, cut

TESTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FailureBudget:
    """How many characters each part may take: Slack takes some 12,000 in one message."""

    lines: int
    tests: int
    log: int


ALONE = FailureBudget(lines=2900, tests=2900, log=2400)
AMONG_OTHERS = FailureBudget(lines=1200, tests=1300, log=0)


def build_failed_job(
    failed: FailedJob,
    project: ProjectSlug,
    url: str | None,
    *,
    known: FailureHistory,
    room: FailureBudget = ALONE,
    verdict: Verdict | None = None,
    judged: bool = True,
) -> list[kit.Block]:
    """One failed job. `url` is its page in CircleCI, `known` what is known of its tests from earlier runs.

    The `verdict` says which of its buttons is the main one; in words it is said where it is `judged` here.
    """
    told = verdict if judged else None
    tests = cut(format_failed_tests(failed, known, TESTS_SHOWN), room.tests)
    log = () if _is_told_by_tests(failed) or not room.log else failed.telling
    return [
        kit.section(cut("\n".join(_lines(failed, url, told, quoted=not (log or failed.tests))), room.lines)),
        *([kit.section(tests)] if tests else []),
        *([kit.section(as_code_block(log, room.log))] if log else []),
        *_row(list(_buttons(failed, project, url, main=room == ALONE and bool(verdict and not verdict.rerun)))),
    ]


def _is_told_by_tests(failed: FailedJob) -> bool:
    """The log's reason is one of the failed tests, whose message stands there anyway."""
    said = failed.first_error or ""
    return any((test.name and test.name in said) or (said and said in test.message) for test in failed.tests)


def _lines(failed: FailedJob, url: str | None, verdict: Verdict | None, *, quoted: bool) -> Iterator[str]:
    """With the telling line `quoted` where nothing else shows it."""
    job = failed.job
    name = as_link(url, job.name) if url else as_code(job.name, 100)
    status = status_blocks.get_label(job.status)
    head = _(":small_red_triangle: Job *{job}* {status}", job=name, status=status)
    yield ", ".join(filter(None, [head, _format_step(failed), format_nodes(failed)]))
    if failed.cause:
        yield cause_blocks.format_cause(failed.cause)
    if verdict:
        yield cause_blocks.format_verdict(verdict)
    yield from (as_quote(message, 400) for message in failed.messages[:5])
    if failed.first_error and quoted:
        yield as_quote(failed.first_error, 400)


def _format_step(failed: FailedJob) -> str:
    step, code = as_code(failed.step, 100) if failed.step else "", failed.exit_code
    if step and code is not None:
        return _("step {step} (exit code {exit_code})", step=step, exit_code=code)
    if step:
        return _("step {step}", step=step)
    return "" if code is None else _("exit code {exit_code}", exit_code=code)


def format_nodes(failed: FailedJob) -> str:
    """`on 1 of 4 nodes (node 2)`; nothing for a job that ran on one node."""
    if failed.parallelism < 2 or not failed.nodes:
        return ""
    if len(failed.nodes) >= failed.parallelism:
        return _("on all {count} nodes", count=failed.parallelism)
    return ngettext(
        "on {count} of {total} nodes (node {numbers})",
        "on {count} of {total} nodes (nodes {numbers})",
        len(failed.nodes),
        total=failed.parallelism,
        numbers=", ".join(map(str, failed.nodes[:10])) + (", …" if len(failed.nodes) > 10 else ""),
    )


def _buttons(failed: FailedJob, project: ProjectSlug, url: str | None, *, main: bool) -> Iterator[ButtonElement]:
    """Its log is the `main` act where nothing but a mend helps."""
    number = failed.job.job_number
    if number is None:
        return
    log = kit.button(
        _("Show Log"), format_line("logs", str(project), "job", str(number)), style="primary" if main else None
    )
    if failed.step and main:
        yield log
    if failed.tests:
        if url:
            yield kit.link_button(_("Open Test") if failed.tests_failed == 1 else _("Open Tests"), f"{url}/tests")
        if failed.tests_failed > TESTS_SHOWN:
            yield kit.button(
                _("Show All {count} Failed Tests", count=format_number(failed.tests_failed)),
                format_line("tests", str(project), "job", str(number)),
            )
    if failed.step and not main:
        yield log


def _row(buttons: Sequence[ButtonElement]) -> list[kit.Block]:
    return [kit.actions(buttons)] if buttons else []
