"""webhooks [list|install|rm] [project] — a project's webhooks, and one of ours so that we hear at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.actions import act_targets, installed_webhook, subcommands, target_projects, targets
from bot.actions.lost_answer import catch_errors
from bot.blocks import installed_webhook_blocks, webhook_blocks
from bot.circleci.models import Project
from bot.command import Command, Context, Group, ParsedLine, Reply, Request, format_line
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class WebhooksArgs:
    verb: str
    project: str | None
    page: int

    def to_line(self, slug: str) -> Written:
        return format_line("webhooks", self.verb, slug)


def parse(line: ParsedLine) -> WebhooksArgs:
    verb, words = subcommands.parse(line.words, ("list", "install", "rm"))
    project, words = subcommands.split_project(subcommands.LIST, words)
    subcommands.check_no_more(words)
    return WebhooksArgs(verb, project, targets.parse_page(line))


def is_write(_request: Request, args: WebhooksArgs) -> bool:
    return args.verb != subcommands.LIST


async def run(context: Context, args: WebhooksArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    project = await context.circleci.fetch_project(slug)
    if args.verb != subcommands.LIST:
        await act_targets.check_project_act(context, slug)
    if args.verb == "install":
        return Reply(installed_webhook_blocks.render_installed(await installed_webhook.install(context, project)))
    if args.verb == "rm":
        was_there, possible = await installed_webhook.remove(context, project), context.public_url is not None
        return Reply(installed_webhook_blocks.render_removed(project.project, was_there=was_there, possible=possible))
    return Reply(await _render_list(context, project, args.page))


async def _render_list(context: Context, project: Project, page: int) -> Message:
    hooks = await context.circleci.list_webhooks(project.id)
    async with context.store.begin_read() as tx:
        installed = await tx.hooks.find(context.request.workspace, project.project)
    state = installed_webhook_blocks.format_state(installed, possible=context.public_url is not None)
    offers = installed_webhook_blocks.build_buttons(project.project, installed, possible=context.public_url is not None)
    return Message(
        _("Webhooks: {count}", count=len(hooks)),
        webhook_blocks.render_list(project.project, hooks, page, ours=state, offers=offers),
    )


@catch_errors
async def resolve_lost_answer(context: Context, args: WebhooksArgs, _began_at: datetime) -> str:
    """The webhooks at CircleCI now; webhook_health repairs what went wrong."""
    slug = await target_projects.resolve_project(context, args.project, args.to_line)
    project = await context.circleci.fetch_project(slug)
    return installed_webhook_blocks.format_presence(
        await context.circleci.list_webhooks(project.id), context.public_url
    )


COMMAND = Command(
    name="webhooks",
    summary=N_("Lists a project's webhooks, installs and removes ours"),
    usage="webhooks [list|install|rm] [project] [--page N]",
    example="webhooks install acme/web",
    parse=parse,
    run=run,
    is_change=lambda args: args.verb != "list",
    group=Group.SETTINGS,
    endpoints=("GET /webhook", "POST /webhook", "PUT /webhook/{webhook-id}", "DELETE /webhook/{webhook-id}"),
    writes=is_write,
    resolve_lost_answer=resolve_lost_answer,
)
