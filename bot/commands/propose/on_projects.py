"""What would be started, and what a channel would be told: the project that is meant, and what the words name in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.actions import definitions, visible_presets, visible_projects
from bot.actions.target_projects import find_current_project, is_project_name, resolve_project
from bot.blocks import created_rule_blocks, proposal_blocks
from bot.blocks.proposal_blocks import Choice
from bot.circleci.declared_parameters import Parameter
from bot.circleci.models import Project
from bot.command import Context, format_line
from bot.domain import ProjectScope
from bot.errors import CircleCIError, NextStep, TargetError
from bot.language import _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.mrkdwn import as_code, escape
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to start it: the sentence where there is no other (`alone`), its row `among` others, and its button."""

    alone: str
    among: str
    label: str
    line: Written

    @property
    def choice(self) -> Choice:
        return self.label, self.line


async def propose_trigger(context: Context, word: str | None, branch: str | None) -> Message:
    """A branch is named, or the form asks for it."""
    project = await _fetch_project(context, word)
    slug = str(project.project)
    if branch is None:
        what = _("*Trigger a pipeline*: {project}", project=escape(project.full_name))
        return proposal_blocks.render(what, [(_("Trigger…"), format_line("trigger", slug))])
    known = await visible_projects.list_branches(context, project.project)
    near = [] if branch in known else get_close_matches(branch, known, n=3)
    if near:
        steps = (
            NextStep(_("Trigger on {branch}", branch=one), format_line("trigger", slug, branch=one))
            for one in (*near, branch)
        )
        name, shown = escape(project.full_name), as_code(branch, 120)
        raise TargetError(
            _("{project} has run nothing on {branch}. Which branch do you mean?", project=name, branch=shown), *steps
        )
    return _render_start(project, [_on_branch(project, branch)])


def _on_branch(project: Project, branch: str) -> _Way:
    shown = as_code(branch, 120)
    return _Way(
        alone=_(
            "*Trigger a pipeline*: {project} on {branch}, in your name",
            project=escape(project.full_name),
            branch=shown,
        ),
        among=_("on {branch}", branch=shown),
        label=_("Trigger on {branch}", branch=branch),
        line=format_line("trigger", str(project.project), branch=branch),
    )


async def propose_deploy(context: Context, words: Sequence[str]) -> Message:
    """`deploy production` names a preset, a branch, a parameter's value, or a project: each that there is."""
    verb, *named = words
    word = named[-1]
    project = await _find_project(context, named)
    presets = [] if len(named) > 1 else await _list_presets(context, project, word)
    ways = await _list_ways(context, project, word, verb=verb) if project else []
    if project and (presets or ways):
        return _render_start(project, [*presets, *ways])
    if presets:
        return proposal_blocks.render(presets[0].alone, [one.choice for one in presets])
    if len(named) == 1 and await is_project_name(context, word):
        return await propose_trigger(context, word, None)
    slug = [str(project.project)] if project else []
    raise TargetError(
        _format_nothing(project, as_code(word, 100)), NextStep(_("Trigger…"), format_line("trigger", *slug))
    )


def _format_nothing(project: Project | None, word: str) -> str:
    if project is None:
        return _("Nothing here is called {word}: no preset, and no branch or parameter.", word=word)
    return _(
        "Nothing here is called {word}: no preset, and no branch or parameter of {project}.",
        word=word,
        project=escape(project.full_name),
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


async def _list_presets(context: Context, project: Project | None, word: str) -> list[_Way]:
    known = await visible_presets.list_visible(context)
    return [_by_preset(project, one.name) for one in known if _is_called(one.name, word)][:1]


def _by_preset(project: Project | None, name: str) -> _Way:
    shown = as_code(name, 60)
    alone = _("*Trigger a pipeline*")
    if project:
        alone = _(
            "*Trigger a pipeline*: {project} by the preset {preset}, in your name",
            project=escape(project.full_name),
            preset=shown,
        )
    return _Way(
        alone=alone,
        among=_("by the preset {preset}", preset=shown),
        label=_("Run {preset}", preset=name),
        line=format_line("trigger", preset=name),
    )


async def _list_ways(context: Context, project: Project, word: str, *, verb: str) -> list[_Way]:
    branches = await visible_projects.list_branches(context, project.project)
    on = [_on_branch(project, one) for one in branches if one.casefold() == word.casefold()]
    pairs = await _find_pairs(context, project, word, verb=verb)
    return [*on, *([_with_parameters(project, pairs)] if pairs else [])]


def _with_parameters(project: Project, pairs: Mapping[str, str]) -> _Way:
    said = " ".join(f"{name}={value}" for name, value in pairs.items())
    branch, name, values = project.default_branch, escape(project.full_name), as_code(said, 200)
    alone = _("*Trigger a pipeline*: {project} with {parameters}, in your name", project=name, parameters=values)
    among = _("with {parameters}", parameters=values)
    if branch:
        shown = as_code(branch, 120)
        alone = _(
            "*Trigger a pipeline*: {project} on {branch} with {parameters}, in your name",
            project=name,
            branch=shown,
            parameters=values,
        )
        among = _("on {branch} with {parameters}", branch=shown, parameters=values)
    line = extend_line(format_line("trigger", str(project.project), branch=branch), pairs)
    return _Way(alone, among, _("Trigger with {parameters}", parameters=said), line)


async def _find_pairs(context: Context, project: Project, word: str, *, verb: str) -> dict[str, str]:
    """A choice that is called so; beside it the switch that is called like the verb. Else a switch of that name."""
    try:
        known = await definitions.fetch_declared(context, project, project.default_branch)
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


def _render_start(project: Project, ways: Sequence[_Way]) -> Message:
    if len(ways) == 1:
        return proposal_blocks.render(ways[0].alone, [(_("Trigger"), ways[0].line)])
    asked = _("How do you want to start {project}?", project=escape(project.full_name))
    text = "\n".join([asked, *(f"• {one.among}" for one in ways)])
    return proposal_blocks.render(text, [one.choice for one in ways])


async def propose_subscribe(context: Context, words: Sequence[str]) -> Message:
    """A project, or a branch of the channel's project whose failures are meant; or deploys, by options of the rule."""
    said = {name: [value] for name, _equals, value in (one[2:].partition("=") for one in words if one[:2] == "--")}
    word = next((one for one in words if one[:2] != "--"), None)
    if said:
        return await _propose_deploys(context, await _fetch_project(context, word), **said)
    here = await find_current_project(context)
    if word and here and "/" not in word and not await is_project_name(context, word):
        project = await context.circleci.fetch_project(here)
        wanted = {"branch": [word], "only": ["failed"]}
        name, branch = escape(project.full_name), as_code(word, 120)
        what = _("*Post here* when {branch} of {project} fails", branch=branch, project=name)
    else:
        project = await _fetch_project(context, word)
        wanted = {}
        what = _("*Post here* what fails, recovers or waits in {project}", project=escape(project.full_name))
    return await _propose_rule(context, project, what, wanted)


async def _propose_deploys(
    context: Context, project: Project, environment: Sequence[str] = (), only: Sequence[str] = ()
) -> Message:
    """Each kind of deploy, to where it was said."""
    name = escape(project.full_name)
    if environment:
        where = as_code(environment[0], 120)
        what = _("*Post here* what is deployed to {environment} of {project}", environment=where, project=name)
    else:
        what = _("*Post here* what is deployed of {project}", project=name)
    wanted = {"environment": environment, "only": only}
    return await _propose_rule(context, project, what, {name: said for name, said in wanted.items() if said})


async def _propose_rule(context: Context, project: Project, what: str, wanted: Mapping[str, Sequence[str]]) -> Message:
    """Or the one that says this already."""
    request, scope = context.request, ProjectScope.parse(str(project.project))
    place = request.channel or request.user
    rule = Subscription(0, request.workspace, place, scope, Rule.parse(wanted), request.user, context.clock.now())
    async with context.store.begin_read() as tx:
        known = await tx.subscriptions.find_same(rule)
    if known:
        return created_rule_blocks.render_known(known, {project.project: project.full_name})
    line = format_line("subscribe", str(project.project), **wanted)
    return proposal_blocks.render(what, [(_("Subscribe"), line)])
