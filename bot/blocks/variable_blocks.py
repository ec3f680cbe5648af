"""A project's environment variables, masked: the list, the form that takes a value, and what came of it.

A value is in one place only: in the form's input, from when a person types it until we hand it to CircleCI. It is
never drawn again, so no view that we send to Slack holds it.
"""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import PlainTextInputElement

from bot.blocks import kit, question_blocks, settings_blocks, status_blocks
from bot.blocks.question_blocks import Confirmation
from bot.circleci.models import Variable
from bot.command import Modal, format_line
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.language.formats import format_number
from bot.line import extend_line
from bot.messages import Message
from bot.mrkdwn import as_code

NAME, VALUE = "name", "value"

_LONGEST = 3000
"""Characters that an input takes (Slack: plain-text input)."""


def render_list(slug: ProjectSlug, variables: Sequence[Variable], page: int) -> list[kit.Block]:
    return settings_blocks.render_list(
        slug,
        format_line("env", str(slug)),
        [_row(slug, variable) for variable in variables],
        page=page,
        here=settings_blocks.VARIABLES,
        note=_("CircleCI shows the last four characters of a value, and gives no value back."),
        offers=[kit.button(_("Set a Variable…"), format_line("env", "set", str(slug)))],
    )


def _row(slug: ProjectSlug, variable: Variable) -> kit.Block:
    choices = [
        (_("Replace value…"), format_line("env", "set", str(slug), variable.name)),
        (_("Remove variable…"), build_removal_confirmation(slug, variable).line),
    ]
    return kit.section(format_variable(variable), kit.overflow(choices))


def format_variable(variable: Variable) -> str:
    """`NPM_TOKEN` = `xxxx7h2k` — set 3 days ago."""
    return f"{as_code(variable.name, 150)} = {_format_masked(variable)}"


def _format_masked(variable: Variable) -> str:
    since = [_("set {ago}", ago=status_blocks.format_ago(variable.created_at))] if variable.created_at else []
    return " — ".join([as_code(variable.masked_value), *since])


def render_details(slug: ProjectSlug, variable: Variable) -> list[kit.Block]:
    replace = kit.button(_("Replace…"), format_line("env", "set", str(slug), variable.name))
    remove = question_blocks.build_button(_("Remove"), build_removal_confirmation(slug, variable))
    return [
        kit.section(_("{variable}\nof {project}", variable=format_variable(variable), project=as_code(slug.name))),
        kit.actions([replace, remove, _build_list_button(slug)]),
    ]


def _build_list_button(slug: ProjectSlug) -> kit.Pressable:
    return kit.button(_("Show the Variables"), format_line("env", str(slug)))


def render_name_form(slug: ProjectSlug) -> Modal:
    """The first step: which variable. Only then we know whether a value replaces another."""
    element = PlainTextInputElement(action_id=NAME, placeholder=_("Ex. NPM_TOKEN"), max_length=300)
    blocks = [
        kit.section(_("An environment variable of {project}", project=as_code(slug.name))),
        kit.input_block(_("Name"), element, block_id=NAME, hint=_("The next step asks for its value.")),
    ]
    return Modal(_("Set variable"), blocks, line=format_line("env", "set", str(slug)), submit=_("Next"))


def render_value_form(slug: ProjectSlug, name: str, existing: Variable | None) -> Modal:
    """The second step, which names what it replaces: its submission acts."""
    element = PlainTextInputElement(action_id=VALUE, multiline=True, max_length=_LONGEST)
    again = format_line("env", "set", str(slug), name)
    blocks = [
        kit.section(_format_target(slug, name, existing)),
        kit.input_block(_("New value") if existing else _("Value"), element, block_id=VALUE, hint=_format_hint()),
        kit.context(_(":lock: It goes to CircleCI and nowhere else: I do not keep it, log it or show it to anybody.")),
    ]
    if existing:
        return Modal(_("Replace variable"), blocks, line=extend_line(again, sure=True), submit=_("Replace Variable"))
    return Modal(_("Set variable"), blocks, line=again, submit=_("Set Variable"))


def _format_target(slug: ProjectSlug, name: str, existing: Variable | None) -> str:
    variable, project = as_code(name, 150), as_code(slug.name)
    if existing is None:
        return _("{variable} of {project}", variable=variable, project=project)
    return _(
        ":warning: {variable} of {project} is there already: {value}. *What you hand in replaces it*, and nobody can "
        "get the old value back.",
        variable=variable,
        project=project,
        value=_format_masked(existing),
    )


def _format_hint() -> str:
    return _(
        "Up to {count} characters, which is what Slack's form takes. Set a longer one at CircleCI.",
        count=format_number(_LONGEST),
    )


def render_form_button(slug: ProjectSlug, name: str) -> Message:
    """Where no form could be opened."""
    text = _("Press the button: the value goes into a private form.")
    button = kit.button(
        _("Set It Privately…"), format_line("env", "set", str(slug), *filter(None, [name])), style="primary"
    )
    return Message(text, [kit.section(text), kit.actions([button])])


def build_removal_confirmation(slug: ProjectSlug, variable: Variable) -> Confirmation:
    return Confirmation(
        _("Remove variable"),
        _(
            "CircleCI deletes {variable} ({value}) of {project}: jobs that start later do not get it. Nobody can get "
            "its value back.",
            variable=as_code(variable.name, 100),
            value=as_code(variable.masked_value),
            project=as_code(slug.name, 80),
        ),
        _("Remove Variable"),
        format_line("env", "rm", str(slug), variable.name),
    )


def render_saved(slug: ProjectSlug, name: str, *, replaced: bool) -> Message:
    variable, project = as_code(name, 150), as_code(slug.name)
    text = (
        _(":white_check_mark: Replaced {variable} of {project}.", variable=variable, project=project)
        if replaced
        else _(":white_check_mark: Set {variable} of {project}.", variable=variable, project=project)
    )
    return Message(text, [kit.section(text), kit.actions([_build_list_button(slug)])])


def render_removed(slug: ProjectSlug, name: str, *, was_there: bool) -> Message:
    text = _(_REMOVED if was_there else _UNKNOWN, variable=as_code(name, 150), project=as_code(slug.name))
    return Message(text, [kit.section(text), kit.actions([_build_list_button(slug)])])


_REMOVED = N_(":wastebasket: Removed the variable {variable} of {project}.")
_UNKNOWN = N_(
    ":information_source: CircleCI does not know the variable {variable} of {project}, hides it from you, or lets you "
    "only read."
)
