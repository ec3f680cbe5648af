"""What would be started, and what a channel would be told: the project that is meant, and what the words name in it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.actions import visible_presets, visible_projects
from bot.actions.target_projects import find_current_project, is_project_name, resolve_project
from bot.blocks import proposal_blocks
from bot.blocks.proposal_blocks import Choice
from bot.circleci.declared_parameters import Parameter, fetch_parameters
from bot.circleci.models import Project
from bot.command import Context, format_line
from bot.errors import CircleCIError, NextStep, TargetError
from bot.language import _
from bot.line import extend_line
from bot.messages import Message
from bot.mrkdwn import as_code, escape


async def propose_trigger(context: Context, word: str | None, branch: str | None) -> Message:
    """A branch is named, or the form asks for it."""
    project = await _fetch_project(context, word)
    slug = str(project.project)
    if branch is None:
        what = _("*Start a pipeline* of {full_name}", full_name=escape(project.full_name))
        return proposal_blocks.render(what, [(_("Trigger…"), format_line("trigger", slug))])
    known = await visible_projects.list_branches(context, project.project)
    near = [] if branch in known else get_close_matches(branch, known, n=3)
    if near:
        steps = (
            NextStep(_("Trigger on {one}", one=one), format_line("trigger", slug, branch=one))
            for one in (*near, branch)
        )
        name = escape(project.full_name)
        raise TargetError(
            _("{name} has run nothing on {branch}. Which branch do you mean?", name=name, branch=as_code(branch, 120)),
            *steps,
        )
    return _render_start(project, [_on_branch(project, branch)])


def _on_branch(project: Project, branch: str) -> tuple[str, Choice]:
    line = format_line("trigger", str(project.project), branch=branch)
    return _("on {branch}", branch=as_code(branch, 120)), (_("Trigger on {branch}", branch=branch), line)


async def propose_deploy(context: Context, words: Sequence[str]) -> Message:
    """`deploy production` names a preset, a branch, a parameter's value, or a project: each that there is."""
    verb, *named = words
    word = named[-1]
    presets = [] if len(named) > 1 else await _list_presets(context, word)
    project = await _find_project(context, named)
    ways = await _list_ways(context, project, word, verb=verb) if project else []
    if project and (presets or ways):
        return _render_start(project, [*presets, *ways])
    if presets:
        return proposal_blocks.render(_("*Start a pipeline*"), [choice for _, choice in presets])
    if len(named) == 1 and await is_project_name(context, word):
        return await propose_trigger(context, word, None)
    whose = _(" of {full_name}", full_name=escape(project.full_name)) if project else ""
    slug = [str(project.project)] if project else []
    raise TargetError(
        _(
            "Nothing here is called {word}: no preset, and no branch or parameter{whose}.",
            word=as_code(word, 100),
            whose=whose,
        ),
        NextStep(_("Trigger…"), format_line("trigger", *slug)),
    )


async def _find_project(context: Context, named: Sequence[str]) -> Project | None:
    """The one before the word, else the channel's."""
    if len(named) > 1:
        return await _fetch_project(context, named[0])
    here = await find_current_project(context)
    return await context.circleci.fetch_project(here) if here else None


async def _fetch_project(context: Context, word: str | None) -> Project:
    slug = await resolve_project(context, word, lambda slug: format_line("propose", "trigger", slug))
    return await context.circleci.fetch_project(slug)


async def _list_presets(context: Context, word: str) -> list[tuple[str, Choice]]:
    known = await visible_presets.list_visible(context)
    found = next((one.name for one in known if _is_called(one.name, word)), None)
    line = format_line("trigger", preset=found)
    return (
        [(_("by the preset {found}", found=as_code(found, 60)), (_("Run {found}", found=found), line))] if found else []
    )


async def _list_ways(context: Context, project: Project, word: str, *, verb: str) -> list[tuple[str, Choice]]:
    branches = await visible_projects.list_branches(context, project.project)
    on = [_on_branch(project, one) for one in branches if one.casefold() == word.casefold()]
    pairs = await _find_pairs(context, project, word, verb=verb)
    if not pairs:
        return on
    said = " ".join(f"{name}={value}" for name, value in pairs.items())
    branch = project.default_branch
    line = extend_line(format_line("trigger", str(project.project), branch=branch), pairs)
    where = _("on {branch} with ", branch=as_code(branch, 120)) if branch else "with "
    return [*on, (f"{where}{as_code(said, 200)}", (_("Trigger with {said}", said=said), line))]


async def _find_pairs(context: Context, project: Project, word: str, *, verb: str) -> dict[str, str]:
    """A choice that is called so; beside it the switch that is called like the verb. Else a switch of that name."""
    try:
        known = await fetch_parameters(
            context.circleci, project.project, project.default_branch, tag=None, default_branch=project.default_branch
        )
    except CircleCIError:
        return {}
    chosen = {one.name: choice for one in known.parameters for choice in one.choices if _is_called(choice, word)}
    switches = [one for one in known.parameters if one.type == "boolean"]
    wanted = [one for one in switches if _is_called(one.name, verb if chosen else word)]
    return {**dict(list(chosen.items())[:1]), **_switch_on(wanted)}


def _switch_on(wanted: Sequence[Parameter]) -> dict[str, str]:
    return {one.name: "true" for one in wanted[:1]}


def _is_called(name: str, word: str) -> bool:
    return name.casefold() == word.casefold()


def _render_start(project: Project, ways: Sequence[tuple[str, Choice]]) -> Message:
    name = escape(project.full_name)
    if len(ways) == 1:
        how, (_label, line) = ways[0]
        return proposal_blocks.render(
            _("*Start a pipeline* of {name} {how}, in your name", name=name, how=how), [(_("Trigger Pipeline"), line)]
        )
    each = "\n".join(f"• {how}" for how, _ in ways)
    return proposal_blocks.render(
        _("How do you want to start {name}?\n{each}", name=name, each=each), [choice for _, choice in ways]
    )


async def propose_subscribe(context: Context, words: Sequence[str]) -> Message:
    """A project, or a branch of the channel's project whose failures are meant."""
    word = words[0] if words else None
    here = await find_current_project(context)
    if word and here and "/" not in word and not await is_project_name(context, word):
        project = await context.circleci.fetch_project(here)
        line = format_line("subscribe", str(here), branch=word, only=["failed"])
        what = _(
            "*Post here* when {word} of {full_name} fails", word=as_code(word, 120), full_name=escape(project.full_name)
        )
    else:
        project = await _fetch_project(context, word)
        line = format_line("subscribe", str(project.project))
        what = _("*Post here* what fails, recovers or waits in {full_name}", full_name=escape(project.full_name))
    return proposal_blocks.render(what, [(_("Subscribe"), line)])
