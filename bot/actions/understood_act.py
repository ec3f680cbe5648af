"""An act whose object we chose is shown with the button that does it: nothing has happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import visible_projects
from bot.blocks import proposal_blocks
from bot.blocks.proposal_blocks import Choice
from bot.circleci.models import Pipeline
from bot.command import Context, Reply, RequestSource
from bot.language import _
from bot.line import Written

SHOWN_FIRST = frozenset({RequestSource.TYPED, RequestSource.BUTTON})
"""A button may say a line as it was meant (*Try cancel*); those on what we post name what they act on."""


async def show(
    context: Context, what: str, pipeline: Pipeline, *, label: str, line: Written, instead: Sequence[Choice] = ()
) -> Reply:
    """`what` is mrkdwn, and says all that the button does. `instead` is what may be done to the same object."""
    project = await visible_projects.format_name(context, pipeline.project)
    detail = proposal_blocks.format_pipeline(pipeline, project, context.links)
    if starter := await _format_starter(context, pipeline):
        detail = f"{detail}\n{starter}"
    return Reply(proposal_blocks.render(what, [(label, line), *instead], detail=detail))


async def _format_starter(context: Context, pipeline: Pipeline) -> str:
    """Whose it is, where that is somebody here: nobody acts on what is theirs without knowing it."""
    if not pipeline.actor_login:
        return ""
    async with context.store.begin_read() as tx:
        owner = await tx.logins.find_owner(context.request.workspace, pipeline.actor_login)
    if owner == context.request.user:
        return _("Started by you.")
    return _("Started by {who}.", who=f"<@{owner}>") if owner else ""
