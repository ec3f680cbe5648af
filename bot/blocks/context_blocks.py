"""The contexts of an organisation, and the names of the variables that one holds."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, org_blocks, status_blocks
from bot.blocks.pager import build_pager
from bot.circleci.models import Collaboration, ContextName, ContextVariable
from bot.command import format_line
from bot.language import _
from bot.language.formats import format_number
from bot.mrkdwn import as_code, cut, escape

PAGE = 8
VARIABLES = 30


def render_list(org: Collaboration, contexts: Sequence[ContextName], page: int) -> list[kit.Block]:
    shown = contexts[(page - 1) * PAGE : page * PAGE]
    return [
        kit.section(_format_head(org, len(contexts))),
        *[_row(context) for context in shown],
        *build_pager(page, format_line("env", org.slug, contexts=True), more=page * PAGE < len(contexts)),
    ]


def _format_head(org: Collaboration, count: int) -> str:
    name = org_blocks.format_name(org)
    if not count:
        return _("*Contexts* of {organisation} (none)", organisation=name)
    return _("*Contexts* of {organisation} ({count})", organisation=name, count=format_number(count))


def _row(context: ContextName) -> kit.Block:
    made = [_("made {ago}", ago=status_blocks.format_ago(context.created_at))] if context.created_at else []
    show = kit.button(_("Show Variables"), format_line("env", "show", context.id, contexts=True), about=context.name)
    return kit.section(" — ".join([f"*{_name(context)}*", *made]), show)


def _name(context: ContextName) -> str:
    return cut(escape(context.name), 150) or as_code(context.id)


def render_details(context: ContextName, variables: Sequence[ContextVariable], page: int) -> list[kit.Block]:
    """One context with a page of its variables."""
    rows = variables[(page - 1) * VARIABLES : page * VARIABLES]
    return [
        kit.section(
            "\n".join([_format_details_head(context, len(variables)), *(_variable(variable) for variable in rows)])
        ),
        *build_pager(
            page, format_line("env", "show", context.id, contexts=True), more=page * VARIABLES < len(variables)
        ),
        kit.context(_("Names only: CircleCI gives no value of a context back.")),
    ]


def _format_details_head(context: ContextName, count: int) -> str:
    name = _name(context)
    if not count:
        return _("*Variables of the context {context}* (none)", context=name)
    return _("*Variables of the context {context}* ({count})", context=name, count=format_number(count))


def _variable(variable: ContextVariable) -> str:
    set_at = variable.updated_at or variable.created_at
    since = [_("set {ago}", ago=status_blocks.format_ago(set_at))] if set_at else []
    return " — ".join([f"• {as_code(variable.variable, 50)}", *since])
