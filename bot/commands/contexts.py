"""contexts [list|show] [project|ORG] [NAME|ID] — an organisation's contexts, and the names of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.actions import subcommands, target_words, targets
from bot.actions.target_orgs import organisation
from bot.ambiguity import meant
from bot.blocks import context_blocks, org_blocks
from bot.circleci.models import Collaboration, ContextName
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    """`owner` is an organisation or one of its projects; `which` a context's name or id."""

    owner: str | None
    which: str
    page: int

    def again(self, slug: str) -> Written:
        return line("contexts", *(["show", slug, self.which] if self.which else [slug]))


def parse(said: Line) -> Args:
    verb, words = subcommands.read(said.words, ("list", "show"))
    owner, words = subcommands.project_first(verb, words)
    which, words = (words[0], words[1:]) if words and verb == "show" else ("", words)
    subcommands.no_more(words)
    if verb == "show" and not which:
        raise UsageError("Which context?", Step("Show the contexts", line("contexts", *filter(None, [owner]))))
    return Args(owner, which, targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    if target_words.UUID.fullmatch(args.which):
        return await _show(context, args, await context.circleci.context(args.which))
    org = await organisation(context, args.owner, args.again)
    contexts = await context.circleci.contexts(org.slug)
    if args.which:
        return await _show(context, args, _named(args.which, org, contexts))
    return Reply(Message(f"Contexts: {len(contexts)}", context_blocks.listed(org, contexts, args.page)))


def _named(name: str, org: Collaboration, contexts: Sequence[ContextName]) -> ContextName:
    found = meant(name, contexts, lambda one: [one.name])
    if len(found) == 1:
        return found[0]
    near = found or _nearest(name, contexts)
    steps = [Step(f"Show {one.name}", line("contexts", "show", one.id)) for one in near[:10]]
    several = f"{org_blocks.named(org)} has several contexts {code(name, 100)}. Which one?"
    raise NotThere(several if found else f"{org_blocks.named(org)} has no context {code(name, 100)}.", *steps)


def _nearest(name: str, contexts: Sequence[ContextName]) -> list[ContextName]:
    by_name = {one.name: one for one in contexts}
    return [by_name[each] for each in get_close_matches(name, by_name, n=3)]


async def _show(context: Context, args: Args, found: ContextName) -> Reply:
    variables = await context.circleci.context_variables(found.id)
    return Reply(Message(f"Variables: {len(variables)}", context_blocks.shown(found, variables, args.page)))


COMMAND = Command(
    name="contexts",
    summary="Lists an organisation's contexts, and the names of their variables",
    usage="contexts [list|show] [project|ORG] [NAME|ID] [--page N]",
    example="contexts show gh/acme deploy-production",
    parse=parse,
    run=run,
    group=Group.SETTINGS,
    covers=(
        "GET /context",
        "GET /context/{context_id}",
        "GET /context/{context_id}/environment-variable",
    ),
)
