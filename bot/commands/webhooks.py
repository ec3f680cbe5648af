"""webhooks [list|install|rm] [project] — whom a project tells of what ends, and lets it tell us at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.actions import installed_webhook, subcommands, target_projects, targets
from bot.actions.lost_answer import told
from bot.blocks import installed_webhook_blocks, webhook_blocks
from bot.circleci.models import Project
from bot.command import Command, Context, Group, Line, Reply, Request, line
from bot.line import Written
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Args:
    verb: str
    project: str | None
    page: int

    def again(self, slug: str) -> Written:
        return line("webhooks", self.verb, slug)


def parse(said: Line) -> Args:
    verb, words = subcommands.read(said.words, ("list", "install", "rm"))
    project, words = subcommands.project_first(subcommands.LIST, words)
    subcommands.no_more(words)
    return Args(verb, project, targets.page(said))


def acts(_request: Request, args: Args) -> bool:
    return args.verb != subcommands.LIST


async def run(context: Context, args: Args) -> Reply:
    slug = await target_projects.project(context, args.project, args.again)
    project = await context.circleci.project(slug)
    if args.verb == "install":
        return Reply(installed_webhook_blocks.installed(await installed_webhook.install(context, project)))
    if args.verb == "rm":
        return Reply(
            installed_webhook_blocks.removed(
                project.project, was_there=await installed_webhook.remove(context, project)
            )
        )
    return Reply(await _listed(context, project, args.page))


async def _listed(context: Context, project: Project, page: int) -> Message:
    hooks = await context.circleci.webhooks(project.id)
    async with context.store.read() as tx:
        installed = await tx.hooks.of(context.request.workspace, project.project)
    state = installed_webhook_blocks.state(installed, possible=context.public_url is not None)
    offers = installed_webhook_blocks.offers(project.project, installed, possible=context.public_url is not None)
    return Message(f"Webhooks: {len(hooks)}", webhook_blocks.listed(project.project, hooks, page, state, offers))


@told
async def reread(context: Context, args: Args, _began_at: datetime) -> str:
    """What stands at CircleCI now; whatever became of it, the caretaker mends it."""
    slug = await target_projects.project(context, args.project, args.again)
    project = await context.circleci.project(slug)
    return installed_webhook_blocks.found(await context.circleci.webhooks(project.id), context.public_url)


COMMAND = Command(
    name="webhooks",
    summary="Lists a project's webhooks, installs and removes ours",
    usage="webhooks [list|install|rm] [project] [--page N]",
    example="webhooks install gh/acme/web",
    parse=parse,
    run=run,
    changes=lambda args: args.verb != "list",
    group=Group.SETTINGS,
    covers=("GET /webhook", "POST /webhook", "PUT /webhook/{webhook-id}", "DELETE /webhook/{webhook-id}"),
    acts=acts,
    reread=reread,
)
