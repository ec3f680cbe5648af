"""The form of a preset that leaves something open: an input for that and nothing else, then read."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import definitions
from bot.blocks import preset_blocks, trigger_form_blocks
from bot.command import Context, Modal
from bot.commands.trigger import preset_values
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.domain import ProjectSlug
from bot.language import _


async def render(context: Context, args: TriggerRequest) -> Modal:
    """As it should look now: other branches may declare other parameters."""
    wanted = await preset_values.apply_preset(context, args)
    filled = trigger_form_blocks.parse_form(context.request.fields)
    project = await context.circleci.fetch_project(ProjectSlug.parse(str(wanted.project)))
    branch = filled.branch or wanted.branch or (None if wanted.tag else project.default_branch)
    several = await definitions.fetch(context, project, needed=wanted.definition is not None)
    chosen = definitions.choose(
        several, wanted.definition, project, build_line=lambda one: replace(args, definition=one).to_line()
    )
    known = await definitions.fetch_declared(context, project, branch, tag=wanted.tag, chosen=chosen)
    blocks = preset_blocks.render_run_form(
        preset_blocks.RunForm(project, branch, wanted.tag, wanted.parameters, wanted.open),
        known.parameters,
        fields=context.request.fields,
        login=context.account.login if context.account else None,
    )
    return Modal(preset_blocks.format_run_title(str(wanted.preset)), blocks, line=args.to_line(), submit=_("Run"))


def parse_submission(context: Context, args: TriggerRequest) -> TriggerRequest:
    """What was typed, and what the form adds."""
    filled = trigger_form_blocks.parse_form(context.request.fields)
    return replace(
        args,
        branch=filled.branch or args.branch,
        tag=None if filled.branch else args.tag,
        parameters={**args.parameters, **filled.parameters},
    )
