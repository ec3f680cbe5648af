"""The form of a rule: drawn page by page for a new rule or an existing one, then read.

Its line says the rule as it is so far: what other pages hold is kept there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.actions import external_channels, known_places, target_projects, visible_projects
from bot.blocks import kit, rule_form_blocks, subscription_blocks
from bot.command import Choice, Context, Modal, ParsedLine, Request, RequestSource, format_line
from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code
from bot.rules import fields
from bot.rules.fields import FIELDS
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription

Texts = Mapping[str, Sequence[str]]
Draft = tuple[str | None, Texts]
"""The scope, and the fields of the rule by their texts."""


def build_draft(project: str | None, texts: Texts, before: Subscription | None) -> Draft:
    """What the line says; else the rule that is to be changed. Kinds that nobody chose yet are not in it."""
    if texts or before is None:
        return project, texts
    return str(before.scope), {"only": tuple(sorted(before.rule.only)), **before.rule.to_texts()}


async def render(context: Context, draft: Draft, before: Subscription | None) -> Modal:
    """The page that is asked for. Raises UsageError for what the page before does not say well."""
    request = context.request
    if request.source is RequestSource.REDRAW:
        draft = read_form(request, draft)
    scope, texts = draft
    page = rule_form_blocks.find_page(request.fields) or rule_form_blocks.find_first_page(texts)
    if scope is None and (here := await target_projects.find_current_project(context)):
        scope = str(here)
    rule = parse_rule(texts)
    drawn = {**texts, "only": sorted(rule.only)}
    number = str(before.id) if before else None
    external = before is None and await context.is_external(request.channel or request.user)
    warning = [kit.section(external_channels.format_warning())] if external else []
    said = fields.to_options(texts)
    return Modal(
        format_title(number),
        warning + rule_form_blocks.render(scope, drawn, page, summary=_format_summary(rule)),
        line=format_line("subscribe", *filter(None, [scope]), rule=number, **said, sure=external or None),
        submit=_("Change") if before else _("Subscribe Anyway") if external else _("Subscribe"),
    )


def format_title(number: str | None) -> str:
    """`number` is that of a rule that is there already."""
    return _("Change Rule {number}", number=number) if number else _("What to post here")


def _format_summary(rule: Rule) -> str:
    refs = ", ".join(as_code(name, 60) for name in [*rule.branch, *rule.environment][:5])
    return " · ".join(filter(None, [refs, subscription_blocks.format_kinds(rule.only)]))


def read_form(request: Request, draft: Draft) -> Draft:
    """The draft with what the inputs that are shown say; kinds are said once others are chosen than were shown."""
    scope, texts = draft
    drawn = Rule.parse_fields(texts).only
    scope, after = rule_form_blocks.merge_form(
        scope, {**texts, "only": sorted(drawn)}, fields=request.fields, chosen=request.chosen, shown=request.shown
    )
    if "only" not in texts and drawn == set(after["only"]):
        del after["only"]
    return scope, after


def parse_submission(request: Request, draft: Draft) -> tuple[str, Rule]:
    """The scope and the rule that the form says. Raises UsageError."""
    scope, texts = read_form(request, draft)
    if scope is None:
        error = UsageError(_("Which project?"), _("Choose one, or type a pattern like gh/acme/web-*."))
        error.field = rule_form_blocks.PROJECT
        raise error
    return scope, parse_rule(texts)


def parse_rule(texts: Texts) -> Rule:
    """Raises UsageError at the first input that says nothing sensible."""
    for name, wrong in _list_errors(texts):
        error = UsageError(wrong)
        error.field = name
        raise error
    return Rule.parse(texts)


def find_form_errors(request: Request, line: ParsedLine) -> dict[str, str]:
    """What is wrong on the page that is shown, each at its input."""
    _, texts = read_form(request, build_draft(None, fields.parse_options(line), None))
    return {name: wrong for name, wrong in _list_errors(texts) if name in request.shown}


def _list_errors(texts: Texts) -> list[tuple[str, str]]:
    """The block_id of each input that says nothing sensible, and why: without the option that a line would name."""
    found: list[tuple[str, str]] = []
    for field in FIELDS:
        try:
            field.parse_texts(texts.get(field.name, ())) if field.name in texts else None
        except UsageError as error:
            found.append(
                (field.name, error.message.replace(f"`--{field.name}`", rule_form_blocks.format_label(field.name)))
            )
    if not texts.get("only", "default"):
        found = [(name, wrong) for name, wrong in found if name != "only"]
        found.append((rule_form_blocks.WHAT, _("Choose at least one, or another outcome among more options.")))
    return found


async def suggest(context: Context, said: ParsedLine, action: str, typed: str) -> Sequence[Choice]:
    """Projects and organisations that the person can see, or environments and components; a pattern by typing it."""
    if action in rule_form_blocks.PLACES:
        scope = context.request.fields.get(rule_form_blocks.PROJECT) or next(iter(said.words), None)
        return await known_places.list_choices(context, scope, typed, components=action == "component")
    return await _suggest_projects(context, typed)


async def _suggest_projects(context: Context, typed: str) -> Sequence[Choice]:
    known = await visible_projects.list_projects(context)
    orgs = dict.fromkeys(project.project.org_slug for project in known)
    found = [Choice(_("Every project of {org}", org=org), org) for org in orgs if typed.casefold() in org.casefold()]
    itself = [Choice(_("Use “{typed}”", typed=typed), typed)] if "*" in typed else []
    return [*itself, *found, *await visible_projects.list_project_choices(context, typed)][:100]
