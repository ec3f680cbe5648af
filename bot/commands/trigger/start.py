"""To start a pipeline: what a person wants is checked as far as CircleCI lets us, triggered once, then followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.actions import definitions, target_projects, visible_projects
from bot.actions.definitions import Chosen
from bot.actions.follow_pipeline import follow
from bot.actions.lost_answer import SKEW
from bot.blocks.declared_blocks import Where, held_against
from bot.circleci.declared_parameters import parameters_of
from bot.circleci.models import Created, NotTriggered, Pipeline, Project, Vcs
from bot.circleci.parameter_values import TYPES, as_text, coerce
from bot.circleci.pipelines_api import Value
from bot.command import Context, line
from bot.commands.trigger.refused_values import mended
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, NotThere, Rejected
from bot.line import Said, Written, also
from bot.mrkdwn import code, cut, escape, link
from bot.untrusted.masking import mask


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to start, in the person's words. `definition` is a name or an id; values are as typed, `types` say of what.

    `sparing` leaves out values that are the config's defaults anyway: a form shows, and so hands in, all of them.
    """

    project: str | None = None
    branch: str | None = None
    tag: str | None = None
    definition: str | None = None
    config_branch: str | None = None
    preset: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    sparing: bool = False

    @property
    def bare(self) -> bool:
        """Nothing is said but, perhaps, the project."""
        return self == Wanted(project=self.project)

    def line(self, project: str | None = None, definition: str | None = None) -> Written:
        """The same as a line to type, for another project or definition."""
        named: dict[str, Said] = {
            "branch": self.branch,
            "tag": self.tag,
            "definition": definition or self.definition,
            "config_branch": self.config_branch,
        }
        said = line("trigger", *filter(None, [project or self.project]), **named, **names_by_type(self.types))
        return also(said, self.parameters)


def names_by_type(types: Mapping[str, str]) -> dict[str, list[str]]:
    """As the line names them: `--integer replicas`."""
    return {kind: [name for name, said in types.items() if said == kind] for kind in TYPES}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent to CircleCI. `note` says what the person should know about the values."""

    slug: ProjectSlug
    branch: str | None
    tag: str | None
    chosen: Chosen
    parameters: Mapping[str, Value]
    note: str = ""
    config_branch: str | None = None

    def line(self, parameters: Mapping[str, str], types: Mapping[str, str]) -> Written:
        """The same with these parameters, whose types are as said."""
        return Wanted(
            project=str(self.slug),
            branch=self.branch,
            tag=self.tag,
            definition=self.chosen.id,
            config_branch=self.config_branch,
            parameters=parameters,
            types=types,
        ).line()


async def plan(context: Context, wanted: Wanted) -> Plan:
    """Check everything that can be checked before anything is triggered. Raises BotErrors, triggers nothing."""
    wanted = await _with_preset(context, wanted)
    slug = await target_projects.project(context, wanted.project, lambda slug: wanted.line(project=slug))
    project = await context.circleci.project(slug)
    branch = wanted.branch or (None if wanted.tag else project.default_branch)
    wanted = replace(wanted, branch=branch)
    chosen = await _definition(context, wanted, project)
    parameters, note = await _parameters(context, wanted, project, chosen) if wanted.parameters else ({}, "")
    return Plan(slug, branch, wanted.tag, chosen, parameters, note, wanted.config_branch)


async def _with_preset(context: Context, wanted: Wanted) -> Wanted:
    """What is typed goes before what the preset says."""
    if wanted.preset is None:
        return wanted
    async with context.store.read() as tx:
        preset = await tx.presets.get(context.request.workspace, wanted.preset)
        names = [known.name for known in await tx.presets.of(context.request.workspace)]
    if preset is None:
        known = ", ".join(code(name, 60) for name in names[:20]) or "none yet"
        raise NotThere(f"There is no preset {code(wanted.preset, 60)}.", f"There are: {known}.")
    ref_typed = wanted.branch or wanted.tag
    return replace(
        wanted,
        project=wanted.project or str(preset.project),
        branch=wanted.branch if ref_typed else preset.branch,
        tag=wanted.tag if ref_typed else preset.tag,
        parameters={**preset.parameters, **wanted.parameters},
    )


async def _definition(context: Context, wanted: Wanted, project: Project) -> Chosen:
    known = await definitions.known(context, project, needed=wanted.definition is not None)
    return definitions.choose(known, wanted.definition, project, lambda chosen: wanted.line(definition=chosen))


async def _parameters(
    context: Context, wanted: Wanted, project: Project, chosen: Chosen
) -> tuple[Mapping[str, Value], str]:
    known = await parameters_of(
        context.circleci, project.project, wanted.branch, wanted.tag, project.default_branch, chosen.alike
    )
    values, doubted = coerce(known, wanted.parameters, wanted.types)
    where = Where(wanted.branch, wanted.tag, project.default_branch, one_of_several=chosen.alike is not None)
    note = held_against(known, where, doubted)
    defaults = {one.name: one.default for one in known.parameters} if wanted.sparing else {}
    return {name: value for name, value in values.items() if value != defaults.get(name)}, note


async def start(context: Context, plan: Plan) -> str:
    """Trigger it, follow what came of it, and say so."""
    try:
        outcome = await context.circleci.trigger(
            plan.slug,
            branch=plan.branch,
            tag=plan.tag,
            parameters=plan.parameters,
            definition_id=plan.chosen.id,
            config=plan.chosen.config_ref(plan.config_branch),
        )
    except Rejected as error:
        raise mended(error, plan.parameters, plan.line, plan.note) from None
    if isinstance(outcome, NotTriggered):
        return f":information_source: Nothing was triggered. CircleCI says: “{cut(escape(outcome.message), 500)}”"
    visible_projects.look_anew(context, plan.slug)
    pipeline = await _read(context, plan, outcome)
    await follow(context, plan.slug, pipeline, _deed(plan))
    return "\n".join(filter(None, [f":rocket: Started {await _named(context, plan.slug, pipeline)}", plan.note]))


async def _read(context: Context, plan: Plan, created: Created) -> Pipeline:
    """The new pipeline. It has begun, so that a failing read must not make it look as if it had not."""
    try:
        return await context.circleci.pipeline(created.id)
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


def _deed(plan: Plan) -> str:
    shown = [code(mask(f"{name}={as_text(value)}"), 80) for name, value in plan.parameters.items()]
    more = f" and {len(shown) - 6} more" if len(shown) > 6 else ""
    return f"Triggered with {', '.join(shown[:6])}{more}" if shown else "Triggered"


async def _named(context: Context, slug: ProjectSlug, pipeline: Pipeline) -> str:
    url = context.links.pipeline(slug, pipeline.number)
    where = link(url, f"pipeline #{pipeline.number}")
    return f"{where} of {await visible_projects.called(context, slug)} on {code(pipeline.ref or 'its default branch')}"


async def look(context: Context, plan: Plan, began_at: datetime) -> str:
    """What became of a trigger whose answer was lost: a new pipeline of this person on that ref is followed."""
    since = began_at - SKEW
    async for pipeline in context.circleci.pipelines(plan.slug, mine=True, pages=1):
        if pipeline.created_at is None or pipeline.created_at < since:
            break
        fits = pipeline.tag == plan.tag if plan.tag else plan.branch in {None, pipeline.branch}
        if fits and not await _is_known(context, pipeline.id):
            await follow(context, plan.slug, pipeline, _deed(plan))
            where = await _named(context, plan.slug, pipeline)
            return f"I looked again and found {where}: it did start, and I follow it."
    return "I looked again: CircleCI shows no such pipeline yet. If none appears within a minute, trigger again."


async def _is_known(context: Context, pipeline_id: str) -> bool:
    """A pipeline with deeds came from another asking; one without may be ours, found by the poller meanwhile."""
    async with context.store.read() as tx:
        return bool(await tx.deeds.of(pipeline_id))
