"""webhooks [project] — whom a project tells of completed workflows and jobs."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import webhook as blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Message
from bot.meaning import targets, verbs


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None
    page: int


def parse(said: Line) -> Args:
    _verb, words = verbs.read(said.words, ("list",))
    project, words = verbs.project_first(verbs.LIST, words)
    verbs.no_more(words)
    return Args(project, targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    slug = await targets.project(context, args.project, lambda slug: line("webhooks", slug))
    project = await context.circleci.project(slug)
    hooks = await context.circleci.webhooks(project.id)
    return Reply(Message(f"Webhooks: {len(hooks)}", blocks.listed(slug, hooks, args.page)))


COMMAND = Command(
    name="webhooks",
    summary="Lists a project's outbound webhooks",
    usage="webhooks [list] [project] [--page N]",
    example="webhooks gh/acme/web",
    parse=parse,
    run=run,
    group=Group.SETTINGS,
    covers=("GET /webhook",),
)
