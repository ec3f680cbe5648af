"""The card: one message per pipeline and channel that shows its current state, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import OverflowMenuElement

from bot.blocks import (
    action_blocks,
    cause_blocks,
    deed_blocks,
    freeze_words,
    kit,
    left_out,
    looking_blocks,
    person_blocks,
    pipeline_title,
    release_blocks,
    run_blocks,
    status_blocks,
)
from bot.blocks.run_blocks import RunContext
from bot.circleci.failure_causes import find_cause
from bot.circleci.failure_kinds import Signs
from bot.circleci.links import Links
from bot.circleci.models import Pipeline, Workflow
from bot.circleci.rerun_verdict import list_vain
from bot.circleci.snapshot import Snapshot
from bot.circleci.urgency import sort_by_urgency
from bot.command import format_line
from bot.domain import BAD, ProjectSlug
from bot.language import N_, _, ngettext
from bot.language.formats import format_duration
from bot.line import Written
from bot.messages import AuditEntry, Looker, Message
from bot.mrkdwn import as_code, as_link, as_quote, cut, escape
from bot.rules import trigger_types
from bot.rules.project_freeze import Freeze

_ROOM_OF_ERRORS, _ROOM_OF_DEEDS = 2000, 1200
_LEFT = N_(":hourglass: I no longer follow this pipeline: CircleCI shows its current state.")
_IN_SIGHT = 4
"""Buttons; what else can be done stands behind ⋯."""


@dataclass(frozen=True, slots=True)
class CardContext:
    """What a card says beside its pipeline.

    `entries` are what people did to it, oldest first. One that is no longer `followed` before it ended says so, and
    shows nothing that may no longer be true. One that is `over` shrinks to two lines, unless something went wrong: then
    it names the `lookers`, who are on it, until the branch has `passed_since` with the pipeline of that number. A
    `freeze` that holds is said.
    """

    project: ProjectSlug
    links: Links
    entries: Sequence[AuditEntry] = ()
    followed: bool = True
    over: bool = False
    lookers: Sequence[Looker] = ()
    passed_since: int | None = None
    freeze: Freeze | None = None


def render_card(snapshot: Snapshot, context: CardContext, *, room: int = kit.ROOM) -> Message:
    """The whole pipeline as one message. Pure: the same snapshot gives the same card.

    What it may weigh (`room`) is spent on what went wrong and what waits first; the rest is counted.
    """
    done = context.over and _is_done(snapshot, context)
    entries = _select_entries(context.entries, most=2 if done else 3)
    origin, history = _origin(snapshot.pipeline, context.entries), _list_history(entries)
    told = tuple(entry.text for entry in entries[-len(history) :]) if history else ()
    title = _build_title(snapshot, context, told, done=done)
    runs = RunContext(snapshot, context.project, context.links, told)
    deploys = release_blocks.build_lines(snapshot, context.project, followed=context.followed)
    if done:
        begin = 1 if told and deed_blocks.is_start(told[0]) else 0
        parts = [origin, *history[:begin], *run_blocks.list_decisions(runs), *history[begin:]]
        text = " · ".join(filter(None, parts))
        return Message(_summary(snapshot, context), [title, *kit.build_notes(text), *deploys])
    head = [title, *kit.build_notes(origin), *_errors(snapshot), *deploys]
    foot = [
        *([kit.context(left_out.format_note(snapshot.unread_count))] if snapshot.unread_count else []),
        *([] if context.followed else [kit.context(_(_LEFT))]),
        *([kit.context(freeze_words.format_freeze(context.freeze))] if context.freeze else []),
        *_build_row(snapshot, context),
        *kit.build_notes("\n".join(history)),
    ]
    body = run_blocks.build_sections(runs, room=room - kit.count_chars([*head, *foot]))
    return Message(_summary(snapshot, context), kit.keep_one_primary([*head, *body, *foot]))


def _is_done(snapshot: Snapshot, context: CardContext) -> bool:
    """Whether nothing is to be said but how it ended."""
    well = snapshot.status not in BAD | {"errored"} and not snapshot.unread_count
    return well or context.passed_since is not None


def _build_title(snapshot: Snapshot, context: CardContext, told: Sequence[str], *, done: bool) -> kit.Block:
    """Who canceled it is named once: in what is `told` of people, else at the workflows, else here."""
    looking = looking_blocks.format_lookers(context.lookers) if _has_failed(snapshot) else ""
    state = _format_state(snapshot, by=done and not any(map(deed_blocks.is_cancel, told)))
    lines = [_title(snapshot, context, state), "" if done else looking]
    return kit.section("\n".join(filter(None, lines)), _build_menu(snapshot, context))


def _title(snapshot: Snapshot, context: CardContext, state: str) -> str:
    pipeline = snapshot.pipeline
    where = as_link(
        context.links.pipeline_url(context.project, pipeline.number),
        f"{pipeline_title.get_project_name(snapshot, context.project)} #{pipeline.number}",
    )
    name = _("*{pipeline}* on {branch}", pipeline=where, branch=as_code(pipeline.ref or "?", 120))
    took = f" · {format_duration(snapshot.duration_s)}" if context.over and snapshot.duration_s else ""
    passed = f" · {_format_pass(context)}" if context.over and context.passed_since else ""
    return f"{status_blocks.get_emoji(snapshot.status)} {name} — {state}{took}{passed}"


def _format_pass(context: CardContext) -> str:
    number = context.passed_since or 0
    pipeline = as_link(context.links.pipeline_url(context.project, number), f"#{number}")
    return _("passed since: {pipeline}", pipeline=pipeline)


def _format_state(snapshot: Snapshot, *, by: bool) -> str:
    """Of a canceled pipeline with who did it (`by`), where that is one person."""
    ids = {run.workflow.canceled_by for run in snapshot.get_newest_runs() if run.workflow.status == "canceled"}
    who = person_blocks.format_known_name(ids.pop(), snapshot.names) if by and len(ids) == 1 else ""
    if snapshot.status == "canceled" and who:
        return _("*canceled* by {who}", who=who)
    return f"*{status_blocks.get_label(snapshot.status)}*"


def _summary(snapshot: Snapshot, context: CardContext) -> str:
    pipeline = snapshot.pipeline
    values = {
        "project": escape(pipeline_title.get_project_name(snapshot, context.project)),
        "number": pipeline.number,
        "branch": cut(escape(pipeline.ref or "?"), 120),
        "status": status_blocks.get_label(snapshot.status),
    }
    if snapshot.pending_holds:
        return _("{project} #{number} on {branch}: {status}, waits for an approval", **values)
    return _("{project} #{number} on {branch}: {status}", **values)


def _origin(pipeline: Pipeline, entries: Sequence[AuditEntry]) -> str:
    """The author is named unless they are the starter, who is named behind."""
    starter = _format_starter(pipeline, entries)
    by_same = bool(starter) and person_blocks.is_author_starter(pipeline)
    return " · ".join(filter(None, [pipeline_title.format_commit(pipeline, with_author=not by_same), starter]))


def _format_starter(pipeline: Pipeline, entries: Sequence[AuditEntry]) -> str:
    """Who started it, unless that was done through us and is among the entries."""
    if any(deed_blocks.is_start(entry.text) for entry in entries) or not pipeline.actor_login:
        return ""
    who, trigger = person_blocks.format_login(pipeline.actor_login), pipeline.trigger_type
    family = trigger_types.find_family(trigger)
    if not family and trigger:
        return _("started by {who} ({trigger})", trigger=cut(escape(trigger), 40), who=who)
    return _(_STARTED[family.name] if family else N_("started by {who}"), who=who)


_STARTED = {"webhook": N_("push by {who}"), "schedule": N_("schedule by {who}"), "api": N_("API by {who}")}


def _errors(snapshot: Snapshot) -> list[kit.Block]:
    errors = snapshot.pipeline.errors
    if not errors:
        return []
    if snapshot.setup_id:
        head = _(":no_entry: CircleCI refused what the setup workflow made:")
    else:
        head = _(":no_entry: CircleCI could not start this pipeline:")
    lines = "\n".join(as_quote(f"{error.type}: {error.message}", 500) for error in errors[:5])
    why = find_cause(Signs(refused=[error.type for error in errors]))
    helps = f"\n{cause_blocks.format_cause(why)}" if why else ""
    return [kit.section(f"{head}\n{cut(lines, _ROOM_OF_ERRORS)}{helps}")]


def _select_entries(entries: Sequence[AuditEntry], *, most: int) -> Sequence[AuditEntry]:
    """Who started it, and what was done last."""
    start = [entry for entry in entries[:-most] if deed_blocks.is_start(entry.text)][:1]
    return [*start, *entries[-most:][len(start) :]]


def _list_history(entries: Sequence[AuditEntry]) -> list[str]:
    """The last ones that there is room for."""
    told = [_format_entry(entry) for entry in entries]
    return kit.take_fitting(_ROOM_OF_DEEDS, told[::-1])[::-1]


def _format_entry(entry: AuditEntry) -> str:
    who, ago = person_blocks.format_user(entry.user), status_blocks.format_ago(entry.done_at)
    return deed_blocks.format_deed_by(entry.text, who, ago)


def _build_row(snapshot: Snapshot, context: CardContext) -> list[kit.Block]:
    """The buttons that mean something now, what somebody has to do before all."""
    waiting = _take_out_decided(snapshot, context.entries)
    buttons = list(_build_buttons(waiting, context))[:_IN_SIGHT] if context.followed else []
    return [kit.actions(buttons, "acts")] if buttons else []


def _take_out_decided(snapshot: Snapshot, entries: Sequence[AuditEntry]) -> Snapshot:
    """Without holds that somebody just decided through us: CircleCI takes some seconds to say so.

    A deed has a hold's name alone: it counts where one hold of this name waits, and its workflow is no later rerun.
    """
    names = [job.name for _workflow, job in snapshot.pending_holds]
    decided = {
        job.id: job.model_copy(update={"status": "canceled"})
        for workflow, job in snapshot.pending_holds
        if names.count(job.name) == 1
        and any(deed_blocks.is_decision(one.text, as_code(job.name, 80)) for one in _list_since(workflow, entries))
    }
    runs = [
        run.model_copy(update={"jobs": tuple(decided.get(job.id, job) for job in run.jobs or ()) or run.jobs})
        for run in snapshot.workflows
    ]
    return snapshot.model_copy(update={"workflows": tuple(runs)}) if decided else snapshot


def _list_since(workflow: Workflow, entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    return [one for one in entries if workflow.created_at is None or one.done_at >= workflow.created_at]


def _build_buttons(snapshot: Snapshot, context: CardContext) -> Iterator[kit.Pressable]:
    """What is green has no button, and what cannot be canceled by one press has one behind ⋯."""
    workflows = sort_by_urgency(run.workflow for run in snapshot.get_newest_runs())
    held, failed = snapshot.pending_holds, [one for one in workflows if one.status == "failed"]
    vain = list_vain(snapshot)
    worth = [one.id for one in failed if one.id not in vain]
    most = _count_shown(len(held), len(failed))
    yield from action_blocks.build_approve_buttons(snapshot, most=most)
    yield from action_blocks.build_rerun_failed_buttons(failed, worth, of=snapshot.pipeline.id, vain=vain, most=most)
    yield from _build_look_button(snapshot, context, main=bool(failed) and not (worth or held))
    if _has_failed(snapshot):
        yield looking_blocks.build_looking_button(snapshot.pipeline.id, taken=bool(context.lookers))
    yield from action_blocks.build_cancel_buttons(snapshot)


def _build_look_button(snapshot: Snapshot, context: CardContext, *, main: bool) -> Iterator[kit.Pressable]:
    """Where it tells why: the `main` act where a rerun is not worth it."""
    style = "primary" if main else None
    if job := next((job for job in snapshot.failed_jobs if job.job_number), None):
        said = format_line("logs", str(context.project), "job", str(job.job_number))
        yield kit.button(_("Show Log"), said, style=style)
    elif main:
        yield kit.button(_("Why Did It Fail"), format_line("why", snapshot.pipeline.id), style=style)


def _has_failed(snapshot: Snapshot) -> bool:
    """Whether somebody has to look into it."""
    return snapshot.status in BAD or bool(snapshot.failed_jobs)


def _count_shown(held: int, failed: int) -> int:
    """How many of a kind have a button of their own: the way to the others needs one too."""
    if held and failed:
        return 1
    return 3 if max(held, failed) <= 3 else 2


def _build_menu(snapshot: Snapshot, context: CardContext) -> OverflowMenuElement | None:
    return kit.overflow(list(_list_choices(snapshot, context))) if context.followed else None


def _list_choices(snapshot: Snapshot, context: CardContext) -> Iterator[tuple[str, Written]]:
    """The ways to look closer, and a rerun that is not worth it; everything else that can be done is there.

    Nothing is asked before what is chosen behind ⋯: *Decline…* shows the holds, each with the button that asks.
    """
    pipeline = snapshot.pipeline.id
    workflows = [run.workflow for run in snapshot.get_newest_runs()]
    passed = context.passed_since is not None
    vain = () if passed else action_blocks.list_vain_choices(workflows, list_vain(snapshot), pipeline)
    if len(held := {workflow.id for workflow, _job in snapshot.pending_holds}) == 1:
        yield _("Decline…"), format_line("jobs", held.pop())
    if count := len(workflows):
        yield ngettext("The workflow", "All {count} workflows", count), format_line("jobs", pipeline, overview=True)
        yield _("Timeline"), format_line("pipeline", pipeline, timeline=True)
    if count and not vain:
        yield _("Artifacts"), format_line("artifacts", pipeline)
    yield from vain
    if snapshot.failed_jobs:
        yield _("Test results"), format_line("tests", pipeline)
        yield _("Compare with the last green run"), format_line("compare", pipeline)
    elif count and all(one.has_ended for one in workflows):
        yield _("Save as preset…"), format_line("preset", "save", **{"from": pipeline})
