"""The form that starts a pipeline: project, branch, definition, and one input per declared parameter, of its type.

A field's block_id is its name and, after an @, a fingerprint of what it depends on: Slack keeps what was typed while a
block_id stays, so choosing another project or branch makes new fields, unless they are the same ones there. Prints of
pipeline parameters (which may themselves be called `branch`) begin with a letter of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement

from bot.blocks import kit, parameter_input
from bot.blocks.declared_blocks import ConfigRef, format_parameter_source
from bot.blocks.parameter_input import CHOSEN, TYPED
from bot.circleci.declared_parameters import DeclaredParameters
from bot.circleci.models import PipelineDefinition, Project
from bot.language import _
from bot.line import format_line, parse_pairs
from bot.mrkdwn import as_code, cut, escape, join_first

PROJECT, BRANCH, DEFINITION, CONFIG_BRANCH = "project", "branch", "definition", "config-branch"

_FREE = "="


@dataclass(frozen=True, slots=True)
class TriggerFormValues:
    """What the form holds. `parameters` are by name, as typed; what is empty is left out."""

    project: str | None = None
    branch: str | None = None
    definition: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    config_branch: str | None = None


@dataclass(frozen=True, slots=True)
class FormNotes:
    """What is filled in by name, because it was said or because the person chose it last, and in whose name it runs.

    Those that are `asked` have to be filled in by the person: no default stands for them.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    chosen_last: Mapping[str, str] = field(default_factory=dict)
    login: str | None = None
    asked: frozenset[str] = frozenset()

    @property
    def all_said(self) -> Mapping[str, str]:
        return {**self.chosen_last, **self.said}


@dataclass(frozen=True, slots=True)
class DefinitionChoice:
    """What can be run: one of several `definitions`, whose config may be kept elsewhere than the code.

    `known` is None while nobody has chosen which.
    """

    definitions: Sequence[PipelineDefinition] = ()
    chosen: str | None = None
    known: DeclaredParameters | None = None
    config_elsewhere: bool = False


def parse_form(fields: Mapping[str, str]) -> TriggerFormValues:
    """The form's inputs, whatever project and branch they were drawn for."""
    parameters: dict[str, str] = {}
    ours: dict[str, str] = {}
    for block_id, value in fields.items():
        name, _at, print_ = block_id.rpartition("@")
        if not name or not print_.startswith((TYPED, CHOSEN)):
            ours[name or block_id] = value
        elif name == _FREE:
            parameters |= parse_pairs(value)
        else:
            parameters[name] = value.removeprefix("=") if print_.startswith(CHOSEN) else value
    return TriggerFormValues(
        ours.get(PROJECT), ours.get(BRANCH), ours.get(DEFINITION), parameters, ours.get(CONFIG_BRANCH)
    )


def render_project_prompt(why_not: str = "") -> list[kit.Block]:
    """The form before a project is chosen; `why_not` tells what is wrong with the one that was."""
    return [kit.section(f":warning: {why_not}" if why_not else _("Which project?")), _project(None)]


def render(
    project: Project,
    *,
    branch: str | None,
    runnable: DefinitionChoice,
    fields: Mapping[str, str],
    notes: FormNotes | None = None,
    is_fixed: bool = False,
) -> list[kit.Block]:
    """The form for this project, branch and definition; `fields` are what it holds so far, by block_id.

    One that `is_fixed` asks for no other project or definition, and saves no preset. It starts nothing of which neither
    we nor the person know a parameter: its defaults would do something else.
    """
    notes = notes or FormNotes()
    several = len(runnable.definitions) > 1 and not is_fixed
    return [
        *([] if is_fixed else [_project(project)]),
        build_branch_input(project, branch),
        *([_definition(project, runnable)] if several else []),
        *([_config_branch(project, runnable, fields)] if runnable.config_elsewhere else []),
        *(
            _parameters(
                project,
                branch,
                runnable,
                known=runnable.known,
                fields=fields,
                notes=notes,
                needs_any=is_fixed,
            )
            if runnable.known
            else [kit.context(_("Choose a definition: the parameters of its config follow."))]
        ),
        *([_build_save_row(project)] if runnable.known and not is_fixed else []),
        kit.context(" · ".join(_list_notes(project, notes))),
    ]


def _list_notes(project: Project, notes: FormNotes) -> Iterator[str]:
    name = cut(escape(project.full_name), 150)
    if notes.login:
        login = cut(escape(notes.login), 80)
        yield _("Starts *{project}* at CircleCI as *{login}*", project=name, login=login)
    else:
        yield _("Starts *{project}* at CircleCI in your name", project=name)
    if notes.chosen_last:
        names = [as_code(name, 60) for name in notes.chosen_last]
        yield _("Filled in as you chose last: {names}", names=join_first(names, 6))


def _build_save_row(project: Project) -> kit.Block:
    """What is filled in comes with the press."""
    return kit.actions([kit.button(_("Save as Preset…"), format_line("preset", "save", project.slug))], "save")


def _parameters(
    project: Project,
    branch: str | None,
    runnable: DefinitionChoice,
    *,
    known: DeclaredParameters,
    fields: Mapping[str, str],
    notes: FormNotes,
    needs_any: bool,
) -> list[kit.Block]:
    """Where what is known is borrowed, nothing has to be filled in, and anything else can be typed."""
    drawn_for = format_fingerprint(project.slug, f"{runnable.chosen}", repr(known.parameters))
    said = notes.all_said
    inputs, left = parameter_input.build_inputs(
        known.parameters, drawn_for, fields, optional=not known.is_own, said=said, asked=notes.asked
    )
    where = ConfigRef(branch, None, project.default_branch, one_of_several=runnable.chosen is not None)
    told = [format_parameter_source(known, where)]
    if left:
        names = [*(escape(cut(one.name, 60)) for one in left[:20]), *(["…"] if len(left) > 20 else [])]
        told.append(_("More than a form can hold: {names}. Type those below.", names=", ".join(names)))
    at, named = f"{_FREE}@{TYPED}{drawn_for}", {one.name for one in known.parameters if one not in left}
    typed = {at: "\n".join(f"{name}={value}" for name, value in said.items() if name not in named), **fields}
    free = (
        []
        if known.is_own and not left
        else _free_text(at, typed, alone=not inputs, optional=bool(inputs) or not needs_any)
    )
    return [*inputs, *free, *kit.build_notes(*told)]


def format_fingerprint(*parts: str) -> str:
    """What a field depends on, for its block_id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def _project(project: Project | None) -> kit.Block:
    chosen = kit.option(project.full_name, project.slug) if project else None
    element = ExternalDataSelectElement(
        action_id=PROJECT, placeholder=_("Ex. {example}", example="acme/web"), initial_option=chosen, min_query_length=0
    )
    return kit.input_block(_("Project"), element, block_id=PROJECT, redraw=True)


def build_branch_input(project: Project, branch: str | None) -> kit.Block:
    element = ExternalDataSelectElement(
        action_id=BRANCH,
        placeholder=_("Ex. {example}", example="release/1.4"),
        initial_option=kit.option(branch, branch) if branch else None,
        min_query_length=0,
    )
    return kit.input_block(_("Branch"), element, block_id=f"{BRANCH}@b{format_fingerprint(project.slug)}", redraw=True)


def _definition(project: Project, runnable: DefinitionChoice) -> kit.Block:
    names = parameter_input.format_labels([one.name or one.id for one in runnable.definitions])
    options = dict(zip([one.id for one in runnable.definitions], names, strict=True))
    element = parameter_input.build_select(DEFINITION, options, runnable.chosen)
    block_id = f"{DEFINITION}@b{format_fingerprint(project.slug)}"
    return kit.input_block(_("Pipeline definition"), element, block_id=block_id, redraw=True)


def _config_branch(project: Project, runnable: DefinitionChoice, fields: Mapping[str, str]) -> kit.Block:
    block_id = f"{CONFIG_BRANCH}@b{format_fingerprint(project.slug, f'{runnable.chosen}')}"
    element = PlainTextInputElement(action_id="value", initial_value=fields.get(block_id), max_length=255)
    hint = _("It is kept in another repository than the code. Left empty, that repository's default branch counts.")
    return kit.input_block(_("Branch of the config"), element, block_id=block_id, hint=hint, optional=True)


def _free_text(block_id: str, fields: Mapping[str, str], *, alone: bool, optional: bool) -> list[kit.Block]:
    """Nothing, or not everything, tells which parameters there are: they are typed, one a line."""
    element = PlainTextInputElement(action_id="value", multiline=True, initial_value=fields.get(block_id) or None)
    hint = _("One a line, as in image-tag=4.8.2. They go as typed.")
    label = _("Parameters") if alone else _("Other parameters")
    return [kit.input_block(label, element, block_id=block_id, hint=hint, optional=optional)]
