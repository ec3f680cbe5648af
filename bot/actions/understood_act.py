"""An act whose object we chose is shown with the button that does it: nothing has happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import visible_projects
from bot.blocks import proposal_blocks
from bot.blocks.proposal_blocks import Choice
from bot.circleci.models import Pipeline
from bot.command import Context, Reply, RequestSource
from bot.line import Written

SHOWN_FIRST = frozenset({RequestSource.TYPED, RequestSource.BUTTON})
"""A button may say a line as it was meant (*Try cancel*); those on what we post name what they act on."""


async def show(
    context: Context, what: str, pipeline: Pipeline, *, label: str, line: Written, instead: Sequence[Choice] = ()
) -> Reply:
    """`what` is mrkdwn, and says all that the button does. `instead` is what may be done to the same object."""
    project = await visible_projects.format_name(context, pipeline.project)
    detail = proposal_blocks.format_pipeline(pipeline, project, context.links)
    return Reply(proposal_blocks.render(what, [(label, line), *instead], detail=detail))
