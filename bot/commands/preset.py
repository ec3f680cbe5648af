"""preset [list|save|rm] [NAME] [project] [key=value …] — keeps what is triggered often under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.actions import preset_changes, subcommands, targets, visible_presets
from bot.actions.newest_pipelines import find_last_triggered
from bot.actions.preset_changes import PresetDraft, PresetPlan
from bot.actions.target_projects import find_current_project
from bot.blocks import announcement_blocks, kit, preset_blocks, trigger_form_blocks
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written, extend_line
from bot.messages import Message
from bot.rules import preset_names
from bot.rules.saved_preset import Preset

_TITLE = N_("Save as preset")
_REF = ("branch", "tag", "definition", "config-branch", "from")


@dataclass(frozen=True, slots=True)
class PresetArgs:
    """`draft` is what is to be saved; `replace` says that one of this name may go."""

    verb: str
    name: str | None
    draft: PresetDraft = field(default_factory=PresetDraft)
    everywhere: bool = False
    replace: bool = False
    page: int = 1

    def to_line(self) -> Written:
        draft = self.draft
        options: Mapping[str, str | None] = {
            "branch": draft.branch,
            "tag": draft.tag,
            "definition": draft.definition,
            "config_branch": draft.config_branch,
            "from": draft.pipeline,
        }
        words = filter(None, [self.verb, self.name, draft.project])
        line = format_line(
            "preset", *words, **options, ask=draft.asked, workspace=self.everywhere, replace=self.replace
        )
        return extend_line(line, draft.parameters)


def parse(line: ParsedLine) -> PresetArgs:
    verb, words = subcommands.parse(line.words, ("list", "save", "rm"))
    if verb == "list":
        subcommands.check_no_more(words)
        return PresetArgs(verb, None, page=targets.parse_page(line))
    project, words = subcommands.split_project(verb, words)
    name = preset_names.parse_name(words[0]) if words else None
    if project is None and len(words) > 1:
        project, words = words[1], words[1:]
    subcommands.check_no_more(words[1:])
    return PresetArgs(
        verb, name, _parse_draft(line, project), everywhere=line.has_flag("workspace"), replace=line.has_flag("replace")
    )


def _parse_draft(line: ParsedLine, project: str | None) -> PresetDraft:
    if line.has_flag("branch") and line.has_flag("tag"):
        raise UsageError(_("A pipeline runs on a branch or on a tag: not on both."))
    branch, tag, definition, config_branch, pipeline = (line.get_value(name) for name in _REF)
    return PresetDraft(
        project=project,
        branch=branch,
        tag=tag,
        definition=definition,
        config_branch=config_branch,
        pipeline=pipeline,
        parameters=line.pairs,
        asked=line.get_values("ask"),
    )


def build_first_modal(request: Request, line: ParsedLine) -> Modal | None:
    """The form, where a name is missing; what is pressed in a form is answered above it."""
    nameless = [word for word in line.words if "/" not in word] == ["save"]
    return (
        Modal(_(_TITLE), kit.build_loading(_("Reading the project and its presets")))
        if nameless or request.over_form
        else None
    )


def find_form_errors(request: Request, _line: ParsedLine) -> Mapping[str, str]:
    try:
        preset_names.parse_name(request.fields.get(preset_blocks.NAME, ""))
    except UsageError as error:
        return {preset_blocks.NAME: error.message}
    return {}


async def run(context: Context, args: PresetArgs) -> Reply:
    if args.verb == "save":
        return await _save(context, args)
    if args.verb == "rm":
        return await _remove(context, args)
    presets = await visible_presets.list_visible(context)
    return Reply(preset_blocks.render_list(presets, args.page) if presets else preset_blocks.render_empty())


async def _remove(context: Context, args: PresetArgs) -> Reply:
    if args.name is None:
        return Reply(preset_blocks.render_removal_choice(await visible_presets.list_visible(context)))
    preset = await visible_presets.find_named(context, args.name, everywhere=args.everywhere)
    told = await preset_changes.remove(context, preset)
    undo = announcement_blocks.build_undo_row(told.undo)
    return Reply(preset_blocks.render_removed(preset, undo), seen=told.seen)


async def _save(context: Context, args: PresetArgs) -> Reply:
    args = _add_form(context, args)
    if args.name is None and not context.request.view_id:
        return Reply(_render_name_hint(await _plan_form(context, args.draft)))
    if args.name is None:
        return Reply(view=_render_form(args, await _plan_form(context, args.draft)))
    plan = await preset_changes.plan(context, await _add_last_run(context, args.draft))
    preset = replace(plan.preset, name=args.name, channel=None if args.everywhere else plan.preset.channel)
    again = _build_again(preset).to_line()
    told = await preset_changes.upsert(context, preset, replaces=args.replace, again=again)
    undo = announcement_blocks.build_undo_row(told.undo)
    return Reply(preset_blocks.render_saved(preset, undo, announced=told.seen))


def _add_form(context: Context, args: PresetArgs) -> PresetArgs:
    """With what the form says: the one that saves, or the trigger form whose button was pressed."""
    request = context.request
    if request.source is RequestSource.FORM:
        filled = preset_blocks.parse_save_form(request.fields, request.chosen)
        draft = replace(args.draft, asked=filled.asked)
        return replace(args, name=preset_names.parse_name(filled.name), draft=draft, everywhere=filled.everywhere)
    if not request.over_form:
        return args
    form = trigger_form_blocks.parse_form(request.fields)
    draft = replace(
        args.draft,
        project=form.project or args.draft.project,
        branch=form.branch or args.draft.branch,
        definition=form.definition or args.draft.definition,
        config_branch=form.config_branch or args.draft.config_branch,
        parameters={**args.draft.parameters, **form.parameters},
        sparing=True,
    )
    return replace(args, draft=draft)


async def _add_last_run(context: Context, draft: PresetDraft) -> PresetDraft:
    """Where a name alone is said, what the person triggered last in the project of the place."""
    if context.is_about_something or draft != PresetDraft() or not (here := await find_current_project(context)):
        return draft
    last = await find_last_triggered(context, here)
    return PresetDraft(pipeline=last.id) if last else draft


async def _plan_form(context: Context, draft: PresetDraft) -> PresetPlan:
    """Where nothing is said but perhaps the project, what the person triggered last there is offered."""
    if context.thread or draft != PresetDraft(project=draft.project):
        return await preset_changes.plan(context, draft)
    bare = await preset_changes.plan(context, draft)
    project = bare.preset.project
    async with context.store.begin_read() as tx:
        last = await tx.trigger_choices.find(context.request.team, context.request.user, project)
    filled = PresetDraft(str(project), last.branch, definition=last.definition, parameters=last.parameters)
    try:
        return await preset_changes.plan(context, filled)
    except UsageError:
        return bare


def _render_form(args: PresetArgs, plan: PresetPlan) -> Modal:
    """The line says what the form saves; the form adds the name."""
    blocks = preset_blocks.render_save_form(
        plan.preset,
        preset_blocks.SaveFormValues(everywhere=args.everywhere, asked=args.draft.asked),
        parameters=plan.names,
        called=plan.called,
        unsaid=_get_unsaid(plan),
    )
    return Modal(_(_TITLE), blocks, line=_build_line(plan, None), submit=_("Save"))


def _render_name_hint(plan: PresetPlan) -> Message:
    said = preset_blocks.format_preset(plan.preset, plan.called)
    line, typed = _build_line(plan, None), _build_line(plan, "NAME")
    return preset_blocks.render_name_hint(said, _get_unsaid(plan), line=line, typed=typed)


def _build_line(plan: PresetPlan, name: str | None) -> Written:
    return replace(_build_again(plan.preset), name=name, replace=False).to_line()


def _get_unsaid(plan: PresetPlan) -> preset_blocks.Unsaid:
    has_ref = plan.preset.branch or plan.preset.tag or "branch" in plan.preset.asked
    return None if has_ref else plan.default_branch, plan.defaults


def _build_again(preset: Preset) -> PresetArgs:
    """What saves this very preset."""
    draft = PresetDraft(
        project=str(preset.project),
        branch=preset.branch,
        tag=preset.tag,
        definition=preset.definition,
        config_branch=preset.config_branch,
        parameters=preset.parameters,
        asked=preset.asked,
    )
    return PresetArgs("save", preset.name or None, draft, everywhere=preset.channel is None, replace=True)


COMMAND = Command(
    name="preset",
    summary=N_("Keeps what you trigger often under a name; `run NAME` starts it"),
    usage="preset [list|save|rm] [NAME] [project] [--branch NAME] [--tag NAME] [--definition NAME] "
    "[--config-branch NAME] [--from PIPELINE] [--ask NAMES] [--workspace] [--replace] [--page N] [key=value …]",
    example="preset save staging acme/web --branch main environment=staging --ask image-tag",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb != "list",
    group=Group.PIPELINES,
    order=2,
    endpoints=("GET /pipeline/{pipeline-id}/values",),
    build_first_modal=build_first_modal,
    find_form_errors=find_form_errors,
    aliases=("presets",),
)
