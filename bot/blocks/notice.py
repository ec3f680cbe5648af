"""What is said in a card's thread when something happened: why it failed, what waits, how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import card, kit, status
from bot.circleci.failure import FailedJob
from bot.circleci.links import Links
from bot.circleci.models import TestResult
from bot.circleci.snapshot import Snapshot
from bot.domain import Message, Outcome, ProjectSlug
from bot.mrkdwn import code, cut, escape, link, preformatted

_TESTS_SHOWN = 5


def notice(outcome: Outcome, snapshot: Snapshot, why: Sequence[FailedJob], links: Links) -> Message:
    """One outcome, told. `why` holds what is known of the failed jobs."""
    headline = _headline(outcome, snapshot, links)
    return Message(headline, [kit.section(headline), *_body(outcome, snapshot, why, links)])


def ended(snapshot: Snapshot, project: ProjectSlug, user: str, links: Links) -> Message:
    """The pipeline is over: said to the person who started it."""
    pipeline = snapshot.pipeline
    where = link(links.pipeline(project, pipeline.number), f"{card.name_of(snapshot, project)} #{pipeline.number}")
    took = f" after {status.duration(snapshot.duration_s)}" if snapshot.duration_s else ""
    return Message(f"<@{user}> {status.emoji(snapshot.status)} {where} ended: *{status.word(snapshot.status)}*{took}")


def token_expired(links: Links) -> Message:
    """Told once, in a DM, when CircleCI no longer accepts somebody's token."""
    text = (
        ":key: CircleCI no longer accepts the token that you connected (it was revoked, or it expired). Make a new one "
        f"at {links.token_page} and connect again."
    )
    return Message(text, [kit.section(text), kit.actions([kit.button("Connect CircleCI", "connect", style="primary")])])


def _headline(outcome: Outcome, snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    name = escape(card.name_of(snapshot, outcome.project))
    where = f"{name} #{pipeline.number} on {code(outcome.branch or outcome.tag or '?', 120)}"
    if outcome.workflow_id is None:
        return f"{status.emoji(outcome.status)} {where}: {_WITHOUT_WORKFLOW[outcome.kind]}"
    workflow = link(links.workflow(outcome.project, pipeline.number, outcome.workflow_id), outcome.workflow)
    emoji, words = _WORDS.get(outcome.kind, (status.emoji(outcome.status), status.word(outcome.status)))
    return f"{emoji} *{workflow}* {words} — {where}"


_WITHOUT_WORKFLOW = {
    "errored-config": "CircleCI could not start it",
    "empty": "no workflows ran (everything was filtered out)",
}

_WORDS = {
    "recovered": (":tada:", "recovered"),
    "on-hold": (":raised_hand:", "waits for approval"),
    "passed": (":white_check_mark:", "succeeded"),
    "errored-config": (":no_entry:", "could not run as configured"),
    "unauthorized": (":lock:", "is unauthorized: a job uses a context that whoever started it may not use"),
}


def _body(outcome: Outcome, snapshot: Snapshot, why: Sequence[FailedJob], links: Links) -> list[kit.Block]:
    if outcome.workflow_id is None:
        return _errors(snapshot)
    if outcome.kind == "on-hold":
        return _holds(outcome, snapshot)
    return [block for failed in why[:3] for block in _failed_job(failed, outcome, links)]


def _errors(snapshot: Snapshot) -> list[kit.Block]:
    errors = [f"> {cut(escape(error.message), 800)}" for error in snapshot.pipeline.errors[:3]]
    return [kit.section("\n".join(errors))] if errors else []


def _holds(outcome: Outcome, snapshot: Snapshot) -> list[kit.Block]:
    held = [(workflow, job) for workflow, job in snapshot.held if outcome.key.endswith(job.id)]
    return [kit.actions([card.approve_button(workflow, job) for workflow, job in held])] if held else []


def _failed_job(failed: FailedJob, outcome: Outcome, links: Links) -> list[kit.Block]:
    return [
        kit.section("\n".join(_job_lines(failed, outcome, links))),
        *([kit.section(_tests(failed))] if failed.tests else []),
        *([kit.section(preformatted(failed.log_tail, 2400))] if failed.log_tail else []),
    ]


def _job_lines(failed: FailedJob, outcome: Outcome, links: Links) -> list[str]:
    job = failed.job
    name = code(job.name, 100)
    if job.job_number and outcome.workflow_id:
        url = links.job(outcome.project, outcome.pipeline_number, outcome.workflow_id, job.job_number)
        name = f"{link(url, job.name)}"
    step = f", step {code(failed.step, 100)}" if failed.step else ""
    exit_code = f" (exit code {failed.exit_code})" if failed.exit_code is not None else ""
    lines = [f":small_red_triangle: Job *{name}* {status.word(job.status)}{step}{exit_code}"]
    lines += [f"> {cut(escape(message), 400)}" for message in failed.messages]
    if failed.first_error and not failed.tests:
        lines.append(f"> {cut(escape(failed.first_error), 400)}")
    return lines


def _tests(failed: FailedJob) -> str:
    shown = [_test(test) for test in failed.tests[:_TESTS_SHOWN]]
    rest = failed.tests_failed - len(shown)
    more = [f"…and {rest} more"] if rest > 0 else []
    plural = "s" if failed.tests_failed != 1 else ""
    return "\n".join([f"*{failed.tests_failed} failed test{plural}*", *shown, *more])


def _test(test: TestResult) -> str:
    where = f" — {code(test.file, 120)}" if test.file else ""
    message = f"\n> {cut(escape(' '.join(test.message.split())), 300)}" if test.message else ""
    return f"• *{cut(escape(test.name or '?'), 150)}*{where}{message}"
