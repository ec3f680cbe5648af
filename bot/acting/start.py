"""To start a pipeline: what a person wants is checked as far as CircleCI lets us, triggered once, then followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.acting import definitions
from bot.acting.follow import follow
from bot.acting.reread import SKEW
from bot.circleci.models import Created, NotTriggered, Pipeline, Project, Vcs
from bot.circleci.parameters import coerce, guess, parameters_of
from bot.circleci.pipelines import Value
from bot.command import Context, line
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, NotThere
from bot.line import Written, also
from bot.meaning import targets, visible
from bot.mrkdwn import code, cut, escape, link
from bot.untrusted.masking import mask


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to start, in the person's words. `definition` is a name or an id; values are as typed.

    `sparing` leaves out values that are the config's defaults anyway: a form shows, and so hands in, all of them.
    """

    project: str | None = None
    branch: str | None = None
    tag: str | None = None
    definition: str | None = None
    preset: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    sparing: bool = False

    @property
    def bare(self) -> bool:
        """Nothing is said but, perhaps, the project."""
        return self == Wanted(project=self.project)

    def line(self, project: str | None = None, definition: str | None = None) -> Written:
        """The same as a line to type, for another project or definition."""
        named = {"branch": self.branch, "tag": self.tag, "definition": definition or self.definition}
        return also(line("trigger", *filter(None, [project or self.project]), **named), self.parameters)


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent to CircleCI. `note` says what the person should know about the values."""

    slug: ProjectSlug
    branch: str | None
    tag: str | None
    definition_id: str | None
    parameters: Mapping[str, Value]
    note: str


async def plan(context: Context, wanted: Wanted) -> Plan:
    """Check everything that can be checked before anything is triggered. Raises BotErrors, triggers nothing."""
    wanted = await _with_preset(context, wanted)
    slug = await targets.project(context, wanted.project, lambda slug: wanted.line(project=slug))
    project = await context.circleci.project(slug)
    branch = wanted.branch or (None if wanted.tag else project.default_branch)
    definition_id = await _definition(context, wanted, project)
    parameters, note = await _parameters(context, replace(wanted, branch=branch), project)
    return Plan(slug, branch, wanted.tag, definition_id, parameters, note)


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
        parameters={name: _as_typed(value) for name, value in preset.parameters.items()} | dict(wanted.parameters),
    )


def _as_typed(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _definition(context: Context, wanted: Wanted, project: Project) -> str | None:
    known = await definitions.known(context, project, needed=wanted.definition is not None)
    return definitions.choose(known, wanted.definition, project, lambda chosen: wanted.line(definition=chosen))


async def _parameters(context: Context, wanted: Wanted, project: Project) -> tuple[Mapping[str, Value], str]:
    if not wanted.parameters:
        return {}, ""
    known = await parameters_of(context.circleci, project.project, wanted.branch, wanted.tag, project.default_branch)
    if known.source == "unknown":
        return guess(wanted.parameters), "No config that I can read tells of parameters: values went as typed."
    note = (
        f"Checked against the parameters of {code(project.default_branch or '')}." if known.source != "branch" else ""
    )
    values = coerce(known.parameters, wanted.parameters)
    defaults = {declared.name: declared.default for declared in known.parameters} if wanted.sparing else {}
    return {name: value for name, value in values.items() if value != defaults.get(name)}, note


async def start(context: Context, plan: Plan) -> str:
    """Trigger it, follow what came of it, and say so."""
    outcome = await context.circleci.trigger(
        plan.slug,
        branch=plan.branch,
        tag=plan.tag,
        parameters=plan.parameters,
        definition_id=plan.definition_id,
    )
    if isinstance(outcome, NotTriggered):
        return f":information_source: Nothing was triggered. CircleCI says: “{cut(escape(outcome.message), 500)}”"
    visible.look_anew(context, plan.slug)
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
    shown = [code(mask(f"{name}={_as_typed(value)}"), 80) for name, value in plan.parameters.items()]
    more = f" and {len(shown) - 6} more" if len(shown) > 6 else ""
    return f"Triggered with {', '.join(shown[:6])}{more}" if shown else "Triggered"


async def _named(context: Context, slug: ProjectSlug, pipeline: Pipeline) -> str:
    url = context.links.pipeline(slug, pipeline.number)
    where = link(url, f"pipeline #{pipeline.number}")
    return f"{where} of {await visible.called(context, slug)} on {code(pipeline.ref or 'its default branch')}"


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
