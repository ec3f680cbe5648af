"""To promote by the pipeline that was designated to deploy: what can go where, and the form that starts it.

CircleCI's own *Deploy* fills in `pipeline.deploy.…`, and no call does: what it deploys the pipeline hears by parameters
of its own, of which some are called as usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.actions import act_claims, definition_choice, definitions
from bot.actions.act_claims import ActClaim
from bot.actions.deploy_targets import PlaceWords
from bot.blocks import promotion_blocks, trigger_form_blocks
from bot.circleci.declared_parameters import NOTHING, DeclaredParameters
from bot.circleci.deployed_changes import fetch_changes
from bot.circleci.deployed_places import DeployPlace, ProjectDeploys, list_called
from bot.circleci.models import DeployEnvironment, Project
from bot.command import Context, Modal, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.mrkdwn import as_bold, as_code, cut, escape
from bot.permissions import ActTarget

USUAL = {
    "version": frozenset({"version", "target_version", "tag"}),
    "environment": frozenset({"environment", "environment_name", "target_environment", "target_environment_name"}),
    "component": frozenset({"component", "component_name"}),
}
"""What parameters are usually called that say what is promoted."""


@dataclass(frozen=True, slots=True)
class PipelinePromotion:
    """What runs at `source` goes to `target`."""

    source: DeployPlace
    target: DeployPlace

    @property
    def values(self) -> Mapping[str, str]:
        """What the pipeline has to hear, by the usual name that says most."""
        place, live = self.target, self.source.live
        said = {
            "version": live.name if live else "",
            "environment": place.environment.name,
            "component": place.component.name,
        }
        return {name: value for name, value in said.items() if value}


def list_steps(deploys: ProjectDeploys, said: PlaceWords, source: str | None) -> list[PipelinePromotion]:
    """Where something runs that is newer than what runs elsewhere; of two named ends also where it is older.

    To an environment where nothing runs yet only where it is named: nobody knows which of the organisation's is meant.
    """
    wanted = [one for one in deploys.shown if said.namespace in {None, one.namespace}]
    sources = [one for one in list_called(wanted, source) if one.live]
    found = [
        PipelinePromotion(one, target) for one in sources for target in _list_targets(deploys, one, said.environment)
    ]
    return [one for one in found if (source and said.environment) or _is_forward(deploys, one)]


def _list_targets(deploys: ProjectDeploys, source: DeployPlace, environment: str | None) -> Iterator[DeployPlace]:
    """Other places of the same component that run something else."""
    known = [
        one
        for one in deploys.shown
        if (one.component, one.namespace) == (source.component, source.namespace) and one is not source
    ]
    called = list_called(known, environment)
    yield from (one for one in called if one.live is None or (source.live and one.live.name != source.live.name))
    if not called and environment in deploys.environments and environment != source.environment.name:
        bare = DeployEnvironment(id="", name=environment or "")
        yield replace(source, environment=bare, versions=(), releases=())


def _is_forward(deploys: ProjectDeploys, step: PipelinePromotion) -> bool:
    """Unless what runs there is known to be newer."""
    here, there = (
        deploys.pipelines.get(one.get_pipeline_id(one.live)) if one.live else None for one in (step.source, step.target)
    )
    return here is None or there is None or here.number > there.number


async def is_designated(context: Context, deploys: ProjectDeploys, definition: str) -> bool:
    """Whether CircleCI shows a definition of this id, which the project's settings name."""
    return bool(definition) and definition in {one.id for one in await definitions.fetch(context, deploys.project)}


async def build_form(context: Context, deploys: ProjectDeploys, step: PipelinePromotion, definition: str) -> Modal:
    """The trigger's form for just this definition, filled in. Raises NotAllowed for whoever may start nothing of it."""
    project = deploys.project
    await context.rights.check_act(ActTarget(project=project.project), "trigger", final=False)
    ahead = promotion_blocks.render_ahead(await _describe(context, deploys, step))
    branch = project.default_branch
    return await draw_form(context, project, branch, definition=definition, promoted=step.values, ahead=ahead)


async def draw_form(
    context: Context,
    project: Project,
    branch: str | None,
    *,
    definition: str | None,
    promoted: Mapping[str, str],
    ahead: Sequence[Mapping[str, Any]],
) -> Modal:
    """The form for this branch, whose config may hear by other parameters what is `promoted` than another one's."""
    runnable = await definition_choice.fetch(context, project, branch, definition)
    known = runnable.known or NOTHING
    needed = {name: value for name, value in promoted.items() if (name, value) != ("component", project.name)}
    filled = needed if known.source == "unknown" else choose_values(known, promoted)
    untaken = list_untaken(known, filled, needed)
    asked = list_asked(known, filled) if untaken else []
    note = promotion_blocks.render_filled(filled, untaken, asked, is_guess=known.source == "unknown")
    login = context.account.login if context.account else None
    notes = trigger_form_blocks.FormNotes(filled, login=login, asked=frozenset(asked))
    return definition_choice.build_form(
        context, project, branch, runnable=runnable, notes=notes, ahead=[*ahead, note], promoted=promoted
    )


def claim_step(
    context: Context, project: ProjectSlug, drawn_for: Mapping[str, str], sent: Mapping[str, object]
) -> AbstractAsyncContextManager[ActClaim]:
    """One start at a time brings this version there: as `sent`, else as the form was drawn for.

    Raises TargetError for the second.
    """
    told = {what: str(sent[each]) for what in USUAL for each in _find_usual(sent, what)}
    said = {what: told.get(what) or drawn_for.get(what, "") for what in USUAL}
    of = [str(project), *(said[what] for what in sorted(said))]
    return act_claims.claim(context, "promote", of, partial(_build_promoted_error, project, said))


def _build_promoted_error(project: ProjectSlug, said: Mapping[str, str]) -> TargetError:
    text = _(
        "Somebody has just promoted {version} to {place}. Nothing was done.",
        version=as_code(said["version"], 80),
        place=as_bold(cut(escape(said["environment"]), 80)),
    )
    return TargetError(text, NextStep(_("Show Deploys"), format_line("deploys", str(project))))


async def _describe(context: Context, deploys: ProjectDeploys, step: PipelinePromotion) -> str:
    source, target = step.source, step.target
    new, old = (deploys.pipelines.get(one.get_pipeline_id(one.live)) if one.live else None for one in (source, target))
    changes = await fetch_changes(context.circleci, old, new) if old and new else None
    return promotion_blocks.format_step_ahead(deploys, source, target, changes)


def choose_values(known: DeclaredParameters, promoted: Mapping[str, str]) -> Mapping[str, str]:
    """Values for parameters that are called as usual and take them, else for the only one that has it as a choice."""
    declared = [one.name for one in known.parameters]
    said = {each: value for name, value in promoted.items() for each in _find_usual(declared, name)}
    filled = definition_choice.select_taken(said, known)
    for name, value in promoted.items():
        if not _find_usual(filled, name):
            filled |= dict.fromkeys(_find_choosing(known, filled, value), value)
    return filled


def list_untaken(known: DeclaredParameters, filled: Mapping[str, str], promoted: Mapping[str, str]) -> list[str]:
    """What of it is not filled in: a default would stand there instead, which may be another place."""
    unusual = {name for name in filled if not any(_find_usual([name], what) for what in USUAL)}
    by_choice = {filled[one.name] for one in known.parameters if one.name in unusual and one.choices}
    return [value for name, value in promoted.items() if not _find_usual(filled, name) and value not in by_choice]


def list_asked(known: DeclaredParameters, filled: Mapping[str, str]) -> list[str]:
    """Parameters by name that may say what goes where: their defaults are not taken for what somebody wants."""
    return [one.name for one in known.parameters if one.name not in filled and one.type in {"string", "enum"}]


def _find_choosing(known: DeclaredParameters, filled: Mapping[str, str], value: str) -> list[str]:
    choosing = [one.name for one in known.parameters if value in one.choices and one.name not in filled]
    return choosing if len(choosing) == 1 else []


def _find_usual(names: Iterable[str], what: str) -> list[str]:
    """Those that say `what` is promoted."""
    return [one for one in names if one.casefold().replace("-", "_") in USUAL[what]]
