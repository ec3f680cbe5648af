"""project [project] — one project: whose it is, where its code is, what starts it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_projects
from bot.blocks import installed_webhook_blocks, project_blocks
from bot.circleci.integration import integration
from bot.circleci.models import Definition, Project
from bot.circleci.token_load import Load
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Hook
from bot.errors import Rejected, UsageError
from bot.messages import Message
from bot.mrkdwn import code
from bot.store.polled_projects import Watch
from bot.store.token_usage import Spent


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "One project at a time.")
    return Args(said.words[0] if said.words else None)


async def run(context: Context, args: Args) -> Reply:
    slug = await target_projects.project(context, args.project, lambda slug: line("project", slug))
    project = await context.circleci.project(slug)
    definitions = await _definitions(context, project)
    async with context.store.read() as tx:
        hook = await tx.hooks.of(context.request.workspace, project.project)
        watch = (await tx.watches.of([project.project])).get(project.project)
        spent = await tx.spending.of_the_last_hour(context.clock.now())
    possible = context.public_url is not None
    shown = project_blocks.shown(
        project,
        definitions,
        await integration(context.circleci, project, definitions),
        here=await target_projects.project_here(context),
        words=context.words,
        links=context.links,
        hook=installed_webhook_blocks.state(hook, possible=possible),
        asked=_asked(context, watch, spent, hook),
        hook_offers=installed_webhook_blocks.mends(project.project, hook, possible=possible),
    )
    return Reply(Message(f"Project {project_blocks.named(project)}", shown))


def _asked(context: Context, watch: Watch | None, spent: Sequence[Spent], hook: Hook | None) -> str:
    """How much the token is asked that reads the project; nothing where none does."""
    payer = watch.read_by if watch else None
    found = next((one for one in spent if one.payer == payer), None)
    if payer is None or found is None:
        return ""
    whose = {context.request.workspace: f"<@{payer.user}>'s token", "": "the token of whoever runs circlebot"}
    return installed_webhook_blocks.asked(
        whose.get(payer.workspace, "another workspace's token"), Load(found.requests, found.an_hour), hook
    )


async def _definitions(context: Context, project: Project) -> list[Definition]:
    """None where there are none, as on a Server, or where the person may not see them."""
    try:
        return await context.circleci.definitions(project.id) or []
    except Rejected:
        return []


COMMAND = Command(
    name="project",
    summary="Shows a project and what can be done with it",
    usage="project [project]",
    example="project gh/acme/web",
    parse=parse,
    run=run,
    group=Group.PROJECTS,
    covers=("GET /project/{project-slug}", "GET /projects/{project_id}/pipeline-definitions"),
)
