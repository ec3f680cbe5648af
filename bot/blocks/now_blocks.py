"""What can be done now, as buttons: with a pipeline by what it needs, in a channel by what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import action_blocks, kit, pipeline_title, running_deploy_blocks, status_blocks
from bot.circleci.links import Links
from bot.circleci.rerun_verdict import list_vain
from bot.circleci.snapshot import Snapshot
from bot.circleci.urgency import sort_by_urgency
from bot.command import format_line
from bot.domain import Outcome, ProjectSlug
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, as_link, escape

_IN_SIGHT = 5
_OF_A_KIND = 2


def render_pipeline(snapshot: Snapshot, project: ProjectSlug, links: Links) -> Message:
    """A pipeline in one line, with what it needs below it."""
    text = _format_title(snapshot, project, links)
    buttons = list(_build_buttons(snapshot))[:_IN_SIGHT]
    workflows = [run.workflow for run in snapshot.get_newest_runs()]
    vain = action_blocks.list_vain_choices(workflows, list_vain(snapshot), snapshot.pipeline.id)
    buttons += filter(None, [kit.overflow(vain)])
    return Message(text, kit.keep_one_primary([kit.section(text), kit.actions(buttons)]))


def render_channel(newest: Message | None, project: ProjectSlug, running: Sequence[Outcome], links: Links) -> Message:
    """The channel's project: its newest pipeline, what runs where, and what the channel may want beside it."""
    row = kit.actions(
        [
            kit.button(_("Show Status"), format_line("status", str(project))),
            kit.button(_("Trigger…"), format_line("trigger", str(project))),
            kit.button(_("Show Rules"), format_line("subscriptions")),
            kit.button(_("Show Help"), format_line("help")),
        ]
    )
    text = _("{project} has no pipelines yet.", project=as_code(project.name))
    told = newest or Message(text, [kit.section(text)])
    title = as_bold(_("What runs where"))
    deploys = [running_deploy_blocks.build_row(project, title, running, links)] if running else []
    return Message(told.text, [*told.blocks, *deploys, row])


def render_without_project() -> Message:
    text = _("This channel has no default project. Choose one, and commands here mean it.")
    buttons = [
        kit.button(_("Choose Project…"), format_line("use", edit=True), style="primary"),
        kit.button(_("Show My Projects"), format_line("projects")),
        kit.button(_("Show Help"), format_line("help")),
    ]
    return Message(text, [kit.section(text), kit.actions(buttons)])


def render_unconnected() -> Message:
    text = _("I act for you at CircleCI, with your own rights there. Connect your account first.")
    buttons = [
        kit.button(_("Connect CircleCI"), format_line("connect"), style="primary"),
        kit.button(_("Show Help"), format_line("help")),
    ]
    return Message(text, [kit.section(text), kit.actions(buttons)])


def _format_title(snapshot: Snapshot, project: ProjectSlug, links: Links) -> str:
    pipeline = snapshot.pipeline
    name = f"{pipeline_title.get_project_name(snapshot, project)} #{pipeline.number}"
    where = as_link(links.pipeline_url(project, pipeline.number), name)
    named = _("*{pipeline}* on {ref}", pipeline=where, ref=as_code(pipeline.ref, 120)) if pipeline.ref else f"*{where}*"
    word = _("waits for an approval") if snapshot.pending_holds else escape(status_blocks.get_label(snapshot.status))
    return f"{status_blocks.get_emoji(snapshot.status)} {named} — *{word}*"


def _build_buttons(snapshot: Snapshot) -> Iterator[kit.Pressable]:
    """What waits for somebody first, then what failed, what runs, and what is over."""
    pipeline = snapshot.pipeline.id
    workflows = sort_by_urgency(run.workflow for run in snapshot.get_newest_runs())
    vain = list_vain(snapshot)
    failed = [one for one in workflows if one.status == "failed"]
    yield from action_blocks.build_approve_buttons(snapshot, most=_OF_A_KIND)
    worth = [one.id for one in failed if one.id not in vain]
    yield from action_blocks.build_rerun_failed_buttons(failed, worth, of=pipeline, vain=vain, most=_OF_A_KIND)
    if snapshot.failed_jobs:
        style = None if worth else "primary"
        yield kit.button(_("Show Why It Failed"), format_line("why", pipeline), style=style)
        yield kit.button(_("Show Log"), format_line("logs", pipeline))
    yield from action_blocks.build_cancel_buttons(snapshot, most=_OF_A_KIND)
    if workflows and all(one.is_well for one in workflows):
        yield kit.button(_("Show Artifacts"), format_line("artifacts", pipeline))
        yield kit.button(_("Trigger Again…"), format_line("again", pipeline, form=True))
    yield kit.button(_("Show Pipeline"), format_line("pipeline", pipeline))
