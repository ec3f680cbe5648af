"""Start a pipeline: check what was asked for as far as CircleCI lets us, trigger once, then follow it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from bot.actions import act_targets, definitions, target_projects, visible_presets, visible_projects
from bot.actions.definitions import SelectedDefinition
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.lost_answer import SKEW
from bot.blocks import deed_blocks
from bot.blocks.declared_blocks import ConfigRef, format_parameter_check
from bot.circleci.models import NotTriggered, Pipeline, Project, TriggeredPipeline, Vcs
from bot.circleci.parameter_values import as_text, coerce_parameters, get_parameter_type
from bot.circleci.pipelines_api import Value
from bot.command import Context, Reply, format_line
from bot.commands.trigger.refused_values import add_fix_steps
from bot.commands.trigger.trigger_request import TriggerRequest
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, NextStep, Rejected, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, as_link, cut, escape
from bot.rules import preset_names
from bot.untrusted.masking import mask_secrets


@dataclass(frozen=True, slots=True)
class TriggerPlan:
    """What will be sent to CircleCI. `note` says what to know about the values."""

    slug: ProjectSlug
    branch: str | None
    tag: str | None
    chosen: SelectedDefinition
    parameters: Mapping[str, Value]
    note: str = ""
    config_branch: str | None = None
    preset: str | None = None
    reason: str = ""

    def to_line(self, parameters: Mapping[str, str], types: Mapping[str, str]) -> Written:
        """The same with these parameters, whose types are as said."""
        return TriggerRequest(
            project=str(self.slug),
            branch=self.branch,
            tag=self.tag,
            definition=self.chosen.id,
            config_branch=self.config_branch,
            parameters=parameters,
            types=types,
            reason=self.reason,
        ).to_line()

    def build_branch_step(self, branch: str) -> NextStep:
        """The same on another branch."""
        return NextStep(_("Trigger on {branch}", branch=branch), replace(self, branch=branch).to_own_line())

    def to_own_line(self) -> Written:
        """The same, whole."""
        texts = {name: as_text(value) for name, value in self.parameters.items()}
        types = {name: get_parameter_type(value) for name, value in self.parameters.items()}
        return self.to_line(texts, types)


async def plan(context: Context, wanted: TriggerRequest) -> TriggerPlan:
    """Check everything that can be checked before anything is triggered, rights too. Raises BotErrors."""
    slug = await resolve_project(context, wanted)
    project = await context.circleci.fetch_project(slug)
    branch = wanted.branch or (None if wanted.tag else project.default_branch)
    wanted = replace(wanted, branch=branch)
    chosen = await _choose_definition(context, wanted, project)
    said, spared, note = await _coerce_parameters(context, wanted, project, chosen)
    parameters = {name: value for name, value in said.items() if name not in spared}
    planned = TriggerPlan(
        slug,
        branch,
        wanted.tag,
        chosen,
        parameters,
        note,
        wanted.config_branch,
        wanted.preset,
        wanted.reason,
    )
    await act_targets.check_start(
        context,
        project,
        parameters,
        branch=branch,
        tag=wanted.tag,
        chosen=chosen,
        config_branch=wanted.config_branch,
        line=planned.to_own_line(),
        why=wanted.reason,
    )
    return planned


async def resolve_project(context: Context, wanted: TriggerRequest) -> ProjectSlug:
    """The project that is meant. A word that is the name of none may have been meant as a preset's, which is said."""
    word = wanted.project
    try:
        return await target_projects.resolve_project(context, word, lambda slug: wanted.to_line(project=slug))
    except target_projects.BranchMeant:
        raise
    except TargetError as error:
        if not word or not preset_names.is_name(word) or await target_projects.is_project_name(context, word):
            raise
        if misread := await visible_presets.find_misread(context, word):
            raise _build_misread_preset_error(*misread) from None
        no_preset = _("There is no preset {name} here, either.", name=as_code(word, 60))
        steps = *error.next_steps, NextStep(_("Show Presets"), format_line("preset"))
        raise TargetError(error.message, no_preset, *steps) from None


def _build_misread_preset_error(word: str, near: str) -> TargetError:
    return TargetError(
        _("There is no preset {name}. Did you mean {near}?", name=as_code(word, 60), near=as_code(near)),
        NextStep(_("Show Presets"), format_line("preset")),
        misread=(word, near),
    )


async def _choose_definition(context: Context, wanted: TriggerRequest, project: Project) -> SelectedDefinition:
    known = await definitions.fetch(context, project, needed=wanted.definition is not None)
    return definitions.choose(
        known, wanted.definition, project, build_line=lambda chosen: wanted.to_line(definition=chosen)
    )


async def _coerce_parameters(
    context: Context, wanted: TriggerRequest, project: Project, chosen: SelectedDefinition
) -> tuple[Mapping[str, Value], Collection[str], str]:
    """The values, those of them that CircleCI need not be told, and what to know about them."""
    if not wanted.parameters:
        return {}, (), ""
    known = await definitions.fetch_declared(context, project, wanted.branch, tag=wanted.tag, chosen=chosen)
    try:
        values, doubted = coerce_parameters(known, wanted.parameters, wanted.types)
    except UsageError as error:
        error.otherwise = NextStep(_("Fill In the Form…"), replace(wanted, preset=None, form=True).to_line())
        raise
    where = ConfigRef(
        wanted.branch, wanted.tag, project.default_branch, one_of_several=chosen.same_config_ids is not None
    )
    note = format_parameter_check(known, where, doubted)
    defaults = {one.name: one.default for one in known.parameters} if wanted.sparing else {}
    spared = {name for name, value in values.items() if value == defaults.get(name)}
    return values, spared - context.rights.parameter_names, note


async def trigger(context: Context, plan: TriggerPlan, claimed: AbstractAsyncContextManager[object]) -> Reply:
    """Trigger it while it is `claimed`, follow what came of it, and say so where the card does not."""
    async with claimed:
        outcome = await _request(context, plan)
    visible_projects.invalidate(context, plan.slug)
    pipeline = await _fetch_pipeline(context, plan, outcome)
    seen = await follow_pipeline(context, plan.slug, pipeline, action=_format_action(plan))
    started = await _format_pipeline(context, plan.slug, pipeline, _STARTED)
    return Reply(Message("\n".join(filter(None, [started, plan.note]))), seen=seen and not plan.note)


async def _request(context: Context, plan: TriggerPlan) -> TriggeredPipeline:
    try:
        outcome = await context.circleci.trigger_pipeline(
            plan.slug,
            branch=plan.branch,
            tag=plan.tag,
            parameters=plan.parameters,
            definition_id=plan.chosen.id,
            config=plan.chosen.build_config_ref(plan.config_branch),
        )
    except Rejected as error:
        if _is_unknown_branch(error, plan):
            raise await _build_branch_error(context, plan) from None
        raise add_fix_steps(error, plan.parameters, plan.to_line, plan.note) from None
    if isinstance(outcome, NotTriggered):
        raise Rejected(_("Nothing was triggered. CircleCI says: “{quote}”", quote=cut(escape(outcome.message), 500)))
    return outcome


def _is_unknown_branch(error: Rejected, plan: TriggerPlan) -> bool:
    """CircleCI does not say which one it misses; that of the config is another repository's."""
    return bool(plan.branch) and not plan.config_branch and "branch not found" in error.message.casefold()


async def _build_branch_error(context: Context, plan: TriggerPlan) -> TargetError:
    project = await visible_projects.format_name(context, plan.slug)
    branches = [one for one in await visible_projects.list_branches(context, plan.slug) if one != plan.branch]
    error = TargetError(
        _("{project} has no branch {branch}.", project=project, branch=as_code(plan.branch or "", 120)),
        *(plan.build_branch_step(one) for one in get_close_matches(plan.branch or "", branches, n=1)),
        _("Push it first, or choose another branch."),
    )
    error.field = "branch@b"
    return error


async def _fetch_pipeline(context: Context, plan: TriggerPlan, created: TriggeredPipeline) -> Pipeline:
    """The new pipeline. It has begun, so that a failing read must not make it look as if it had not."""
    try:
        return await context.circleci.fetch_pipeline(created.id)
    except CircleCIError:
        vcs = Vcs(branch=plan.branch or "", tag=plan.tag or "")
        return Pipeline(
            id=created.id,
            number=created.number,
            project_slug=str(plan.slug),
            state=created.state,
            created_at=created.created_at,
            vcs=vcs,
        )


def _format_action(plan: TriggerPlan) -> str:
    shown = [as_code(mask_secrets(f"{name}={as_text(value)}"), 80) for name, value in plan.parameters.items()]
    values = ", ".join([*shown[:6], *([f"+{len(shown) - 6}"] if len(shown) > 6 else [])])
    if plan.preset:
        sentence = deed_blocks.RAN_PRESET_WITH if shown else deed_blocks.RAN_PRESET
        return sentence.format(preset=as_code(plan.preset, 80), parameters=values)
    return deed_blocks.TRIGGERED_WITH.format(parameters=values) if shown else deed_blocks.TRIGGERED


_STARTED = (
    N_(":rocket: Started pipeline {pipeline} of {project} on {branch}"),
    N_(":rocket: Started pipeline {pipeline} of {project} on its default branch"),
)
_FOUND = (
    N_("I looked again: pipeline {pipeline} of {project} on {branch} did start, and I follow it."),
    N_("I looked again: pipeline {pipeline} of {project} on its default branch did start, and I follow it."),
)


async def _format_pipeline(context: Context, slug: ProjectSlug, pipeline: Pipeline, said: tuple[str, str]) -> str:
    """`said` of a branch or a tag, and where none is known."""
    on_ref, on_default = said
    return _(
        on_ref if pipeline.ref else on_default,
        pipeline=as_link(context.links.pipeline_url(slug, pipeline.number), f"#{pipeline.number}"),
        project=await visible_projects.format_name(context, slug),
        branch=as_code(pipeline.ref or ""),
    )


async def reconcile(context: Context, plan: TriggerPlan, began_at: datetime) -> str:
    """What became of a trigger whose answer was lost: a new pipeline of this person on that ref is followed."""
    since = began_at - SKEW
    async for pipeline in context.circleci.list_pipelines(plan.slug, mine=True, pages=1):
        if pipeline.created_at is None or pipeline.created_at < since:
            break
        fits = pipeline.tag == plan.tag if plan.tag else plan.branch in {None, pipeline.branch}
        if fits and not await _is_known(context, pipeline.id):
            await follow_pipeline(context, plan.slug, pipeline, action=_format_action(plan))
            return await _format_pipeline(context, plan.slug, pipeline, _FOUND)
    return _("I looked again: CircleCI shows no such pipeline yet. If none appears within a minute, trigger again.")


async def _is_known(context: Context, pipeline_id: str) -> bool:
    """A pipeline with audit entries came from another request; one without may be ours, seen first by the poller."""
    async with context.store.begin_read() as tx:
        return bool(await tx.audit.list_for_pipeline(pipeline_id))
