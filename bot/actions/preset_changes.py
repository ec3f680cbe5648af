"""Save and remove presets: what is checked before, and who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bot.actions import audit_trail, channel_announcement, definitions, targets, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.actions.target_projects import resolve_project
from bot.blocks import announcement_blocks, preset_blocks
from bot.circleci.declared_parameters import DeclaredParameters, fetch_parameters
from bot.circleci.models import Pipeline, Project
from bot.circleci.parameter_values import as_text, coerce_parameters
from bot.circleci.run_parameters import fetch_run_parameters
from bot.command import Context, format_line
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, NotAllowed, TargetError, UsageError
from bot.language import _, ngettext
from bot.line import Written
from bot.mrkdwn import as_code, cut
from bot.permissions import format_whom_to_ask
from bot.rules.preset_names import BRANCH, MOST_ASKED
from bot.rules.saved_preset import Preset
from bot.rules.undoable_change import State, Thing
from bot.store.store import Tx
from bot.untrusted.masking import mask_secrets


@dataclass(frozen=True, slots=True)
class PresetDraft:
    """What somebody wants to save, in their words; `pipeline` is one whose run is to be saved.

    `sparing` leaves out values that are the config's defaults anyway: a form hands in all of them.
    """

    project: str | None = None
    branch: str | None = None
    tag: str | None = None
    definition: str | None = None
    config_branch: str | None = None
    pipeline: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    sparing: bool = False

    @property
    def is_bare(self) -> bool:
        return self == PresetDraft(asked=self.asked)


@dataclass(frozen=True, slots=True)
class PresetPlan:
    """The preset as it would be saved, without a name; `names` are the parameters that there are.

    What it leaves unsaid is then the `default_branch`, and these `defaults` of the config.
    """

    preset: Preset
    called: str
    names: tuple[str, ...]
    default_branch: str | None
    defaults: Mapping[str, str]


async def plan(context: Context, draft: PresetDraft) -> PresetPlan:
    """Check everything that can be checked. Raises BotErrors, saves nothing."""
    ran = await _fetch_run(context, draft)
    slug = ran.project if ran else await resolve_project(context, draft.project, lambda slug: _build_line(slug, draft))
    project = await context.circleci.fetch_project(slug)
    if ran:
        draft = replace(draft, branch=draft.branch or ran.branch, tag=draft.tag or (None if ran.branch else ran.tag))
    several = await definitions.fetch(context, project, needed=draft.definition is not None)
    chosen = definitions.choose(
        several,
        draft.definition,
        project,
        build_line=lambda one: _build_line(str(slug), replace(draft, definition=one)),
    )
    known = await _fetch_declared(context, draft, project, chosen.same_config_ids)
    parameters = {**(await fetch_run_parameters(context.circleci, ran, known) if ran else {}), **draft.parameters}
    parameters = _leave_out_defaults(parameters, known) if draft.sparing else parameters
    _check_values(known, parameters, draft.asked)
    request = context.request
    preset = Preset(
        workspace=request.workspace,
        name="",
        project=slug,
        branch=draft.branch,
        tag=draft.tag,
        parameters=parameters,
        channel=request.channel or request.user,
        made_by=request.user,
        definition=chosen.id,
        config_branch=draft.config_branch,
        asked=draft.asked,
    )
    names = tuple(one.name for one in known.parameters)
    unsaid = {name: value for name, value in _get_defaults(known).items() if name not in {*parameters, *draft.asked}}
    return PresetPlan(preset, project.full_name, names, project.default_branch, unsaid)


async def _fetch_run(context: Context, draft: PresetDraft) -> Pipeline | None:
    """The pipeline whose run is to be saved: the named one, or that of the thread where nothing else is said."""
    if draft.pipeline is None and not (context.thread and draft.is_bare):
        return None
    words = tuple(filter(None, [draft.project, draft.pipeline]))
    found, _rest = await targets.resolve_pipeline(context, words, lambda *named: _build_line(named[0], draft))
    return found


def _build_line(project: object, draft: PresetDraft) -> Written:
    return format_line("preset", "save", str(project), definition=draft.definition, branch=draft.branch, tag=draft.tag)


async def _fetch_declared(
    context: Context, draft: PresetDraft, project: Project, alike: Iterable[str] | None
) -> DeclaredParameters:
    return await fetch_parameters(
        context.circleci,
        project.project,
        draft.branch or (None if draft.tag else project.default_branch),
        tag=draft.tag,
        default_branch=project.default_branch,
        definitions=None if alike is None else frozenset(alike),
    )


def _leave_out_defaults(parameters: Mapping[str, str], known: DeclaredParameters) -> dict[str, str]:
    defaults = _get_defaults(known)
    return {name: value for name, value in parameters.items() if value != defaults.get(name)}


def _get_defaults(known: DeclaredParameters) -> dict[str, str]:
    return {one.name: as_text(one.default) for one in known.parameters if one.default is not None}


def _check_values(known: DeclaredParameters, parameters: Mapping[str, str], asked: tuple[str, ...]) -> None:
    """Raises UsageError for what the config does not take, and for what nobody else should read."""
    coerce_parameters(known, parameters)
    names = {one.name for one in known.parameters}
    unknown = [name for name in asked if name != BRANCH and known.is_own and name not in names]
    if unknown:
        raise UsageError(
            _("There is no parameter {parameter} to ask for.", parameter=as_code(unknown[0], 60)),
            _("There are: {names}.", names=", ".join(as_code(name, 60) for name in sorted({*names, BRANCH})[:20])),
        )
    if len(asked) > MOST_ASKED:
        raise UsageError(
            ngettext(
                "A preset asks for {count} thing at most.", "A preset asks for {count} things at most.", MOST_ASKED
            )
        )
    for name, value in parameters.items():
        if mask_secrets(f"{name}={value}") != f"{name}={value}":
            raise UsageError(
                _(
                    "The value of {parameter} looks like a secret, and everybody here can read a preset.",
                    parameter=as_code(name, 60),
                ),
                _("Leave it out and ask for it each time: `--ask {parameter}`.", parameter=name),
            )


async def upsert(context: Context, preset: Preset, *, replaces: bool, again: Written) -> Told:
    """Saved, and what is told of it.

    Raises TargetError for a name that is taken, NotAllowed where it is somebody else's.
    """
    told = Told()
    async with context.store.begin() as tx:
        before = await tx.presets.find_same(preset)
        if before:
            _check_owner(context, before)
        if before and not replaces:
            raise TargetError(
                _(
                    "There is a preset {name} already: {preset}. Replace it, or choose another name.",
                    name=as_code(preset.name, 60),
                    preset=cut(preset_blocks.format_preset(before), 1000),
                ),
                NextStep(_("Replace It"), again),
            )
        was = await _load_state(tx, context, preset)
        await tx.presets.upsert(preset)
        if before or preset.channel:
            told = await _announce(tx, context, "replaced" if before else "saved", preset, before=before, was=was)
        else:
            audit_trail.record(
                context, tx, AuditKind.RULE, project=str(preset.project), what=f"preset {preset.name} saved"
            )
    context.wake()
    return told


async def remove(context: Context, preset: Preset) -> Told:
    """What is told of it. Raises NotAllowed where it is somebody else's."""
    _check_owner(context, preset)
    async with context.store.begin() as tx:
        was = await _load_state(tx, context, preset)
        await tx.presets.delete(preset)
        told = await _announce(tx, context, "removed", preset, before=preset, was=was)
    context.wake()
    return told


async def _load_state(tx: Tx, context: Context, preset: Preset) -> dict[Thing, State]:
    thing = thing_states.build_preset_thing(preset)
    return await thing_states.load_states(tx, context.request.place, [thing], context.clock.now())


async def _announce(
    tx: Tx,
    context: Context,
    act: announcement_blocks.PresetAct,
    preset: Preset,
    *,
    before: Preset | None,
    was: dict[Thing, State],
) -> Told:
    """In one line, where something changed; whose it was `before` gets a message too."""
    request = context.request
    changes = await thing_states.list_changes(tx, request.place, was, context.clock.now())
    if not changes:
        return Told()
    said = Announcement(
        act="preset",
        text=partial(announcement_blocks.format_preset_changed, act, request.user, preset, before),
        owner=before.made_by if before else None,
        owner_text=partial(announcement_blocks.format_for_preset_owner, act, request.user, before) if before else str,
    )
    return await channel_announcement.announce(tx, context, request.place.channel, changes=changes, said=said)


def _check_owner(context: Context, preset: Preset) -> None:
    """A preset that `circlebot apply` made has no owner."""
    if context.admin or preset.made_by == context.request.user:
        return
    if preset.made_by is None:
        raise NotAllowed(
            _("Preset {name} comes from the workspace's configuration file.", name=as_code(preset.name, 60)),
            format_whom_to_ask(context.rights.admins, _("Ask an admin of circlebot to change it.")),
        )
    owner = f"<@{preset.made_by}>"
    raise NotAllowed(
        _("Preset {name} is {owner}'s.", name=as_code(preset.name, 60), owner=owner),
        _("Ask {owner}, or an admin of circlebot.", owner=owner),
    )
