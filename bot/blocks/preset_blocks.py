"""Presets: what they run, their list, and the forms that save one and ask for what one leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import ButtonElement, CheckboxesElement, Option, PlainTextInputElement, RadioButtonsElement

from bot.blocks import kit, parameter_input, trigger_form_blocks
from bot.blocks.pager import build_pager
from bot.circleci.declared_parameters import Parameter
from bot.circleci.models import Project
from bot.command import format_line
from bot.language import N_, _, ngettext
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape, join_first
from bot.rules.preset_names import BRANCH, LONGEST_NAME, MOST_ASKED
from bot.rules.saved_preset import Preset

PAGE = 15
NAME, SCOPE, ASK = "name", "scope", "ask"
WORKSPACE, CHANNEL = "workspace", "channel"

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RunForm:
    """What a preset will run, and the names of what it leaves `open`."""

    project: Project
    branch: str | None
    tag: str | None
    parameters: Mapping[str, str]
    open: Sequence[str]


@dataclass(frozen=True, slots=True)
class SaveFormValues:
    name: str = ""
    everywhere: bool = False
    asked: tuple[str, ...] = field(default=())


Unsaid = tuple[str | None, Mapping[str, str]]
"""The default branch where a preset has no ref of its own, and the config's values of what it does not name."""


def format_preset(preset: Preset, called: str | None = None) -> str:
    """`acme/web` on `main` with `environment=staging`; asks for `image-tag`."""
    project = as_code(called or preset.project.name, 150)
    runs = _format_run(project, _name_ref(preset.branch, preset.tag), preset.parameters, asked=preset.asked)
    asks = _("asks for {names}", names=_join(preset.asked)) if preset.asked else ""
    return "; ".join(filter(None, [runs, asks]))


def _name_ref(branch: str | None, tag: str | None) -> tuple[str, str]:
    return ("tag", tag) if tag else ("branch", branch) if branch else ("", "")


def _format_run(project: str, ref: tuple[str, str], parameters: Mapping[str, str], *, asked: Sequence[str]) -> str:
    """`project` is mrkdwn; what is `asked` has no value yet."""
    kind, named = ref
    pairs = [as_code(f"{name}={value}", 80) for name, value in parameters.items() if name not in asked]
    values = {"project": project, "branch": as_code(named, 80), "tag": as_code(named, 80)}
    return _(_RUNS[kind, bool(pairs)], **values, parameters=join_first(pairs, _SHOWN))


_RUNS = {
    ("", False): "{project}",
    ("", True): N_("{project} with {parameters}"),
    ("branch", False): N_("{project} on {branch}"),
    ("branch", True): N_("{project} on {branch} with {parameters}"),
    ("tag", False): N_("{project} at tag {tag}"),
    ("tag", True): N_("{project} at tag {tag} with {parameters}"),
}
"""By the kind of ref and whether values are given."""


def _join(names: Sequence[str]) -> str:
    return ", ".join(as_code(name, 60) for name in names)


def build_run_line(preset: Preset) -> Written:
    return format_line("trigger", preset=preset.name)


def render_list(presets: Sequence[Preset], page: int) -> Message:
    """A row for each; what it runs, whose it is, and one button."""
    begin = (page - 1) * PAGE
    shown = presets[begin : begin + PAGE]
    title = ngettext("{count} preset here", "{count} presets here", len(presets))
    rows = [kit.section(_format_row(one), _build_run_button(one)) for one in shown]
    more = build_pager(page, format_line("preset", "list"), more=begin + PAGE < len(presets))
    hint = kit.context(_("Type `/circle run NAME` to run one, `/circle preset rm NAME` to remove one."))
    return Message(title, [kit.header(title), *rows, *more, hint])


def render_removal_choice(presets: Sequence[Preset]) -> Message:
    """A button for each that can be removed."""
    if not presets:
        return render_empty()
    choices = [(one.name, format_line("preset", "rm", one.name, workspace=one.channel is None)) for one in presets]
    asked = _("Which preset do you want to remove?")
    return Message(asked, [kit.section(asked), kit.actions(kit.Picker(_("Remove…"), choices).build_page(1, kit.ROOM))])


def _format_row(preset: Preset) -> str:
    whose = _("this channel") if preset.channel else _("the whole workspace")
    owner = preset.made_by and f"<@{preset.made_by}>"
    head = " · ".join(filter(None, [f"*{escape(preset.name)}*", whose, owner and _("by {who}", who=owner)]))
    return f"{head}\n{cut(format_preset(preset), 1500)}"


def _build_run_button(preset: Preset) -> ButtonElement:
    """A preset that asks for nothing starts at once: its button asks before."""
    if preset.asked:
        return kit.button(_("Run Preset…"), build_run_line(preset), about=preset.name)
    asked = kit.confirm(
        _("Run preset"),
        _("*{name}*: {preset}. In your name.", name=escape(preset.name), preset=format_preset(preset)),
        _("Run Preset"),
    )
    return kit.button(_("Run Preset"), build_run_line(preset), confirm=asked, about=preset.name)


def render_empty() -> Message:
    text = _(
        "There are no presets here yet. Save what you trigger often: `/circle preset save staging environment=staging`."
    )
    button = kit.button(_("Save a Preset…"), format_line("preset", "save"))
    return Message(_("There are no presets here yet."), [kit.section(text), kit.actions([button])])


def render_saved(preset: Preset, undo: Sequence[kit.Pressable] = (), *, announced: bool = False) -> Message:
    """What is `announced` in the channel is not said again: what comes next is."""
    line = as_code(f"/circle run {preset.name}")
    runs = _("{line} runs it, for whoever may trigger that project.", line=line)
    acts = [_build_run_button(preset), *undo]
    if announced:
        return Message(runs, [kit.section(runs), kit.actions(acts)])
    text = _(_SAVED_HERE if preset.channel else _SAVED, name=escape(preset.name), preset=format_preset(preset))
    return Message(text, [kit.section(text), kit.actions(acts), kit.context(runs)])


_SAVED = N_(":bookmark: Saved preset *{name}* for the whole workspace: {preset}.")
_SAVED_HERE = N_(":bookmark: Saved preset *{name}* for this channel: {preset}.")


def render_removed(preset: Preset, undo: Sequence[kit.Pressable]) -> Message:
    text = _("Removed preset *{name}*: {preset}.", name=escape(preset.name), preset=format_preset(preset))
    return Message(text, [kit.section(text), *([kit.actions(list(undo))] if undo else [])])


def render_name_hint(preset: str, unsaid: Unsaid, *, line: Written, typed: Written) -> Message:
    """Where no form could be opened: what would be saved (mrkdwn), the line of the form, and one to type."""
    text = _("Name this preset: {preset}.", preset=preset)
    typed_hint = _("Or type {line}.", line=as_code(f"/circle {typed}", 1000))
    button = kit.button(_("Save as Preset…"), line, style="primary")
    return Message(text, [kit.section(text), kit.actions([button]), kit.context(*_list_unsaid(unsaid), typed_hint)])


def _list_unsaid(unsaid: Unsaid) -> list[str]:
    """What it does not say, and runs with."""
    branch, defaults = unsaid
    pairs = [as_code(f"{name}={value}", 80) for name, value in defaults.items()]
    runs_on = _("It runs on the default branch, {branch}.", branch=as_code(branch, 80)) if branch else ""
    rest = _("The rest is as the config says: {parameters}.", parameters=join_first(pairs, _SHOWN)) if pairs else ""
    return [one for one in (runs_on, rest) if one]


def render_question(name: str, open_: Sequence[str], line: Written) -> Message:
    """What is missing, where no form could be opened, and how it is said."""
    example = " ".join(f"--{BRANCH} …" if one == BRANCH else f"{one}=…" for one in open_)
    text = _(
        "Preset *{name}* asks for {names}. Fill it in, or type {line}.",
        name=escape(name),
        names=_join(open_),
        line=as_code(f"run {name} {example}", 300),
    )
    return Message(text, [kit.section(text), kit.actions([kit.button(_("Fill In…"), line, style="primary")])])


def format_run_title(name: str) -> str:
    return cut(_("Run {name}", name=name), 24)


def render_run_form(
    wanted: RunForm, declared: Sequence[Parameter], *, fields: Mapping[str, str], login: str | None
) -> list[kit.Block]:
    """What runs, in whose name, and an input for each thing that is left open."""
    ref = ("", "") if BRANCH in wanted.open else _name_ref(wanted.branch, wanted.tag)
    run = _format_run(f"*{escape(wanted.project.full_name)}*", ref, wanted.parameters, asked=wanted.open)
    what = _("Runs {run} as *{login}*.", run=run, login=escape(login)) if login else _("Runs {run}.", run=run)
    branch = [trigger_form_blocks.build_branch_input(wanted.project, wanted.branch)] if BRANCH in wanted.open else []
    by_name = {one.name: one for one in declared}
    asked = [by_name.get(name, Parameter(name, "string")) for name in wanted.open if name != BRANCH]
    drawn_for = trigger_form_blocks.format_fingerprint(wanted.project.slug, repr(asked))
    inputs, _unused = parameter_input.build_inputs(asked, drawn_for, fields, optional=False, said=wanted.parameters)
    return [kit.section(what), *branch, *inputs]


def render_save_form(
    preset: Preset, filled: SaveFormValues, *, parameters: Sequence[str], called: str, unsaid: Unsaid = (None, {})
) -> list[kit.Block]:
    """Its name, for whom it is, and what whoever runs it is asked for."""
    askable = [name for name in dict.fromkeys([BRANCH, *parameters, *preset.asked]) if len(name) <= 75][:MOST_ASKED]
    return [
        kit.section(_("Saves {preset}.", preset=format_preset(preset, called))),
        *kit.build_notes(*_list_unsaid(unsaid)),
        _build_name_input(filled.name),
        _build_scope_input(everywhere=filled.everywhere),
        _build_ask_input(askable, filled.asked),
    ]


def _build_name_input(name: str) -> kit.Block:
    element = PlainTextInputElement(
        action_id=NAME,
        placeholder=_("Ex. {example}", example="deploy-staging"),
        initial_value=name or None,
        max_length=LONGEST_NAME,
    )
    hint = _("One word: letters, digits, dots and dashes, {count} at most", count=LONGEST_NAME)
    return kit.input_block(_("Name"), element, block_id=NAME, hint=hint)


def _build_scope_input(*, everywhere: bool) -> kit.Block:
    options = [kit.option(_("This channel"), CHANNEL), kit.option(_("The whole workspace"), WORKSPACE)]
    element = RadioButtonsElement(action_id=SCOPE, options=options, initial_option=options[everywhere])
    return kit.input_block(_("Who can use it"), element, block_id=SCOPE)


def _build_ask_input(names: Sequence[str], chosen: Sequence[str]) -> kit.Block:
    options = [Option(text=cut(name, 75), value=name) for name in names]
    ticked = [one for one in options if one.value in chosen] or None
    element = CheckboxesElement(action_id=ASK, options=options, initial_options=ticked)
    hint = _("Everything else runs as saved")
    return kit.input_block(_("Ask for each time"), element, block_id=ASK, hint=hint, optional=True)


def parse_save_form(fields: Mapping[str, str], chosen: Mapping[str, Sequence[str]]) -> SaveFormValues:
    return SaveFormValues(fields.get(NAME, ""), fields.get(SCOPE) == WORKSPACE, tuple(chosen.get(ASK, ())))
