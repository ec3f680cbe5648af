"""Set a variable: ask for its name, then for its value in a form that says what it replaces, then tell CircleCI."""

from __future__ import annotations

from bot.blocks import variable_blocks
from bot.circleci.models import Variable
from bot.command import Context, Reply, RequestSource
from bot.commands.env.variable_names import check_variable_name
from bot.domain import ProjectSlug
from bot.errors import NotFound, OutdatedForm
from bot.language import _
from bot.mrkdwn import as_code


async def set_variable(context: Context, slug: ProjectSlug, name: str, *, sure: bool) -> Reply:
    """The next step towards setting it. `sure` says that the form which was handed in named what it replaces."""
    fields = context.request.fields
    if context.request.source is RequestSource.FORM and variable_blocks.VALUE in fields:
        return await _set_value(context, slug, name, fields[variable_blocks.VALUE], sure=sure)
    if not context.request.view_id:
        return Reply(variable_blocks.render_form_button(slug, name))
    if context.request.source is RequestSource.FORM and not name:
        name = check_variable_name(fields.get(variable_blocks.NAME, "").strip())
    await context.circleci.fetch_project(slug)
    if not name:
        return Reply(view=variable_blocks.render_name_form(slug))
    return Reply(view=variable_blocks.render_value_form(slug, name, await find(context, slug, name)))


async def _set_value(context: Context, slug: ProjectSlug, name: str, value: str, *, sure: bool) -> Reply:
    existing = await find(context, slug, name)
    if existing and not sure:
        raise OutdatedForm(
            _(
                "Meanwhile somebody else set {variable}. Look at it, and type the value again.",
                variable=as_code(name, 150),
            )
        )
    await context.circleci.set_variable(slug, name, value)
    return Reply(variable_blocks.render_saved(slug, name, replaced=existing is not None))


async def find(context: Context, slug: ProjectSlug, name: str) -> Variable | None:
    try:
        return await context.circleci.fetch_variable(slug, name)
    except NotFound:
        return None


async def reconcile(context: Context, slug: ProjectSlug, name: str) -> str:
    """After a lost answer: whether it is there now, and whether it ends as what was typed does."""
    found = await find(context, slug, name)
    variable = as_code(name, 150)
    if found is None:
        return _("I looked again: there is no {variable} now.", variable=variable)
    typed = context.request.fields.get(variable_blocks.VALUE)
    if typed is None:
        return _("I looked again: {variable} is still there.", variable=variable)
    if found.value == f"xxxx{typed[-4:]}":
        return _("I looked again: {variable} is there, and ends as what you typed does.", variable=variable)
    return _("I looked again: {variable} is there, with another value.", variable=variable)
