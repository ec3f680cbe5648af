"""contexts, said `env --contexts` — an organisation's contexts, and the names of their variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.actions import subcommands, target_words, targets
from bot.actions.target_orgs import resolve_organisation
from bot.ambiguity import match_by_name
from bot.blocks import context_blocks, org_blocks
from bot.circleci.models import Collaboration, ContextName
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class ContextsArgs:
    """`owner` is an organisation or one of its projects; `which` a context's name or id."""

    owner: str | None
    which: str
    page: int

    def to_line(self, slug: str) -> Written:
        return format_line("env", *(["show", slug, self.which] if self.which else [slug]), contexts=True)


def parse(line: ParsedLine) -> ContextsArgs:
    verb, words = subcommands.parse(line.words, ("list", "show"))
    owner, words = subcommands.split_project(verb, words)
    which, words = (words[0], words[1:]) if words and verb == "show" else ("", words)
    subcommands.check_no_more(words)
    return ContextsArgs(owner, which, targets.parse_page(line))


async def run(context: Context, args: ContextsArgs) -> Reply:
    if target_words.UUID.fullmatch(args.which):
        return await _show(context, args, await context.circleci.fetch_context(args.which))
    org = await resolve_organisation(context, args.owner, args.to_line)
    contexts = await context.circleci.list_contexts(org.slug)
    if args.which:
        return await _show(context, args, _get_context_by_name(args.which, org, contexts))
    return Reply(
        Message(_("Contexts: {count}", count=len(contexts)), context_blocks.render_list(org, contexts, args.page))
    )


def _get_context_by_name(name: str, org: Collaboration, contexts: Sequence[ContextName]) -> ContextName:
    found = match_by_name(name, contexts, lambda one: [one.name])
    if len(found) == 1:
        return found[0]
    near = found or _get_similar_contexts(name, contexts)
    steps = [
        NextStep(_("Show {context}", context=one.name), format_line("env", "show", one.id, contexts=True))
        for one in near[:10]
    ]
    organisation, context = org_blocks.format_name(org), as_code(name, 100)
    problem = (
        _("{organisation} has several contexts {context}. Which one?", organisation=organisation, context=context)
        if found
        else _("{organisation} has no context {context}.", organisation=organisation, context=context)
    )
    raise TargetError(problem, *steps)


def _get_similar_contexts(name: str, contexts: Sequence[ContextName]) -> list[ContextName]:
    by_name = {one.name: one for one in contexts}
    return [by_name[each] for each in get_close_matches(name, by_name, n=3)]


async def _show(context: Context, args: ContextsArgs, found: ContextName) -> Reply:
    variables = await context.circleci.list_context_variables(found.id)
    return Reply(
        Message(
            _("Variables: {count}", count=len(variables)), context_blocks.render_details(found, variables, args.page)
        )
    )


COMMAND = Command(
    name="contexts",
    summary=N_("Lists an organisation's contexts, and the names of their variables"),
    usage="env --contexts [list|show] [project|ORG] [NAME|ID] [--page N]",
    example="env --contexts show gh/acme deploy-production",
    parse=parse,
    run=run,
    group=Group.SETTINGS,
    endpoints=(
        "GET /context",
        "GET /context/{context_id}",
        "GET /context/{context_id}/environment-variable",
    ),
)
