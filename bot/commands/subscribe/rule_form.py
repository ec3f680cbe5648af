"""The form of a rule: drawn for a new rule or an existing one, then read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import target_projects, visible_projects
from bot.blocks import rule_form_blocks
from bot.command import Choice, Context, Modal, ParsedLine, format_line
from bot.errors import UsageError
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription

TITLE = "What to post here"


async def render(context: Context, before: Subscription | None) -> Modal:
    """What was filled in so far, else the rule that is to be changed, else the defaults."""
    filled = context.request
    if filled.fields or filled.chosen:
        scope, texts = rule_form_blocks.parse_form(filled.fields, filled.chosen)
    elif before:
        scope, texts = str(before.scope), before.rule.to_texts()
    else:
        here = await target_projects.find_current_project(context)
        scope, texts = str(here) if here else None, {}
    texts = {"only": tuple(sorted(Rule().only)), **texts}
    again = format_line("subscribe", rule=str(before.id) if before else None)
    return Modal(TITLE, rule_form_blocks.render(scope, texts), line=again, submit="Change" if before else "Subscribe")


def parse_submission(context: Context) -> tuple[str, Rule]:
    """The scope and the rule that the form says. Raises UsageError."""
    scope, texts = rule_form_blocks.parse_form(context.request.fields, context.request.chosen)
    if scope is None:
        raise UsageError("Which projects?", "Choose one, or type a pattern like `gh/acme/web-*`.")
    return scope, Rule.parse(texts)


async def suggest(context: Context, _said: ParsedLine, _action: str, typed: str) -> Sequence[Choice]:
    """Projects and organisations that the person can see; a pattern, or a project in full, by typing it."""
    known = await visible_projects.list_projects(context)
    orgs = dict.fromkeys(project.project.org_slug for project in known)
    found = [Choice(f"Every project of {org}", org) for org in orgs if typed.casefold() in org.casefold()]
    itself = [Choice(f"Use “{typed}”", typed)] if "*" in typed else []
    return [*itself, *found, *await visible_projects.list_project_choices(context, typed)][:100]
