"""One job: how it ended and where it ran, its steps with their durations, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.blocks import action_blocks, cause_blocks, kit, status_blocks
from bot.circleci.failure_causes import Cause
from bot.circleci.job_steps import has_failed
from bot.circleci.models import JobDetail, JobStep, Pipeline, StepAction
from bot.command import format_line
from bot.domain import ProjectSlug
from bot.language import _, ngettext
from bot.language.formats import format_duration, format_number
from bot.line import Written
from bot.mrkdwn import as_code, as_link, as_quote, cut, escape

_STEPS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class JobReport:
    """All that is drawn of a job. `rerun` names it to its workflow, `ssh_command` is how to reach it.

    `commands` are the words that somebody answers, so that no button says another.
    """

    project: ProjectSlug
    number: int
    detail: JobDetail
    url: str
    ended: bool
    pipeline: Pipeline
    steps: Sequence[JobStep] = ()
    nodes: tuple[int, ...] = ()
    messages: Sequence[str] = ()
    cause: Cause | None = None
    ssh_command: str | None = None
    rerun: str = ""
    commands: frozenset[str] = field(default=frozenset())


def render(shown: JobReport) -> list[kit.Block]:
    """The job as blocks."""
    told = list(_format_reasons(shown))
    steps = "\n".join(_steps(shown))
    return [
        kit.section(format_title(shown), kit.overflow(list(_list_choices(shown)))),
        kit.fields(_facts(shown)),
        *([kit.section("\n".join(told))] if told else []),
        *([kit.section(cut(steps, 2900))] if steps else []),
        kit.actions(list(_buttons(shown))),
    ]


def format_title(shown: JobReport) -> str:
    """`:x: *test (job 12)* of build-and-test, #341 on main — *failed* · 3m 12s`."""
    detail = shown.detail
    took = f" · {format_duration(detail.duration_s)}" if detail.duration_s is not None else ""
    word = status_blocks.get_label(detail.status)
    return f"{status_blocks.get_emoji(detail.status)} {_format_place(shown)} — *{word}*{took}"


def _format_place(shown: JobReport) -> str:
    workflow = shown.detail.latest_workflow
    job = as_link(shown.url, _("{job} (job {number})", job=shown.detail.name, number=shown.number))
    number, ref = shown.pipeline.number, as_code(shown.pipeline.ref or "?", 100)
    if not (workflow and workflow.name):
        return _("*{job}*, #{number} on {ref}", job=job, number=number, ref=ref)
    named = as_code(workflow.name, 80)
    return _("*{job}* of {workflow}, #{number} on {ref}", job=job, workflow=named, number=number, ref=ref)


def _facts(shown: JobReport) -> Iterator[str]:
    detail = shown.detail
    executor = detail.executor
    if executor and executor.resource_class:
        kind = f" ({escape(executor.type)})" if executor.type else ""
        where = f"{as_code(executor.resource_class, 80)}{kind}"
        yield _("*Ran on*\n{resource_class}", resource_class=where)
    yield _("*Nodes*\n{nodes}", nodes=_nodes(shown))
    if contexts := [context.name for context in detail.contexts if context.name]:
        yield _("*Contexts*\n{contexts}", contexts=", ".join(as_code(name, 80) for name in contexts[:10]))
    waited_s = (detail.started_at - detail.queued_at).total_seconds() if detail.queued_at and detail.started_at else 0
    if waited_s >= 1:
        yield _("*Waited*\n{duration}", duration=format_duration(waited_s))


def _nodes(shown: JobReport) -> str:
    total = shown.detail.parallelism or 1
    if total == 1 or not shown.nodes:
        return format_number(total)
    if len(shown.nodes) == total:
        return _("{count}, all of which failed", count=format_number(total))
    failed = ", ".join(_("node {number}", number=index) for index in shown.nodes[:20])
    return _("{count}; failed: {nodes}", count=format_number(total), nodes=failed)


def _format_reasons(shown: JobReport) -> Iterator[str]:
    if shown.cause:
        yield cause_blocks.format_cause(shown.cause)
        if shown.cause.verdict:
            yield cause_blocks.format_verdict(shown.cause.verdict)
    yield from (as_quote(message, 400) for message in shown.messages[:5])
    if shown.ssh_command:
        yield _(
            ":computer: Connect with {command} (with the SSH key that CircleCI has of you).",
            command=as_code(shown.ssh_command),
        )


def _steps(shown: JobReport) -> Iterator[str]:
    """Each step with how long its slowest node took; of very many those around the end."""
    if len(shown.steps) > _STEPS_SHOWN:
        yield ngettext("…{count} step before", "…{count} steps before", len(shown.steps) - _STEPS_SHOWN)
    for step in shown.steps[-_STEPS_SHOWN:]:
        if step.actions:
            yield _step(step, [action for action in step.actions if has_failed(action)])


def _step(step: JobStep, failed: Sequence[StepAction]) -> str:
    last = failed[0] if failed else step.actions[-1]
    name = cut(escape(step.name), 100)
    told = " · ".join([f"*{name}*" if failed else name, *_format_step_facts(step, failed)])
    return f"{status_blocks.get_emoji(last.status)} {told}"


def _format_step_facts(step: JobStep, failed: Sequence[StepAction]) -> Iterator[str]:
    spent = [action.run_time_millis for action in step.actions if action.run_time_millis is not None]
    if spent:
        yield format_duration(max(spent) / 1000)
    if failed and failed[0].exit_code is not None:
        yield _("exit code {number}", number=failed[0].exit_code)
    if failed and len(step.actions) > 1:
        nodes = ", ".join(str(each.index) for each in failed[:10])
        yield ngettext("on node {nodes}", "on nodes {nodes}", len(failed), nodes=nodes)


def _buttons(shown: JobReport) -> Iterator[kit.Pressable]:
    """What to do about it, then where it tells more; the rest is behind ⋯."""
    again, worth = _build_rerun_line(shown), _get_worth(shown)
    if not shown.ended:
        said = format_line("cancel", str(shown.project), job=str(shown.number))
        yield action_blocks.build_cancel_job_button(shown.detail.name, said)
    elif again:
        yield from action_blocks.build_rerun_job_buttons(shown.detail.name, again, worth=worth)
    style = "primary" if worth is False else None
    yield kit.button(_("Show Log"), format_line("logs", str(shown.project), "job", str(shown.number)), style=style)


def _build_rerun_line(shown: JobReport) -> Written | None:
    """None of what runs yet, or is of no workflow that we know."""
    workflow = shown.detail.latest_workflow
    if not (shown.ended and workflow and shown.rerun):
        return None
    return format_line("rerun", workflow.id or "", jobs=[shown.rerun])


def _get_worth(shown: JobReport) -> bool | None:
    """Whether a rerun is worth it; None where nobody knows."""
    verdict = shown.cause and shown.cause.verdict
    return verdict.rerun if verdict else None


def _list_choices(shown: JobReport) -> Iterator[tuple[str, Written]]:
    for label, name in ((_("Test results"), "tests"), (_("Artifacts"), "artifacts")):
        if name in shown.commands or name == "tests":
            yield label, format_line(name, str(shown.project), "job", str(shown.number))
    if _get_worth(shown) is False and (again := _build_rerun_line(shown)):
        yield _("Rerun job"), again
    yield _("The whole pipeline"), format_line("pipeline", shown.pipeline.id)
