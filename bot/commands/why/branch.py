"""What is said of a branch about which somebody asks why, and of which nothing failed since it passed."""

from __future__ import annotations

from bot.actions import target_branches
from bot.actions.newest_pipelines import build_newest
from bot.blocks import kit, status_blocks
from bot.command import Context, format_line
from bot.commands.why.failure import has_failed
from bot.domain import ProjectSlug
from bot.language import _
from bot.messages import Message
from bot.mrkdwn import as_link


async def render_branch_now(context: Context, slug: ProjectSlug, branch: str) -> Message:
    """How it is, and what failed last."""
    project = await context.circleci.fetch_project(slug)
    now = await target_branches.render_branch(context, project, branch)
    last = await build_newest(has_failed)(context, slug, branch)
    if not has_failed(last, await context.circleci.list_pipeline_workflows(last.id)):
        return now
    number = as_link(context.links.pipeline_url(slug, last.number), f"#{last.number}")
    when = status_blocks.format_ago(last.created_at) if last.created_at else "?"
    text = _("Its last failure: {pipeline} · {when}", pipeline=number, when=when)
    why = kit.button(_("Why Did #{number} Fail", number=last.number), format_line("why", last.id))
    told = Message(f"{now.text}\n{text}", [*now.blocks[:-1], kit.section(text), now.blocks[-1]])
    return kit.add_buttons(told, [why])
