"""deploys [project] — what runs in which environment since when, by whom, and what it replaced."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions.target_projects import resolve_project
from bot.blocks import deploy_blocks
from bot.circleci.deployed_places import fetch_deploys
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written


@dataclass(frozen=True, slots=True)
class DeploysArgs:
    project: str | None
    environment: str | None = None
    component: str | None = None

    def to_line(self, *words: str) -> Written:
        return format_line("deploys", *words, environment=self.environment, component=self.component)


def parse(line: ParsedLine) -> DeploysArgs:
    if len(line.words) > 1:
        raise UsageError(_("One project at a time."))
    return DeploysArgs(next(iter(line.words), None), line.get_value("environment"), line.get_value("component"))


async def run(context: Context, args: DeploysArgs) -> Reply:
    slug = await resolve_project(context, args.project, args.to_line)
    if context.links.is_server:
        return Reply(deploy_blocks.render_server())
    project = await context.circleci.fetch_project(slug)
    deploys = await fetch_deploys(context.circleci, project, environment=args.environment, component=args.component)
    if not deploys.places:
        return Reply(deploy_blocks.render_none(project, environment=args.environment, component=args.component))
    return Reply(deploy_blocks.render(deploys, links=context.links))


COMMAND = Command(
    name="deploys",
    summary=N_("Shows what runs in which environment, since when and by whom"),
    usage="deploys [project] [--environment NAME] [--component NAME]",
    example="deploys acme/web",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    order=3,
    endpoints=(
        "GET /deploy/components",
        "GET /deploy/components/{component_id}/versions",
        "GET /deploy/environments",
        "GET /deploy/projects/{project_id}/releases",
    ),
)
