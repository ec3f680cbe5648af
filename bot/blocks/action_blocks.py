"""What can be done now, as buttons: the first few, and one that offers all where there are many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from slack_sdk.models.blocks import ButtonElement, ConfirmObject

from bot.blocks import kit, status_blocks
from bot.blocks.pipeline_title import format_facts
from bot.blocks.shown_buttons import show_only_to
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.line import Written, extend_line
from bot.mrkdwn import as_code, cut_middle, join_first
from bot.rules.hold_readers import find_needs
from bot.untrusted.patterns import compile_linear

MOST = 4
"""How many of one kind have a button of their own."""

_VERB = compile_linear(r"^approve(?:[-_ ]+|$)", ignore_case=True)


def build_approve_button(
    snapshot: Snapshot, workflow: Workflow, job: Job, *, main: bool = True, label: str = "", in_form: bool = False
) -> ButtonElement:
    """Approve one hold, by its id: several may wait at once. Its dialog says what of the `snapshot` follows.

    It is primary where it is the `main` one. Its `label` names the hold, unless another is given. Where a reason may be
    asked for, or `in_form`, a form says it in full. Of several who read it, Slack shows it to those who may.
    """
    needs = find_needs(snapshot, workflow, job)
    title, style = format_approve_label(job), "primary" if main else None
    if in_form or needs.in_form:
        line = format_line("approve", workflow.id, job.id, form=True)
        return show_only_to(needs.only_to, kit.button(f"{label or title}…", line, style=style))
    sure = kit.confirm(
        title,
        f"{format_facts(snapshot)}\n{format_follows(snapshot, workflow, job)}",
        _("Approve"),
        no=_("Keep Waiting"),
    )
    plain = kit.button(label or title, format_line("approve", workflow.id, job.id), style=style, confirm=sure)
    return show_only_to(needs.only_to, plain)


def build_approve_choice(pipeline: Pipeline, workflow: Workflow, job: Job) -> tuple[str, Written]:
    """What approves it where nothing asks before it is pressed, and what that is called."""
    label, in_form = format_approve_label(job), find_needs(Snapshot(pipeline=pipeline), workflow, job).in_form
    return f"{label}…" if in_form else label, format_line("approve", workflow.id, job.id, form=in_form)


def list_approvable(snapshot: Snapshot) -> list[tuple[Workflow, Job]]:
    """What waits, but for what whoever reads alone may not approve."""
    return [held for held in snapshot.pending_holds if find_needs(snapshot, *held).is_shown]


def format_follows(snapshot: Snapshot, workflow: Workflow, job: Job, *, missing: int = 1) -> str:
    """What runs once the hold is approved, for which so many approvals are `missing`."""
    name, run = as_code(cut_middle(job.name, 40)), snapshot.get_run(workflow)
    after = run.list_jobs_after(job, let_through=True) or run.list_jobs_after(job)
    if missing > 1:
        return _format_later(name, workflow, after, missing)
    if after:
        return ngettext(
            "Once you approve {hold}, {jobs} runs in your name.",
            "Once you approve {hold}, {jobs} run in your name.",
            len(after),
            hold=name,
            jobs=_format_names(after),
        )
    rest = as_code(cut_middle(workflow.name, 40))
    return _("Once you approve {hold}, the rest of {workflow} runs in your name.", hold=name, workflow=rest)


def _format_later(hold: str, workflow: Workflow, after: Sequence[Job], missing: int) -> str:
    """Whose approval is not the last one starts nothing by it."""
    if after:
        return ngettext(
            "{hold} takes {missing} more approvals, yours among them. Then {jobs} runs.",
            "{hold} takes {missing} more approvals, yours among them. Then {jobs} run.",
            len(after),
            hold=hold,
            missing=missing,
            jobs=_format_names(after),
        )
    rest = as_code(cut_middle(workflow.name, 40))
    return _(
        "{hold} takes {missing} more approvals, yours among them. Then the rest of {workflow} runs.",
        hold=hold,
        missing=missing,
        workflow=rest,
    )


def format_approve_label(job: Job) -> str:
    """`Approve staging`, be the hold called `staging` or `approve-staging`."""
    hold = get_hold_label(job)
    return _("Approve {hold}", hold=hold) if hold else _("Approve")


def get_hold_label(job: Job) -> str:
    """`staging` of `approve-staging`: what its button says that it approves."""
    return str(_VERB.sub("", job.name))


def build_decline_button(workflow: Workflow, job: Job) -> ButtonElement:
    """Decline one hold, in a form that asks why. To decline is the safe choice, so nothing about it is red."""
    line = format_line("cancel", workflow.id, job=job.id, form=True)
    return kit.button(_("Decline…"), line, about=job.name)


def format_stops(snapshot: Snapshot, workflow: Workflow, job: Job) -> str:
    """What does not run once the hold is declined."""
    after = snapshot.get_run(workflow).list_jobs_after(job)
    if after:
        return ngettext("{jobs} does not run.", "{jobs} do not run.", len(after), jobs=_format_names(after))
    return _("What waits for {hold} does not run.", hold=as_code(cut_middle(job.name, 40)))


def _format_names(jobs: Sequence[Job]) -> str:
    return join_first([as_code(cut_middle(job.name, 30)) for job in jobs], 3)


def build_approve_buttons(snapshot: Snapshot, of: str = "", *, most: int = MOST) -> Iterator[ButtonElement]:
    """A button for each of the first holds; where more wait, one that offers all `of` the workflow, or pipeline."""
    held = list_approvable(snapshot)
    yield from (build_approve_button(snapshot, workflow, job) for workflow, job in held[:most])
    if len(held) > most:
        every = format_line("jobs", of or snapshot.pipeline.id, waiting=True, overview=True)
        yield kit.button(_("Show All {count} Holds", count=format_number(len(held))), every)


def build_approve_picker(pipeline: Pipeline, held: Sequence[tuple[Workflow, Job]]) -> kit.Picker:
    """Holds to choose from, each with the workflow that it holds. Where a form asks for more, nothing else asks."""
    told = Snapshot(pipeline=pipeline)
    in_form = any(find_needs(told, *one).in_form for one in held)
    sure = kit.confirm(
        _("Approve hold"), _("Its workflow continues, in your name."), _("Approve"), no=_("Keep Waiting")
    )
    return kit.Picker(
        _("Approve a hold…"),
        [
            (
                _("{hold} of {workflow}", hold=cut_middle(job.name, 28), workflow=cut_middle(one.name, 18)),
                format_line("approve", one.id, job.id, form=in_form),
            )
            for one, job in held
        ],
        None if in_form else sure,
    )


def build_rerun_picker(failed: Sequence[Workflow]) -> kit.Picker:
    """Failed workflows to choose from."""
    return kit.Picker(
        _("Rerun from failed…"),
        [(cut_middle(workflow.name, 48), format_line("rerun", workflow.id, failed=True)) for workflow in failed],
        _confirm_rerun(_("The failed jobs of this workflow run again, in your name.")),
    )


def build_workflow_picker(workflows: Sequence[Workflow]) -> kit.Picker:
    """Workflows to choose from, to be looked at."""
    return kit.Picker(
        _("Show a workflow…"),
        [
            (
                f"{cut_middle(one.name, 36)} ({status_blocks.get_label(one.status)})",
                format_line("jobs", one.id, overview=True),
            )
            for one in workflows
        ],
    )


def build_rerun_failed_buttons(
    workflows: Sequence[Workflow],
    worth: Collection[str] = (),
    of: str = "",
    *,
    vain: Collection[str] = (),
    most: int = MOST,
) -> Iterator[ButtonElement]:
    """One for each of them that failed, named where several did; it is primary where a rerun is `worth` it.

    Those that would fail again, in `vain`, have none: `list_vain_choices` has them behind ⋯. Where more than `most`
    are left, one offers them all: `of` is their pipeline's id.
    """
    failed = [workflow for workflow in workflows if workflow.status == "failed" and workflow.id not in vain]
    for workflow in failed[:most]:
        sure = _confirm_rerun(
            _("The failed jobs of {workflow} run again, in your name.", workflow=as_code(cut_middle(workflow.name, 60)))
        )
        label = (
            _("Rerun {workflow} from Failed", workflow=cut_middle(workflow.name, 50))
            if len(failed) > 1
            else _("Rerun from Failed")
        )
        style = "primary" if workflow.id in worth else None
        yield kit.button(label, format_line("rerun", workflow.id, failed=True), style=style, confirm=sure)
    if len(failed) > most:
        every = format_line("jobs", of, failed=True, overview=True)
        yield kit.button(_("Show All {count} That Failed", count=format_number(len(failed))), every)


def list_vain_choices(workflows: Sequence[Workflow], vain: Collection[str], of: str) -> kit.Choices:
    """To rerun, all the same, what would fail again; of several all are offered (`of` is their pipeline's id)."""
    failed = [workflow for workflow in workflows if workflow.status == "failed" and workflow.id in vain]
    if len(failed) > 1:
        return [(_("Rerun from failed…"), format_line("jobs", of, failed=True, overview=True))]
    return [(_("Rerun from failed"), format_line("rerun", one.id, failed=True)) for one in failed]


def _confirm_rerun(follows: str) -> ConfirmObject:
    return kit.confirm(_("Rerun from failed"), follows, _("Rerun from Failed"), no=_("Not Now"))


def build_cancel_buttons(snapshot: Snapshot, *, most: int = 2) -> Iterator[ButtonElement]:
    """One for each workflow that has not ended, named where they are several; none where they are more than `most`."""
    active = [run.workflow for run in snapshot.get_newest_runs() if not run.workflow.has_ended]
    for workflow in active if len(active) <= most else ():
        what = f"{format_facts(snapshot)}\n{_format_stop(snapshot, workflow)}"
        keep = _("Keep Waiting") if workflow.status == "on_hold" else _("Keep Running")
        sure = kit.confirm(_("Cancel workflow"), what, _("Cancel Workflow"), no=keep, danger=True)
        named = _("Cancel {workflow}", workflow=cut_middle(workflow.name, 60))
        label = named if len(active) > 1 else _("Cancel Workflow")
        yield kit.button(label, format_line("cancel", workflow.id), confirm=sure)


def _format_stop(snapshot: Snapshot, workflow: Workflow) -> str:
    """What does not finish if the workflow is canceled."""
    name = as_code(cut_middle(workflow.name, 40))
    stops = [job for job in snapshot.get_run(workflow).jobs or () if job.status == "running"]
    if not stops:
        return _("{workflow} stops.", workflow=name)
    return ngettext(
        "{workflow} stops: {jobs} does not finish.",
        "{workflow} stops: {jobs} do not finish.",
        len(stops),
        workflow=name,
        jobs=_format_names(stops),
    )


def build_cancel_job_button(name: str, said: Written) -> ButtonElement:
    """Stop one job: `said` cancels it."""
    what = _("{job} does not finish, and what needs it does not run.", job=as_code(name, 100))
    sure = kit.confirm(_("Cancel job"), what, _("Cancel Job"), no=_("Keep Running"), danger=True)
    return kit.button(_("Cancel Job"), said, confirm=sure)


def build_rerun_job_buttons(name: str, said: Written, *, worth: bool | None = None) -> Iterator[ButtonElement]:
    """Run one job again: `said` does. Where that is not `worth` it (None: nobody knows), only with SSH, to look."""
    shown = as_code(name, 100)
    sure = kit.confirm(
        _("Rerun job"),
        _("{job} runs again, and what needs it, in your name.", job=shown),
        _("Rerun Job"),
        no=_("Not Now"),
    )
    if worth is not False:
        yield kit.button(_("Rerun Job"), said, style="primary" if worth else None, confirm=sure)
    what = _("{job} runs again, and waits for you to connect.", job=shown)
    sure = kit.confirm(_("Rerun with SSH"), what, _("Rerun with SSH"), no=_("Not Now"))
    yield kit.button(_("Rerun with SSH"), extend_line(said, ssh=True), confirm=sure)


def list_rerun_choices(workflow: Workflow) -> list[tuple[str, Written]]:
    """What stands behind ⋯ of a workflow that has ended; one that passed is asked about before it runs again."""
    return [(_("Rerun the whole workflow"), format_line("rerun", workflow.id))] if workflow.has_ended else []
