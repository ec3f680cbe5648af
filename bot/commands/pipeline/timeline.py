"""A workflow's jobs as a picture over time."""

from __future__ import annotations

from bot.actions.share_files import reply_with_picture
from bot.actions.targets import FoundWorkflow
from bot.blocks import kit
from bot.blocks.timeline_blocks import render_timeline
from bot.circleci.job_timeline import build_timeline
from bot.command import Context, Reply, format_line
from bot.errors import TargetError
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_code, escape
from bot.pictures.charts import GanttChart
from bot.pictures.drawing_thread import draw_file


async def render(context: Context, found: FoundWorkflow, *, here: bool) -> Reply:
    """Raises TargetError where CircleCI shows no jobs (any more), or none has begun."""
    workflow = found.workflow
    jobs = await context.circleci.list_workflow_jobs(workflow.id)
    if jobs is None:
        raise TargetError(_("CircleCI no longer shows the jobs of {workflow}.", workflow=as_code(workflow.name, 100)))
    timeline = build_timeline(workflow, jobs, context.clock.now())
    if not timeline.bars:
        raise TargetError(_("No job of {workflow} has begun.", workflow=as_code(workflow.name, 100)))
    named = {"workflow": workflow.name, "number": found.pipeline.number, "branch": found.pipeline.ref or "?"}
    chart = GanttChart(_("{workflow} of #{number} on {branch}", **named), timeline)
    title = _("Timeline of {workflow}", workflow=found.format_link(context.links))
    plain = _("Timeline of {workflow} of #{number} on {branch}", **named)
    picture = await draw_file(chart, name=f"timeline-{found.pipeline.number}.png", title=plain)
    buttons = [
        kit.button(_("Show Jobs"), format_line("jobs", workflow.id, overview=True)),
        kit.button(_("Show Insights"), format_line("insights", str(found.project), workflow.name)),
    ]
    message = Message(escape(plain), render_timeline(title, timeline))
    return reply_with_picture(
        context, picture, message, buttons=buttons, here=here, again=format_line("pipeline", workflow.id, timeline=True)
    )
