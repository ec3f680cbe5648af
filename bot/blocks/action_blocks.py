"""What can be done now, as buttons: the first few, and one that offers all where there are many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status_blocks
from bot.circleci.models import Job, Workflow
from bot.command import format_line
from bot.mrkdwn import as_code, cut_middle
from bot.untrusted.patterns import compile_linear

MOST = 4
"""How many of one kind have a button of their own."""

_VERB = compile_linear(r"^approve(?:[-_ ]+|$)", ignore_case=True)


def build_approve_button(workflow: Workflow, job: Job) -> ButtonElement:
    """Approve one hold, by its id: several may wait at once."""
    sure = kit.confirm(
        "Approve hold",
        f"{as_code(job.name, 100)} of workflow {as_code(workflow.name, 100)} goes on, in your name.",
        "Approve",
    )
    return kit.button(
        format_approve_label(job), format_line("approve", workflow.id, job.id), style="primary", confirm=sure
    )


def format_approve_label(job: Job) -> str:
    """`Approve staging`, be the hold called `staging` or `approve-staging`."""
    return f"Approve {_VERB.sub('', job.name)}".strip()


def build_approve_buttons(held: Sequence[tuple[Workflow, Job]], of: str, most: int = MOST) -> Iterator[ButtonElement]:
    """A button for each of the first holds; where more wait, one that offers all. `of` is a pipeline's id."""
    yield from (build_approve_button(workflow, job) for workflow, job in held[:most])
    if len(held) > most:
        yield kit.button(f"Show All {len(held)} Holds", format_line("jobs", of, waiting=True, overview=True))


def build_approve_picker(held: Sequence[tuple[Workflow, Job]]) -> kit.Picker:
    """Holds to choose from, each with the workflow that it holds."""
    return kit.Picker(
        "Approve a hold…",
        [
            (f"{cut_middle(job.name, 28)} of {cut_middle(one.name, 18)}", format_line("approve", one.id, job.id))
            for one, job in held
        ],
        kit.confirm("Approve hold", "Its workflow goes on, in your name.", "Approve"),
    )


def build_rerun_picker(failed: Sequence[Workflow]) -> kit.Picker:
    """Failed workflows to choose from."""
    return kit.Picker(
        "Rerun from failed…",
        [(cut_middle(workflow.name, 48), format_line("rerun", workflow.id, failed=True)) for workflow in failed],
        kit.confirm("Rerun from failed", "The failed jobs of this workflow run again.", "Rerun"),
    )


def build_workflow_picker(workflows: Sequence[Workflow]) -> kit.Picker:
    """Workflows to choose from, to be looked at."""
    return kit.Picker(
        "Show a workflow…",
        [
            (
                f"{cut_middle(one.name, 36)} ({status_blocks.get_label(one.status)})",
                format_line("jobs", one.id, overview=True),
            )
            for one in workflows
        ],
    )


def build_workflow_buttons(workflow: Workflow, *, worth: bool = False) -> Iterator[ButtonElement]:
    """What can be done to a workflow now. `worth` says that a rerun may well pass."""
    yield from build_rerun_failed_buttons([workflow], [workflow.id] if worth else ())
    yield build_rerun_or_cancel_button(workflow, None)


def build_rerun_failed_buttons(
    workflows: Sequence[Workflow], worth: Collection[str] = (), of: str = "", *, most: int = MOST
) -> Iterator[ButtonElement]:
    """One for each of them that failed, named where several did; it is primary where a rerun is `worth` it.

    Where more than `most` failed, one offers them all: `of` is their pipeline's id.
    """
    failed = [workflow for workflow in workflows if workflow.status == "failed"]
    for workflow in failed[:most]:
        sure = kit.confirm("Rerun from failed", f"The failed jobs of {as_code(workflow.name, 100)} run again.", "Rerun")
        label = f"Rerun {cut_middle(workflow.name, 50)} from Failed" if len(failed) > 1 else "Rerun from Failed"
        style = "primary" if workflow.id in worth else None
        yield kit.button(label, format_line("rerun", workflow.id, failed=True), style=style, confirm=sure)
    if len(failed) > most:
        yield kit.button(f"Show All {len(failed)} That Failed", format_line("jobs", of, failed=True, overview=True))


def build_ssh_button(workflow: Workflow, jobs: Sequence[Job]) -> ButtonElement:
    """Rerun these jobs so that the person who presses can connect to them."""
    named = ", ".join(as_code(job.name, 60) for job in jobs)
    sure = kit.confirm("Rerun with SSH", f"{named} runs again, and waits for you to connect.", "Rerun with SSH")
    again = format_line("rerun", workflow.id, jobs=[job.id for job in jobs], ssh=True)
    return kit.button("Rerun with SSH", again, confirm=sure)


def build_rerun_or_cancel_button(workflow: Workflow, name: str | None) -> ButtonElement:
    """Whichever applies; named where there are others."""
    of = f" {cut_middle(name, 60)}" if name else ""
    if workflow.has_ended:
        sure = kit.confirm("Rerun all jobs", f"All jobs of {as_code(workflow.name, 100)} run again.", "Rerun")
        return kit.button(f"Rerun{of}", format_line("rerun", workflow.id), confirm=sure)
    sure = kit.confirm(
        "Cancel workflow", f"{as_code(workflow.name, 100)} stops.", "Cancel Workflow", danger=True, no="Keep Running"
    )
    return kit.button(f"Cancel{of}", format_line("cancel", workflow.id), confirm=sure)
