"""What is said in a card's thread when something happened: why it failed, what waits, how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import (
    action_blocks,
    cause_blocks,
    deploy_notice_blocks,
    hold_blocks,
    kit,
    pipeline_title,
    result_blocks,
    status_blocks,
)
from bot.blocks.failure_blocks import ALONE, AMONG_OTHERS, build_failed_job
from bot.circleci.explanation import Explanation
from bot.circleci.failure_causes import SETUP, find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.job_failure import FailedJob
from bot.circleci.links import Links
from bot.circleci.models import Job
from bot.circleci.rerun_verdict import judge_job, judge_run
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.command import format_line
from bot.domain import Outcome, OutcomeClass, OutcomeKind, ProjectSlug
from bot.language import N_, _, ngettext
from bot.language.formats import format_duration
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, as_quote, cut, escape
from bot.rules.hold_resolution import get_hold
from bot.untrusted.invisible_marks import to_one_line


def render(
    outcome: Outcome,
    snapshot: Snapshot,
    why: Explanation,
    *,
    links: Links,
    more: kit.Choices = (),
    by_card: bool = False,
) -> Message:
    """One outcome, told. `why` holds what is known of the failed jobs, and of what was mended; `more` joins its ⋯.

    Below its card (`by_card`) it leaves out whether a rerun is worth it: there stands the button.
    """
    if outcome.kind == OutcomeKind.ON_HOLD:
        return hold_blocks.render_waiting(
            hold_blocks.Hold(snapshot, outcome.project, *get_hold(snapshot, outcome.key)), links
        )
    if outcome.deploy:
        return deploy_notice_blocks.render(outcome, outcome.deploy, snapshot, links=links)
    headline = _headline(outcome, snapshot, links)
    return Message(
        headline, [kit.section(headline), *_body(outcome, snapshot, why, links=links, more=more, by_card=by_card)]
    )


def render_line(outcome: Outcome, snapshot: Snapshot, why: Explanation, *, links: Links) -> Message:
    """One outcome in one line, for a channel: what failed, how often in a row, and the failed tests or the reason.

    Of a recovery what was mended stands below it.
    Slack names the card above it, so that only its text, which a notification shows alone, names the pipeline too.
    """
    if outcome.deploy:
        return deploy_notice_blocks.render_line(outcome, outcome.deploy, snapshot, links=links)
    reason = _format_reason(outcome, snapshot, why)
    more = f": {reason}" if reason else ""
    shown = f"{_format_what(outcome, snapshot, links)}{more}"
    has_details = outcome.kind in _TOLD_IN_A_LINE
    fixed = "" if has_details else result_blocks.format_fixed(why.fixed, why.known)
    mended = [kit.section(fixed)] if fixed else []
    return Message(f"{_headline(outcome, snapshot, links)}{more}", [kit.section(shown), *mended])


def render_details(outcome: Outcome, snapshot: Snapshot, why: Explanation, *, links: Links) -> Message | None:
    """What that line leaves out, for the thread below it; None where it leaves out nothing, or is no failure's."""
    blocks = _body(outcome, snapshot, why, links=links, by_card=True) if outcome.kind in _TOLD_IN_A_LINE else []
    if not blocks:
        return None
    where = pipeline_title.format_pipeline(snapshot, outcome.project)
    if outcome.workflow:
        text = _("Why {workflow} of {pipeline} failed", workflow=escape(outcome.workflow), pipeline=where)
    else:
        text = _("Why {pipeline} failed", pipeline=where)
    return Message(text, blocks)


def render_ended(snapshot: Snapshot, project: ProjectSlug, user: str | None, *, links: Links) -> Message:
    """The pipeline is over: said to the person who asked for it, or to nobody in particular."""
    pipeline = snapshot.pipeline
    where = as_link(
        links.pipeline_url(project, pipeline.number),
        f"{pipeline_title.get_project_name(snapshot, project)} #{pipeline.number}",
    )
    label = status_blocks.get_label(snapshot.status)
    if snapshot.duration_s:
        span = format_duration(snapshot.duration_s)
        text = _("{pipeline} ended: *{status}* after {span}", pipeline=where, status=label, span=span)
    else:
        text = _("{pipeline} ended: *{status}*", pipeline=where, status=label)
    to = f"<@{user}> " if user else ""
    return Message(f"{to}{status_blocks.get_emoji(snapshot.status)} {text}")


def render_token_expired(links: Links) -> Message:
    """Told once, in a DM, when CircleCI no longer accepts somebody's token."""
    text = _(
        ":key: CircleCI no longer accepts the token that you connected (it was revoked, or it "
        "expired). Make a new one at {token_page} and connect again.",
        token_page=links.token_page,
    )
    return Message(
        text,
        [kit.section(text), kit.actions([kit.button(_("Connect CircleCI"), format_line("connect"), style="primary")])],
    )


def _headline(outcome: Outcome, snapshot: Snapshot, links: Links) -> str:
    pipeline = snapshot.pipeline
    name = escape(pipeline_title.get_project_name(snapshot, outcome.project))
    where = _(
        "{project} #{number} on {branch}",
        project=name,
        number=pipeline.number,
        branch=as_code(outcome.branch or outcome.tag or "?", 120),
    )
    if outcome.workflow_id is None:
        emoji, text = _WITHOUT_WORKFLOW[outcome.kind]
        return f"{emoji} {where}: {_(text)}"
    return f"{_format_what(outcome, snapshot, links)} — {where}"


def _format_what(outcome: Outcome, snapshot: Snapshot, links: Links) -> str:
    """What became of which workflow, where the pipeline is known."""
    if outcome.workflow_id is None:
        emoji, text = _WITHOUT_WORKFLOW[outcome.kind]
        return f"{emoji} {_(text)}"
    url = links.workflow_url(outcome.project, snapshot.pipeline.number, outcome.workflow_id)
    emoji, text = format_outcome(outcome, f"*{as_link(url, outcome.workflow)}*")
    return f"{emoji} {text}"


def format_outcome(outcome: Outcome, name: str, *, late: bool = False) -> tuple[str, str]:
    """An emoji, and how what has this `name` (mrkdwn) ended, with what that means beside; `late` is long after."""
    if outcome.deploy:
        return deploy_notice_blocks.format_deploy(outcome, outcome.deploy, name)
    if outcome.workflow_id is None:
        emoji, text = _WITHOUT_WORKFLOW[outcome.kind]
        return emoji, f"{name}: {_(text)}"
    if OutcomeClass.RECOVERED in outcome.classes:
        emoji, sentence = ":tada:", N_("{workflow} recovered")
    else:
        emoji, sentence = _SENTENCES[outcome.kind]
    if late and outcome.kind == OutcomeKind.ON_HOLD:
        sentence = N_("{workflow} wanted an approval")
    text, more = _(sentence, workflow=name), "; ".join(_meaning(outcome, late=late))
    return emoji, f"{text} ({more})" if more else text


def _meaning(outcome: Outcome, *, late: bool) -> Iterator[str]:
    if OutcomeClass.BROKE in outcome.classes:
        yield _("the first failure") if late else _("broke just now")
    if OutcomeClass.STILL_FAILING in outcome.classes:
        yield ngettext("{count} in a row", "{count} in a row", outcome.streak)
    if {OutcomeClass.STILL_FAILING, OutcomeClass.NEWLY_FAILING} <= outcome.classes:
        yield _("something else than last time")
    if OutcomeClass.FLAKY in outcome.classes:
        yield _("flaky: it passed on a rerun")
    if OutcomeClass.SLOW in outcome.classes and outcome.slowdown and outcome.busy_s:
        span, usual = format_duration(outcome.busy_s), format_duration(outcome.busy_s / outcome.slowdown)
        yield _("slow: {span}, where p95 is {usual}", span=span, usual=usual)


_WITHOUT_WORKFLOW = {
    OutcomeKind.ERRORED_CONFIG: (":x:", N_("CircleCI could not start its workflows")),
    OutcomeKind.EMPTY: (
        ":heavy_minus_sign:",
        N_("no workflow came of its config: all were filtered out, or its setup made none"),
    ),
}

_SENTENCES = {
    OutcomeKind.STARTED: (":large_blue_circle:", N_("{workflow} started")),
    OutcomeKind.ON_HOLD: (":raised_hand:", N_("{workflow} waits for approval")),
    OutcomeKind.PASSED: (":white_check_mark:", N_("{workflow} succeeded")),
    OutcomeKind.FAILED: (":x:", N_("{workflow} failed")),
    OutcomeKind.CANCELED: (":no_entry_sign:", N_("{workflow} canceled")),
    OutcomeKind.NOT_RUN: (":heavy_minus_sign:", N_("{workflow} not run")),
    OutcomeKind.ERRORED_CONFIG: (":no_entry:", N_("{workflow} could not run as configured")),
    OutcomeKind.UNAUTHORIZED: (
        ":lock:",
        N_("{workflow} is unauthorized: a job uses a context that the person who started it may not use"),
    ),
}


_TOLD_IN_A_LINE = {OutcomeKind.FAILED, OutcomeKind.ERRORED_CONFIG, OutcomeKind.UNAUTHORIZED}
_REASON = 160


def _format_reason(outcome: Outcome, snapshot: Snapshot, why: Explanation) -> str:
    """In a few words: the first failed tests, else the first failed job and its telling line, else what was refused."""
    if tests := result_blocks.format_test_names(why.jobs, why.known):
        return tests
    if outcome.workflow_id is None:
        return escape(cut(to_one_line(next((one.message for one in snapshot.pipeline.errors), "")), _REASON))
    if not why.jobs:
        return ""
    first, *others = why.jobs
    printed = first.first_error or next(iter(first.messages), "")
    told = escape(cut(to_one_line(printed), _REASON)) or (cause_blocks.format_what(first.cause) if first.cause else "")
    more = f", +{len(others)}" if others else ""
    return f"{as_code(first.job.name, 80)}{more}{f' — {told}' if told else ''}"


def _body(
    outcome: Outcome,
    snapshot: Snapshot,
    why: Explanation,
    *,
    links: Links,
    more: kit.Choices = (),
    by_card: bool = False,
) -> list[kit.Block]:
    if outcome.workflow_id is None:
        return _errors(snapshot)
    fixed = result_blocks.format_fixed(why.fixed, why.known)
    judged = not (by_card and len(why.jobs) == 1)
    jobs = [block for failed in why.jobs for block in _failed_job(failed, outcome, why, links=links, judged=judged)]
    rest = [*([kit.section(fixed)] if fixed else []), *_build_actions(outcome, snapshot, why, more)]
    return _join_rows(jobs, rest) if len(why.jobs) == 1 else [*jobs, *rest]


def _join_rows(job: list[kit.Block], rest: list[kit.Block]) -> list[kit.Block]:
    """With one row of buttons, that of the run: those of its only failed job stand in it before the last, the ⋯."""
    rows = job[-1:] + rest[-1:]
    if [row["type"] for row in rows] != ["actions", "actions"]:
        return [*job, *rest]
    *first, last = rows[1]["elements"]
    return [*job[:-1], *rest[:-1], {**rows[1], "elements": [*first, *rows[0]["elements"], last]}]


def _failed_job(
    failed: FailedJob, outcome: Outcome, why: Explanation, *, links: Links, judged: bool
) -> list[kit.Block]:
    room = ALONE if len(why.jobs) < 2 else AMONG_OTHERS
    verdict = judge_job(failed, why.known, outcome.pipeline_number)
    url = _url(failed.job, outcome, links)
    return build_failed_job(failed, outcome.project, url, known=why.known, room=room, verdict=verdict, judged=judged)


def _url(job: Job, outcome: Outcome, links: Links) -> str | None:
    if job.job_number is None or outcome.workflow_id is None:
        return None
    return links.job_url(outcome.project, outcome.pipeline_number, outcome.workflow_id, job_number=job.job_number)


def _build_actions(outcome: Outcome, snapshot: Snapshot, why: Explanation, more: kit.Choices) -> list[kit.Block]:
    """What one can do about a failed run, at one tap."""
    run = next((run for run in snapshot.workflows if run.workflow.id == outcome.workflow_id), None)
    if run is None or outcome.kind not in {OutcomeKind.FAILED, OutcomeKind.UNAUTHORIZED}:
        return []
    verdict = judge_run(run, why, outcome.pipeline_number)
    setup = [kit.section(cause_blocks.format_cause(SETUP))] if run.workflow.is_setup else []
    worth = verdict.rerun if verdict else None
    return [*setup, kit.actions(list(_build_buttons(run, more, worth=worth)))]


def _build_buttons(run: WorkflowRun, more: kit.Choices, *, worth: bool | None) -> Iterator[kit.Pressable]:
    """The rerun, unless it is not `worth` it (None: nobody knows); what is needed seldom is behind ⋯."""
    workflow = run.workflow
    known, vain = [workflow.id], [workflow.id] if worth is False else []
    yield from action_blocks.build_rerun_failed_buttons([workflow], known if worth else (), vain=vain)
    again = action_blocks.list_vain_choices([workflow], vain, workflow.pipeline_id)
    ran = [job for job in run.failed_jobs if job.job_number][:5]
    ssh = [(_("Rerun with SSH"), format_line("rerun", workflow.id, jobs=[job.id for job in ran], ssh=True))]
    compare = format_line("compare", workflow.id)
    if not (ran or more or again):
        yield kit.button(_("Compare with Last Green"), compare)
        return
    choices = [*again, *(ssh if ran else []), (_("Compare with the last green run"), compare), *more]
    yield from filter(None, [kit.overflow(choices)])


def _errors(snapshot: Snapshot) -> list[kit.Block]:
    errors = [as_quote(error.message, 800) for error in snapshot.pipeline.errors[:3]]
    why = find_cause(Signs(refused=[error.type for error in snapshot.pipeline.errors]))
    judged = [cause_blocks.format_verdict(why.verdict)] if why and why.verdict else []
    told = [cause_blocks.format_cause(why), *judged] if why else []
    return [kit.section("\n".join([*errors, *told]))] if errors else []
