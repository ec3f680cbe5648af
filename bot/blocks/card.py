"""The card: one message per pipeline and channel that shows how things stand, with the buttons that apply now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, person, status
from bot.circleci.links import Links
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Run, Snapshot
from bot.command import line
from bot.domain import Message, ProjectSlug
from bot.mrkdwn import code, cut, escape, link, quoted
from bot.store.deeds import Deed
from bot.untrusted.patterns import compile_linear

_MAX_WORKFLOWS = 20
_HOLDS = 5
_LEFT = ":hourglass: I no longer follow this pipeline: CircleCI shows how it stands."
_VERB = compile_linear(r"^approve(?:[-_ ]+|$)", ignore_case=True)


def card(
    snapshot: Snapshot,
    *,
    project: ProjectSlug,
    deeds: Sequence[Deed],
    links: Links,
    followed: bool = True,
    called: Mapping[str, str] | None = None,
) -> Message:
    """The whole pipeline as one message. Pure: the same snapshot gives the same card.

    One that is no longer `followed` before it ended says so, and promises nothing that may be true no more. A new
    message notifies whom it mentions, a changed one does not: a new card names people as they are `called` (by user),
    so that nobody is notified of what they did themselves.
    """
    pipeline = snapshot.pipeline
    blocks = [
        kit.section(_title(snapshot, project, links)),
        *_origin(pipeline, deeds),
        *_errors(pipeline),
        *[kit.section(_workflow(run, snapshot, project, links)) for run in _shown(snapshot)],
        *([kit.context(_deeds(deeds, called))] if deeds else []),
        *([] if followed else [kit.context(_LEFT)]),
        kit.actions(list(_buttons(snapshot, project, links, followed=followed)), "acts"),
    ]
    return Message(_summary(snapshot, project), blocks)


def name_of(snapshot: Snapshot, project: ProjectSlug) -> str:
    """What people call the project: an opaque circleci/… slug gives way to its readable name."""
    return snapshot.project_name or str(project)


def where(snapshot: Snapshot, project: ProjectSlug) -> str:
    """`gh/acme/web #341 on main`, in mrkdwn."""
    pipeline = snapshot.pipeline
    return f"{escape(name_of(snapshot, project))} #{pipeline.number} on {code(pipeline.ref or '?', 120)}"


def commit(pipeline: Pipeline) -> str:
    """What it builds: revision, subject and author, as far as CircleCI tells."""
    if not pipeline.subject:
        return ""
    revision = f"{code(pipeline.revision[:7])} " if pipeline.revision else ""
    author = f" — {cut(escape(pipeline.author), 80)}" if pipeline.author else ""
    return f"{revision}{cut(escape(pipeline.subject), 200)}{author}"


def _title(snapshot: Snapshot, project: ProjectSlug, links: Links) -> str:
    pipeline = snapshot.pipeline
    where = link(links.pipeline(project, pipeline.number), f"{name_of(snapshot, project)} #{pipeline.number}")
    word = status.word(snapshot.status)
    return f"{status.emoji(snapshot.status)} *{where}* on {code(pipeline.ref or '?', 120)} — *{word}*"


def _summary(snapshot: Snapshot, project: ProjectSlug) -> str:
    pipeline = snapshot.pipeline
    ref = cut(escape(pipeline.ref or "?"), 120)
    return f"{escape(name_of(snapshot, project))} #{pipeline.number} on {ref}: {status.word(snapshot.status)}"


def _origin(pipeline: Pipeline, deeds: Sequence[Deed]) -> list[kit.Block]:
    known = " · ".join(filter(None, [commit(pipeline), _who(pipeline, deeds)]))
    return [kit.context(known)] if known else []


def _who(pipeline: Pipeline, deeds: Sequence[Deed]) -> str:
    """Who started it, unless that was done through us and stands among the deeds."""
    if deeds or not pipeline.actor_login:
        return ""
    how = {"webhook": "push", "scheduled_pipeline": "schedule", "schedule": "schedule"}.get(
        pipeline.trigger_type, "API"
    )
    return f"{how} by {cut(escape(pipeline.actor_login), 80)}"


def _errors(pipeline: Pipeline) -> list[kit.Block]:
    if not pipeline.errors:
        return []
    lines = "\n".join(quoted(f"{error.type}: {error.message}", 500) for error in pipeline.errors[:5])
    return [kit.section(f":no_entry: CircleCI could not start this pipeline:\n{lines}")]


def _shown(snapshot: Snapshot) -> Sequence[Run]:
    return snapshot.newest()[:_MAX_WORKFLOWS]


def _workflow(run: Run, snapshot: Snapshot, project: ProjectSlug, links: Links) -> str:
    workflow = run.workflow
    where = link(links.workflow(project, snapshot.pipeline.number, workflow.id), workflow.name)
    notes = f"{_took(workflow)}{_rerun_note(workflow)}{_by(workflow, snapshot)}"
    first = f"{status.emoji(workflow.status)} {where} — {status.word(workflow.status)}{notes}"
    return "\n".join([first, *_details(run, snapshot.names)])


def _by(workflow: Workflow, snapshot: Snapshot) -> str:
    """Who ran it again, and who canceled it; who started the pipeline stands above."""
    earlier = any(_is_earlier(other.workflow, workflow) for other in snapshot.workflows)
    starter = workflow.started_by if earlier and not workflow.auto_rerun_number else None
    canceled = person.by("canceled", workflow.canceled_by, snapshot.names)
    return f"{person.by('rerun', starter, snapshot.names)}{canceled}"


def _is_earlier(other: Workflow, than: Workflow) -> bool:
    when, then = other.created_at, than.created_at
    return other.name == than.name and when is not None and then is not None and when < then


def _took(workflow: Workflow) -> str:
    """How long it took; nothing while it runs, since a card is not a clock and would go stale at once."""
    return "" if workflow.duration_s is None else f" · {status.duration(workflow.duration_s)}"


def _rerun_note(workflow: Workflow) -> str:
    if workflow.auto_rerun_number:
        return f" · automatic rerun {workflow.auto_rerun_number} of {workflow.max_auto_reruns or '?'}"
    return " · setup" if workflow.is_setup else ""


def _details(run: Run, names: Mapping[str, str]) -> Iterator[str]:
    if run.failed_jobs:
        yield f"> Failed: {_names(run.failed_jobs)}"
    if run.held_jobs:
        yield f"> Waits for {_names(run.held_jobs)}"
    holds = [job for job in run.jobs or () if job.is_approval]
    yield from [told for hold in holds if (told := _decision(hold, run.workflow, names))][:_HOLDS]


def _decision(hold: Job, workflow: Workflow, names: Mapping[str, str]) -> str:
    """Who approved or declined a hold; one that was canceled with its whole workflow nobody declined."""
    if hold.approved_by:
        return f"> Approved: {code(hold.name, 80)}{person.by('', hold.approved_by, names)}"
    if hold.canceled_by and not workflow.canceled_by:
        return f"> Declined: {code(hold.name, 80)}{person.by('', hold.canceled_by, names)}"
    return ""


def _names(jobs: Sequence[Job]) -> str:
    named = ", ".join(code(job.name, 80) for job in jobs[:8])
    return named + (f" and {len(jobs) - 8} more" if len(jobs) > 8 else "")


def _deeds(deeds: Sequence[Deed], called: Mapping[str, str] | None) -> str:
    return "\n".join(f"{deed.text} by {_doer(deed, called)} {status.ago(deed.done_at)}" for deed in deeds[-8:])


def _doer(deed: Deed, called: Mapping[str, str] | None) -> str:
    if called is None:
        return f"<@{deed.user}>"
    return cut(escape(called.get(deed.user, "somebody")), 80)


def _buttons(snapshot: Snapshot, project: ProjectSlug, links: Links, *, followed: bool) -> Iterator[ButtonElement]:
    if followed:
        yield from _act_buttons(snapshot)
    yield kit.link_button("Open in CircleCI", links.pipeline(project, snapshot.pipeline.number))


def _act_buttons(snapshot: Snapshot) -> Iterator[ButtonElement]:
    for workflow, job in snapshot.held[:8]:
        yield approve_button(workflow, job)
    workflows = [run.workflow for run in _shown(snapshot)][:6]
    yield from rerun_failed_buttons(workflows)
    for workflow in workflows:
        yield _rerun_or_cancel(workflow, workflow.name if len(workflows) > 1 else None)


def approve_button(workflow: Workflow, job: Job) -> ButtonElement:
    """Approve one hold, by its id: several may wait at once."""
    sure = kit.confirm(
        "Approve this hold?",
        f"{code(job.name, 100)} of workflow {code(workflow.name, 100)} goes on, in your name.",
        "Approve",
    )
    return kit.button(approve_label(job), line("approve", workflow.id, job.id), style="primary", confirm=sure)


def approve_label(job: Job) -> str:
    """`Approve staging`, be the hold called `staging` or `approve-staging`."""
    return f"Approve {_VERB.sub('', job.name)}".strip()


def workflow_buttons(workflow: Workflow) -> Iterator[ButtonElement]:
    """What can be done to a workflow as it stands now."""
    yield from rerun_failed_buttons([workflow])
    yield _rerun_or_cancel(workflow, None)


def rerun_failed_buttons(workflows: Sequence[Workflow]) -> Iterator[ButtonElement]:
    """One for each of them that failed; named where several did."""
    failed = [workflow for workflow in workflows if workflow.status == "failed"]
    for workflow in failed:
        sure = kit.confirm("Rerun from failed?", f"The failed jobs of {code(workflow.name, 100)} run again.", "Rerun")
        label = f"Rerun {workflow.name} from failed" if len(failed) > 1 else "Rerun from failed"
        yield kit.button(label, line("rerun", workflow.id, failed=True), style="primary", confirm=sure)


def ssh_button(workflow: Workflow, jobs: Sequence[Job]) -> ButtonElement:
    """Rerun these jobs so that the person who presses can connect to them."""
    named = ", ".join(code(job.name, 60) for job in jobs)
    sure = kit.confirm("Rerun with SSH?", f"{named} runs again, and waits for you to connect.", "Rerun with SSH")
    again = line("rerun", workflow.id, jobs=[job.id for job in jobs], ssh=True)
    return kit.button("Rerun with SSH", again, confirm=sure)


def _rerun_or_cancel(workflow: Workflow, name: str | None) -> ButtonElement:
    of = f" {name}" if name else ""
    if workflow.ended:
        sure = kit.confirm("Rerun everything?", f"All jobs of {code(workflow.name, 100)} run again.", "Rerun")
        return kit.button(f"Rerun{of}", line("rerun", workflow.id), confirm=sure)
    sure = kit.confirm("Cancel this workflow?", f"{code(workflow.name, 100)} stops.", "Cancel it", danger=True)
    return kit.button(f"Cancel{of}", line("cancel", workflow.id), style="danger", confirm=sure)
