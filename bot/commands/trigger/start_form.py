"""The form that starts a pipeline: drawn again whenever another project or branch is chosen, then read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import definitions, target_projects, visible_projects
from bot.blocks import trigger_form_blocks
from bot.circleci.declared_parameters import parameters_of
from bot.circleci.models import Project
from bot.command import Choice, Context, Line, View, line
from bot.commands.trigger.start import Wanted
from bot.domain import ProjectSlug
from bot.errors import NotFound, NotThere, Outdated

TITLE = "Trigger a pipeline"


async def draw(context: Context, wanted: Wanted) -> View:
    """The form as it should look now. `wanted` is what it was drawn for last, the request's fields are what changed."""
    filled = trigger_form_blocks.read(context.request.fields)
    slug = await _chosen(context, filled.project or wanted.project)
    if slug is None:
        return View(TITLE, trigger_form_blocks.ask_project(), line=line("trigger"), submit="Trigger")
    if filled.project not in {None, wanted.project}:
        filled, wanted = trigger_form_blocks.Filled(), Wanted()
    try:
        return await _draw_for(context, slug, filled.branch or wanted.branch, filled.definition or wanted.definition)
    except (NotFound, NotThere) as error:
        return View(TITLE, trigger_form_blocks.ask_project(error.message), line=line("trigger"), submit="Trigger")


async def _chosen(context: Context, text: str | None) -> ProjectSlug | None:
    if text is None:
        return await target_projects.project_here(context)
    return await target_projects.project(context, text, lambda slug: line("trigger", slug))


async def _draw_for(context: Context, slug: ProjectSlug, branch: str | None, definition: str | None) -> View:
    """The line says what the form was drawn for, so that what is handed in can be held against it."""
    project = await context.circleci.project(slug)
    branch = branch or project.default_branch
    runnable = await _runnable(context, project, branch, definition)
    blocks = trigger_form_blocks.draw(project, branch=branch, runnable=runnable, fields=context.request.fields)
    drawn_for = Wanted(project=str(slug), branch=branch, definition=runnable.chosen)
    return View(TITLE, blocks, line=drawn_for.line(), submit="Trigger")


async def _runnable(
    context: Context, project: Project, branch: str | None, definition: str | None
) -> trigger_form_blocks.Runnable:
    """Of several definitions each has parameters of its own, so that one has to be chosen first."""
    several = await definitions.known(context, project)
    if len(several) > 1 and definition not in {one.id for one in several}:
        return trigger_form_blocks.Runnable(several)
    chosen = definitions.of(several, definition) if len(several) > 1 else definitions.sole(several, project)
    known = await parameters_of(context.circleci, project.project, branch, None, project.default_branch, chosen.alike)
    return trigger_form_blocks.Runnable(
        several, definition if len(several) > 1 else None, known, chosen.config_elsewhere
    )


def handed_in(context: Context, wanted: Wanted) -> Wanted:
    """What the form says, which was drawn for `wanted`. Raises Outdated when somebody chose faster than it drew."""
    filled = trigger_form_blocks.read(context.request.fields)
    said = (filled.project or wanted.project, filled.branch or wanted.branch, filled.definition or wanted.definition)
    if wanted.project is None or said != (wanted.project, wanted.branch, wanted.definition):
        raise Outdated("Now the form shows what you chose last: look at it, and press Trigger again.")
    return replace(wanted, config_branch=filled.config_branch, parameters=filled.parameters, sparing=True)


async def suggest(context: Context, said: Line, action: str, typed: str) -> Sequence[Choice]:
    """Projects or branches that contain what was typed; one that never ran can be had by typing it whole."""
    if action == trigger_form_blocks.BRANCH:
        return await _branches(context, said, typed)
    return await visible_projects.list_project_choices(context, typed)


async def _branches(context: Context, said: Line, typed: str) -> list[Choice]:
    drawn_for = said.words[0] if said.words else None
    slug = await _chosen(context, trigger_form_blocks.read(context.request.fields).project or drawn_for)
    known = await visible_projects.branches(context, slug) if slug else ()
    found = [Choice(branch, branch) for branch in known if typed.casefold() in branch.casefold()]
    itself = [Choice(f"Use “{typed}”", typed)] if typed and typed not in known else []
    return [*found[:99], *itself]
