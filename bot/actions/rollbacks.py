"""What a rollback is, by what road it goes, and what stands in its way."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

from bot.actions import act_claims, act_targets, targets
from bot.actions.act_claims import ActClaim
from bot.actions.deploy_targets import FoundPlace
from bot.blocks import deed_blocks, deploy_blocks, status_blocks
from bot.circleci.models import ComponentVersion, Pipeline, Workflow
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.mrkdwn import as_bold, as_code
from bot.permissions import ActTarget


class Road(StrEnum):
    """As its line says it."""

    PIPELINE = "pipeline"
    """CircleCI starts the project's rollback pipeline, and checks the precondition."""
    RERUN = "rerun"
    """The workflow that deployed it runs again; nobody else checks anything."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is brought back instead of what, by which pipeline and workflow it was made, and how."""

    current: ComponentVersion
    target: ComponentVersion
    pipeline: Pipeline
    workflow: Workflow | None
    reason: str
    road: Road


async def fetch_road(context: Context, found: FoundPlace, promised: str | None = None) -> Road:
    """Raises TargetError where it is another than somebody was promised."""
    settings = await context.circleci.fetch_deploy_settings(found.deploys.project.id)
    road = Road.PIPELINE if settings.rollback_definition_id else Road.RERUN
    if promised and promised != road:
        raise TargetError(
            _("The project's rollback pipeline is not what it was when you were asked. Nothing was done."),
            build_again_step(found),
        )
    return road


async def build_target(context: Context, found: FoundPlace, decision: Decision) -> ActTarget:
    """For the policy. Where a rollback pipeline starts, and with what, nobody tells: any line about that may hold."""
    known = ActTarget(project=decision.pipeline.project, hold="", pipeline_id=decision.pipeline.id)
    if decision.road is Road.RERUN:
        known = await act_targets.fetch_pipeline_target(context, decision.pipeline, decision.workflow)
    what = _(
        "It brings {place} of {project} back from {current} to {target}: “{reason}”",
        place=as_bold(format_where(found)),
        project=as_code(found.deploys.project.full_name),
        current=as_code(decision.current.name, 80),
        target=as_code(decision.target.name, 80),
        reason=deed_blocks.shorten_reason(decision.reason),
    )
    return replace(known, what=what, why=decision.reason, forward=_is_forward(found, decision))


def _is_forward(found: FoundPlace, decision: Decision) -> bool:
    """Whether it is not known to be older than what runs: then it is a deployment like any other."""
    runs = found.deploys.pipelines.get(found.place.get_pipeline_id(decision.current))
    return runs is None or decision.pipeline.number >= runs.number


def format_where(found: FoundPlace) -> str:
    return deploy_blocks.format_place(found.place, found.deploys.project)


def build_show_step(found: FoundPlace) -> NextStep:
    return NextStep(_("Show Deploys"), found.to_line("deploys"))


def build_again_step(found: FoundPlace) -> NextStep:
    return NextStep(_("Roll Back…"), found.to_line("rollback"))


def build_moved_error(found: FoundPlace, live: ComponentVersion, seen: str) -> TargetError:
    where, version = as_bold(format_where(found)), as_code(live.name, 80)
    shown = {"place": where, "version": version, "seen": as_code(seen, 80)}
    if live.last_deployed_at:
        ago = status_blocks.format_ago(live.last_deployed_at)
        text = _(
            "{place} runs {version} by now, not {seen}: somebody deployed {ago}. Nothing was done.", ago=ago, **shown
        )
    else:
        text = _("{place} runs {version} by now, not {seen}: somebody deployed meanwhile. Nothing was done.", **shown)
    return TargetError(text, build_again_step(found), build_show_step(found))


def build_under_way_error(found: FoundPlace) -> TargetError:
    where = as_bold(format_where(found))
    text = _("A rollback of {place} is under way already. Nothing was done.", place=where)
    return TargetError(text, build_show_step(found))


def claim_place(context: Context, found: FoundPlace) -> AbstractAsyncContextManager[ActClaim]:
    """One rerun at a time brings something back there. Raises TargetError for the second."""
    place, project = found.place, found.deploys.project
    of = [project.id or project.slug, place.component.id, place.environment.id, place.namespace]
    return act_claims.claim(context, "rollback", of, partial(build_under_way_error, found))


def check_still_runs(found: FoundPlace, decision: Decision) -> None:
    """Raises TargetError where something else than what was decided about runs by now, or nobody tells what."""
    live = found.place.live
    if live is None or live.name != decision.current.name:
        raise build_moved_error(found, live or decision.current, decision.current.name)


_MOVES_FOR = timedelta(hours=1)
"""What was planned longer ago and never ended keeps nobody from going back."""


async def check_nothing_moves(context: Context, found: FoundPlace, decision: Decision, workflow: Workflow) -> None:
    """CircleCI reruns as often as it is asked to: nobody else refuses the second time. Raises TargetError."""
    newer = await targets.find_newer_run(context, workflow)
    if newer and not newer.has_ended:
        raise TargetError(
            _(
                "The workflow that deployed {version} runs again already. Nothing was done.",
                version=as_code(decision.target.name, 80),
            ),
            NextStep(_("Show It"), format_line("jobs", newer.id, overview=True)),
            build_show_step(found),
        )
    moving = found.place.under_way
    if moving is None or moving.version == decision.current.name:
        return
    if moving.created_at is None or context.clock.now() - moving.created_at < _MOVES_FOR:
        raise TargetError(
            _(
                "{version} is on its way to {place} just now. Nothing was done.",
                version=as_code(moving.version or "?", 80),
                place=as_bold(format_where(found)),
            ),
            build_show_step(found),
        )
