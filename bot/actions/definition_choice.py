"""The form that starts a pipeline: which definition, and what of its values is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.actions import definitions
from bot.blocks import trigger_form_blocks
from bot.blocks.trigger_form_blocks import DefinitionChoice
from bot.circleci.declared_parameters import NOTHING, DeclaredParameters
from bot.circleci.models import Project
from bot.circleci.parameter_values import coerce_parameters
from bot.command import Context, Modal, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import extend_line

TITLE = N_("Trigger a pipeline")


async def fetch(context: Context, project: Project, branch: str | None, definition: str | None) -> DefinitionChoice:
    """Of several definitions each has parameters of its own, so that one has to be chosen first."""
    several = await definitions.fetch(context, project)
    if len(several) > 1 and definition not in {one.id for one in several}:
        return DefinitionChoice(several)
    chosen = (
        definitions.choose_by_id(several, definition) if len(several) > 1 else definitions.choose_sole(several, project)
    )
    known = await definitions.fetch_declared(context, project, branch, chosen=chosen)
    return DefinitionChoice(several, definition if len(several) > 1 else None, known, chosen.config_elsewhere)


def select_taken(said: Mapping[str, str], known: DeclaredParameters | None) -> dict[str, str]:
    """Of the values those that the config still takes."""
    own = replace(known or NOTHING, source="branch")
    return {name: value for name, value in said.items() if _is_taken(own, name, value)}


def _is_taken(known: DeclaredParameters, name: str, value: str) -> bool:
    try:
        coerce_parameters(known, {name: value})
    except UsageError:
        return False
    return True


def build_form(
    context: Context,
    project: Project,
    branch: str | None,
    *,
    runnable: DefinitionChoice,
    notes: trigger_form_blocks.FormNotes,
    ahead: Sequence[Mapping[str, Any]] = (),
    promoted: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> Modal:
    """The line says what the form was drawn for, so that the answer can be compared with it.

    What stands `ahead` says what it promotes: then it is for just this project and definition, and the line keeps what
    is `promoted` for when it is drawn again, and the `reason` that was typed.
    """
    request = context.request
    blocks = trigger_form_blocks.render(
        project, branch=branch, runnable=runnable, fields=request.fields, notes=notes, is_fixed=bool(ahead)
    )
    line = format_line("trigger", project.slug, branch=branch, definition=runnable.chosen, reason=reason)
    submit = _("Promote") if ahead else _("Trigger") if runnable.known else _("Next")
    return Modal(
        _("Promote") if ahead else _(TITLE), [*ahead, *blocks], line=extend_line(line, promoted), submit=submit
    )
