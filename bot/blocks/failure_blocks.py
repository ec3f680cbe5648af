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
from bot.language import _
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
) -> list[kit.Block]:
    """One failed job. `url` is its page in CircleCI, `known` what is known of its tests from earlier runs."""
    tests = cut(format_failed_tests(failed, known, TESTS_SHOWN), room.tests)
    log = () if _is_told_by_tests(failed) or not room.log else failed.telling
    return [
        kit.section(cut("\n".join(_lines(failed, url, verdict, quoted=not (log or failed.tests))), room.lines)),
        *([kit.section(tests)] if tests else []),
        *([kit.section(as_code_block(log, room.log))] if log else []),
        *_row(list(_buttons(failed, project, url))),
    ]


def _is_told_by_tests(failed: FailedJob) -> bool:
    """The log's reason is one of the failed tests, whose message stands there anyway."""
    said = failed.first_error or ""
    return any((test.name and test.name in said) or (said and said in test.message) for test in failed.tests)


def _lines(failed: FailedJob, url: str | None, verdict: Verdict | None, *, quoted: bool) -> Iterator[str]:
    """With the telling line `quoted` where nothing else shows it."""
    job = failed.job
    name = as_link(url, job.name) if url else as_code(job.name, 100)
    step = _(", step {step}", step=as_code(failed.step, 100)) if failed.step else ""
    exit_code = _(" (exit code {exit_code})", exit_code=failed.exit_code) if failed.exit_code is not None else ""
    yield (
        _(
            ":small_red_triangle: Job *{name}* {label}{step}{exit_code}{nodes}",
            name=name,
            label=status_blocks.get_label(job.status),
            step=step,
            exit_code=exit_code,
            nodes=format_nodes(failed),
        )
    )
    if failed.cause:
        yield cause_blocks.format_cause(failed.cause)
    if verdict:
        yield cause_blocks.format_verdict(verdict)
    yield from (as_quote(message, 400) for message in failed.messages[:5])
    if failed.first_error and quoted:
        yield as_quote(failed.first_error, 400)


def format_nodes(failed: FailedJob) -> str:
    """`, on 1 of 4 nodes (node 2)`; nothing for a job that ran on one node."""
    if failed.parallelism < 2 or not failed.nodes:
        return ""
    if len(failed.nodes) >= failed.parallelism:
        return _(", on all {parallelism} nodes", parallelism=failed.parallelism)
    named = ", ".join(map(str, failed.nodes[:10])) + (", …" if len(failed.nodes) > 10 else "")
    plural = "s" if len(failed.nodes) > 1 else ""
    return _(
        ", on {count} of {parallelism} nodes (node{plural} {named})",
        count=len(failed.nodes),
        parallelism=failed.parallelism,
        plural=plural,
        named=named,
    )


def _buttons(failed: FailedJob, project: ProjectSlug, url: str | None) -> Iterator[ButtonElement]:
    number = failed.job.job_number
    if number is None:
        return
    if failed.tests:
        if url:
            yield kit.link_button(_("Open Test") if failed.tests_failed == 1 else _("Open Tests"), f"{url}/tests")
        if failed.tests_failed > TESTS_SHOWN:
            yield kit.button(
                _("Show All {tests_failed} Failed Tests", tests_failed=failed.tests_failed),
                format_line("tests", str(project), "job", str(number)),
            )
    if failed.step:
        yield kit.button(_("Show Log"), format_line("logs", str(project), "job", str(number)))


def _row(buttons: Sequence[ButtonElement]) -> list[kit.Block]:
    return [kit.actions(buttons)] if buttons else []
