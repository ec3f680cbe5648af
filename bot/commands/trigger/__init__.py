"""trigger [project|preset] [--branch NAME] [key=value …] — starts a pipeline: typed whole, or by a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.actions import definition_choice
from bot.actions.lost_answer import catch_errors
from bot.blocks import kit, preset_blocks
from bot.blocks.decision_form_blocks import MOST
from bot.circleci.parameter_values import TYPES
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource
from bot.commands.trigger import preset_form, preset_values, start, start_form
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.store.store import Tx


def parse(line: ParsedLine) -> TriggerRequest:
    if len(line.words) > 1:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(line.words[1], 100)), _("Parameters are `key=value`.")
        )
    if line.has_flag("branch") and line.has_flag("tag"):
        raise UsageError(_("A pipeline runs on a branch or on a tag: not on both."))
    return TriggerRequest(
        project=line.words[0] if line.words else None,
        branch=_parse_option(line, "branch"),
        tag=_parse_option(line, "tag"),
        definition=_parse_option(line, "definition"),
        config_branch=_parse_option(line, "config-branch"),
        preset=_parse_option(line, "preset"),
        parameters=line.pairs,
        types={name: kind for kind in TYPES for name in line.get_values(kind)},
        form=line.has_flag("form"),
        reason=line.get_text("reason", MOST),
    )


def _parse_option(line: ParsedLine, name: str) -> str | None:
    value = line.get_value(name)
    if value is not None and not value.strip():
        raise UsageError(_("`--{option}` needs a value.", option=name))
    return value


async def load_first_modal(tx: Tx, request: Request, line: ParsedLine) -> Modal | None:
    """The form, when asked for or nothing is said but a project; of a preset only where that leaves something open."""
    named = line.get_value("preset") or (line.words[0] if len(line.words) == 1 else "")
    if not line.has_flag("form") and (found := await preset_values.find(tx, request, named)):
        return preset_values.build_first_modal(found, line)
    return (
        Modal(_(definition_choice.TITLE), kit.build_loading(_("Reading your projects and their branches")))
        if start_form.is_wanted(line) or line.has_flag("form")
        else None
    )


async def run(context: Context, args: TriggerRequest) -> Reply:
    args = await preset_values.name_preset(context, args)
    if context.request.view_id and context.request.source is not RequestSource.FORM:
        form = preset_form if args.preset else start_form
        return Reply(view=await form.render(context, args))
    if start_form.is_step(context.request, args):
        return Reply(view=await start_form.render(context, args))
    wanted = await _complete(context, args)
    if wanted.is_bare or wanted.form:
        return Reply(await _render_hint(context, wanted))
    if wanted.open:
        return Reply(preset_blocks.render_question(str(wanted.preset), wanted.open, args.to_line()))
    plan = await start.plan(context, wanted)
    started = await start.trigger(context, plan, start_form.claim_promotion(context, args, plan))
    if context.request.source is RequestSource.FORM and wanted.preset is None:
        await start_form.remember_choice(context, wanted, plan)
    return started


async def _complete(context: Context, args: TriggerRequest) -> TriggerRequest:
    """With what the form and the preset say."""
    if context.request.source is not RequestSource.FORM:
        return await preset_values.apply_preset(context, args)
    if args.preset is None:
        return start_form.parse_submission(context, args)
    return replace(await preset_values.apply_preset(context, preset_form.parse_submission(context, args)), open=())


async def _render_hint(context: Context, wanted: TriggerRequest) -> Message:
    """Where no form could be opened: somebody wrote a message instead of a slash command."""
    if wanted.project:
        await start.resolve_project(context, wanted)
    text = _("Press the button for a form, or type it all: `/circle trigger acme/web --branch main image-tag=4.8.2`.")
    return Message(
        text, [kit.section(text), kit.actions([kit.button(_("Trigger…"), wanted.to_line(), style="primary")])]
    )


@catch_errors
async def resolve_lost_answer(context: Context, args: TriggerRequest, began_at: datetime) -> str:
    """Look for the pipeline that may have started."""
    wanted = await _complete(context, await preset_values.name_preset(context, args))
    return await start.reconcile(context, await start.plan(context, wanted), began_at)


COMMAND = Command(
    name="trigger",
    summary=N_("Starts a pipeline; a form asks for what you leave out"),
    usage="trigger [project|preset] [--branch NAME] [--tag NAME] [--definition NAME] [--config-branch NAME] "
    "[--preset NAME] [--form] [--reason TEXT] [--string KEYS] [--integer KEYS] [--boolean KEYS] [key=value …]",
    example="trigger acme/web --branch main image-tag=4.8.2",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    order=1,
    task=N_("Trigger a pipeline"),
    endpoints=(
        "POST /project/{project-slug}/pipeline",
        "POST /project/{provider}/{organization}/{project}/pipeline/run",
        "GET /projects/{project_id}/pipeline-definitions",
    ),
    writes=lambda request, args: not start_form.is_step(request, args),
    resolve_lost_answer=resolve_lost_answer,
    load_first_modal=load_first_modal,
    suggest=start_form.suggest,
    aliases=("run", "deploy"),
)
