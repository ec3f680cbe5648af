"""The form that starts a pipeline: drawn again whenever another project or branch is chosen, then read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace

from bot.actions import definition_choice, deploy_pipelines, target_projects, visible_presets, visible_projects
from bot.blocks import promotion_blocks, trigger_form_blocks
from bot.blocks.trigger_form_blocks import FormNotes
from bot.command import Choice, Context, Modal, ParsedLine, Request, RequestSource, format_line
from bot.commands.trigger.start import TriggerPlan, resolve_project
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.domain import ProjectSlug
from bot.errors import NotFound, OutdatedForm, TargetError
from bot.language import _
from bot.store.trigger_choices import TriggerChoice


def is_wanted(line: ParsedLine) -> bool:
    """Whether nothing is said but perhaps the project."""
    alone = len(line.words) <= 1 and not (line.options or line.pairs)
    return alone and not any(("=" in word and "://" not in word) or word.startswith("--") for word in line.words)


def is_step(request: Request, wanted: TriggerRequest) -> bool:
    """Whether handing in the form only leads to its next step: a project, or a definition, is chosen first."""
    filled = trigger_form_blocks.parse_form(request.fields)
    drawn = request.source is RequestSource.FORM and wanted.preset is None
    return drawn and (wanted.project is None or (wanted.definition is None and filled.definition is not None))


async def render(context: Context, wanted: TriggerRequest) -> Modal:
    """The form as it should look now. `wanted` is what it was drawn for last, the request's fields are what changed."""
    filled = trigger_form_blocks.parse_form(context.request.fields)
    slug = await _resolve_project(context, filled.project or wanted.project)
    if slug is None:
        return _render_prompt()
    if filled.project not in {None, wanted.project}:
        filled, wanted = trigger_form_blocks.TriggerFormValues(), TriggerRequest(reason=wanted.reason)
    try:
        shown = replace(
            wanted, branch=filled.branch or wanted.branch, definition=filled.definition or wanted.definition
        )
        return await _render_for(context, slug, shown)
    except (NotFound, TargetError) as error:
        return _render_prompt(error.message)


def _render_prompt(why_not: str = "") -> Modal:
    blocks = trigger_form_blocks.render_project_prompt(why_not)
    return Modal(_(definition_choice.TITLE), blocks, line=format_line("trigger"), submit=_("Next"))


async def _resolve_project(context: Context, text: str | None) -> ProjectSlug | None:
    if text is None:
        return await target_projects.find_current_project(context)
    return await resolve_project(context, TriggerRequest(project=text))


async def _render_for(context: Context, slug: ProjectSlug, wanted: TriggerRequest) -> Modal:
    project = await context.circleci.fetch_project(slug)
    request = context.request
    last = await _load_last_choice(context, slug) if wanted.is_bare else TriggerChoice()
    branch = wanted.branch or last.branch or project.default_branch
    if ahead := promotion_blocks.find_ahead(request.form):
        return await deploy_pipelines.draw_form(
            context, project, branch, definition=wanted.definition, promoted=wanted.parameters, ahead=ahead
        )
    runnable = await definition_choice.fetch(context, project, branch, wanted.definition or last.definition)
    login = context.account.login if context.account else None
    notes = FormNotes(wanted.parameters, definition_choice.select_taken(last.parameters, runnable.known), login)
    return definition_choice.build_form(
        context, project, branch, runnable=runnable, notes=notes, reason=wanted.reason or None
    )


async def _load_last_choice(context: Context, slug: ProjectSlug) -> TriggerChoice:
    async with context.store.begin_read() as tx:
        return await tx.trigger_choices.find(context.request.team, context.request.user, slug)


async def remember_choice(context: Context, wanted: TriggerRequest, plan: TriggerPlan) -> None:
    """Fill it in the next time this person triggers the project by a form."""
    request, sent = context.request, plan.parameters
    parameters = {name: value for name, value in wanted.parameters.items() if name in sent}
    choice = TriggerChoice(wanted.branch, wanted.definition, parameters)
    async with context.store.begin() as tx:
        await tx.trigger_choices.upsert(request.team, request.user, plan.slug, choice=choice, now=context.clock.now())


def parse_submission(context: Context, wanted: TriggerRequest) -> TriggerRequest:
    """What the form says, which was drawn for `wanted`. Raises Outdated when somebody chose faster than it drew."""
    filled = trigger_form_blocks.parse_form(context.request.fields)
    chosen = (filled.project or wanted.project, filled.branch or wanted.branch, filled.definition or wanted.definition)
    if wanted.project is None or chosen != (wanted.project, wanted.branch, wanted.definition):
        raise OutdatedForm(_("Now the form shows what you chose last: look at it, and press Trigger again."))
    promoted = promotion_blocks.find_ahead(context.request.form)
    parameters = filled.parameters if promoted else {**wanted.parameters, **filled.parameters}
    return replace(wanted, config_branch=filled.config_branch, parameters=parameters, sparing=not promoted)


def claim_promotion(
    context: Context, drawn_for: TriggerRequest, plan: TriggerPlan
) -> AbstractAsyncContextManager[object]:
    """What two people may promote at the same moment, each by a form of their own; nothing where none is promoted."""
    if not promotion_blocks.find_ahead(context.request.form):
        return nullcontext()
    return deploy_pipelines.claim_step(context, plan.slug, drawn_for.parameters, plan.parameters)


async def suggest(context: Context, line: ParsedLine, action: str, typed: str) -> Sequence[Choice]:
    """Projects or branches that contain what was typed; one that never ran is chosen by typing it whole."""
    if action == trigger_form_blocks.BRANCH:
        return await _suggest_branches(context, line, typed)
    return await visible_projects.list_project_choices(context, typed)


async def _suggest_branches(context: Context, line: ParsedLine, typed: str) -> list[Choice]:
    slug = await _find_suggested_project(context, line)
    known = await visible_projects.list_branches(context, slug) if slug else ()
    found = [Choice(branch, branch) for branch in known if typed.casefold() in branch.casefold()]
    itself = [Choice(_("Use “{typed}”", typed=typed), typed)] if typed and typed not in known else []
    return [*found[:99], *itself]


async def _find_suggested_project(context: Context, line: ParsedLine) -> ProjectSlug | None:
    """That of the preset whose form it is, else what the form says or was drawn for."""
    if preset := line.get_value("preset"):
        return (await visible_presets.find_named(context, preset)).project
    drawn_for = line.words[0] if line.words else None
    return await _resolve_project(context, trigger_form_blocks.parse_form(context.request.fields).project or drawn_for)
