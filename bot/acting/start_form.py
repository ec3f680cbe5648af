"""The form that starts a pipeline: drawn again whenever another project or branch is chosen, then read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.acting import definitions
from bot.acting.start import Wanted
from bot.blocks import form
from bot.circleci.parameters import parameters_of
from bot.command import Choice, Context, Line, View, line
from bot.domain import ProjectSlug
from bot.errors import NotFound, NotThere, Outdated
from bot.meaning import targets, visible

TITLE = "Trigger a pipeline"


async def draw(context: Context, wanted: Wanted) -> View:
    """The form as it should look now. `wanted` is what it was drawn for last, the request's fields are what changed."""
    filled = form.read(context.request.fields)
    slug = await _chosen(context, filled.project or wanted.project)
    if slug is None:
        return View(TITLE, form.ask_project(), line=line("trigger"), submit="Trigger")
    try:
        return await _draw_for(context, slug, _branch(filled, wanted))
    except (NotFound, NotThere) as error:
        return View(TITLE, form.ask_project(error.message), line=line("trigger"), submit="Trigger")


async def _chosen(context: Context, text: str | None) -> ProjectSlug | None:
    if text is None:
        return await targets.project_here(context)
    return await targets.project(context, text, lambda slug: line("trigger", slug))


def _branch(filled: form.Filled, wanted: Wanted) -> str | None:
    """The branch chosen so far, unless it was chosen for another project."""
    return (filled.branch or wanted.branch) if filled.project in {None, wanted.project} else None


async def _draw_for(context: Context, slug: ProjectSlug, branch: str | None) -> View:
    """The line says what the form was drawn for, so that what is handed in can be held against it."""
    circleci = context.circleci
    project = await circleci.project(slug)
    branch = branch or project.default_branch
    runnable = await definitions.known(context, project)
    known = await parameters_of(circleci, slug, branch, None, project.default_branch)
    blocks = form.draw(project, branch=branch, definitions=runnable, known=known, fields=context.request.fields)
    return View(TITLE, blocks, line=Wanted(project=str(slug), branch=branch).line(), submit="Trigger")


def handed_in(context: Context, wanted: Wanted) -> Wanted:
    """What the form says, which was drawn for `wanted`. Raises Outdated when somebody chose faster than it drew."""
    filled = form.read(context.request.fields)
    project, branch = filled.project or wanted.project, filled.branch or wanted.branch
    if wanted.project is None or (project, branch) != (wanted.project, wanted.branch):
        raise Outdated("Now the form shows what you chose last: look at it, and press Trigger again.")
    return replace(wanted, definition=filled.definition, parameters=filled.parameters, sparing=True)


async def suggest(context: Context, said: Line, action: str, typed: str) -> Sequence[Choice]:
    """Projects or branches that contain what was typed; one that never ran can be had by typing it whole."""
    return await (_branches(context, said, typed) if action == form.BRANCH else projects(context, typed))


async def projects(context: Context, typed: str) -> list[Choice]:
    """Projects that the person can see, by a part of their name; any other by typing it in full."""
    known = [
        Choice(f"{project.full_name} ({project.project.vcs})", project.slug)
        for project in await visible.projects(context)
    ]
    found = [choice for choice in known if typed.casefold() in f"{choice.text} {choice.value}".casefold()]
    itself = [Choice(f"Use “{typed}”", typed)] if typed.count("/") == 2 and not typed.endswith("/") else []
    return found[:99] or itself


async def _branches(context: Context, said: Line, typed: str) -> list[Choice]:
    drawn_for = said.words[0] if said.words else None
    slug = await _chosen(context, form.read(context.request.fields).project or drawn_for)
    known = await visible.branches(context, slug) if slug else ()
    found = [Choice(branch, branch) for branch in known if typed.casefold() in branch.casefold()]
    itself = [Choice(f"Use “{typed}”", typed)] if typed and typed not in known else []
    return [*found[:99], *itself]
