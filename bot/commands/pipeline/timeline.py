"""A workflow's jobs as a picture over time."""

from __future__ import annotations

from bot.actions.share_files import with_picture
from bot.actions.targets import Found
from bot.blocks import kit
from bot.blocks.timeline_blocks import timeline_of as drawn_in_words
from bot.circleci.job_timeline import timeline_of
from bot.command import Context, File, Reply, line
from bot.errors import NotThere
from bot.messages import Message
from bot.mrkdwn import code, escape
from bot.pictures.charts import Gantt
from bot.pictures.drawing_thread import drawn


async def picture(context: Context, found: Found, *, here: bool) -> Reply:
    """Raises NotThere where CircleCI shows no jobs (any more), or none has begun."""
    workflow = found.workflow
    jobs = await context.circleci.workflow_jobs(workflow.id)
    if jobs is None:
        raise NotThere(f"CircleCI does not show the jobs of {code(workflow.name, 100)} any more.")
    timeline = timeline_of(workflow, jobs, context.clock.now())
    if not timeline.bars:
        raise NotThere(f"No job of {code(workflow.name, 100)} has begun.")
    plain = f"{workflow.name} of #{found.pipeline.number} on {found.pipeline.ref or '?'}"
    chart = Gantt(plain, timeline)
    title = f"Timeline of {found.where(context.links)}"
    file = File(f"timeline-{found.pipeline.number}.png", f"Timeline of {plain}", await drawn(chart), chart.alt)
    buttons = [
        kit.button("Its jobs", line("workflow", workflow.id)),
        kit.button("Insights", line("insights", str(found.project), workflow.name)),
    ]
    told = Message(f"Timeline of {escape(plain)}", drawn_in_words(title, timeline))
    return with_picture(context, file, told, buttons, here=here, again=line("pipeline", workflow.id, timeline=True))
