"""project [project] — one project: whose it is, where its code is, what starts it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_projects
from bot.blocks import installed_webhook_blocks, project_blocks
from bot.circleci.integration import detect_integration
from bot.circleci.models import PipelineDefinition, Project
from bot.circleci.token_load import HourlyLoad
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain.project_feeds import Hook, PolledProject
from bot.errors import Rejected, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.store.token_usage import TokenUsage


@dataclass(frozen=True, slots=True)
class ProjectArgs:
    project: str | None


def parse(line: ParsedLine) -> ProjectArgs:
    if len(line.words) > 1:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(line.words[1], 100)), _("One project at a time.")
        )
    return ProjectArgs(line.words[0] if line.words else None)


async def run(context: Context, args: ProjectArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, lambda slug: format_line("project", slug))
    project = await context.circleci.fetch_project(slug)
    definitions = await _fetch_definitions(context, project)
    async with context.store.begin_read() as tx:
        hook = await tx.hooks.find(context.request.workspace, project.project)
        polled = (await tx.polled_projects.list_for_projects([project.project])).get(project.project)
        usages = await tx.token_usage.list_last_hour(context.clock.now())
    possible = context.public_url is not None
    shown = project_blocks.render_details(
        project,
        definitions,
        await detect_integration(context.circleci, project, definitions),
        here=await target_projects.find_current_project(context),
        words=context.command_names,
        links=context.links,
        hook=installed_webhook_blocks.format_state(hook, possible=possible),
        asked=_format_token_usage(context, polled, usages, hook),
        hook_offers=installed_webhook_blocks.build_install_buttons(project.project, hook, possible=possible),
    )
    return Reply(Message(_("Project {project}", project=project_blocks.format_name(project)), shown))


def _format_token_usage(
    context: Context, polled: PolledProject | None, usages: Sequence[TokenUsage], hook: Hook | None
) -> str:
    """How much the token is asked that reads the project; nothing where none does."""
    owner = polled.read_by if polled else None
    found = next((one for one in usages if one.owner == owner), None)
    if owner is None or found is None:
        return ""
    load = HourlyLoad(found.requests, found.an_hour)
    return installed_webhook_blocks.format_polling_load(owner, load, hook, workspace=context.request.workspace)


async def _fetch_definitions(context: Context, project: Project) -> list[PipelineDefinition]:
    """None where there are none, as on a Server, or where the person may not see them."""
    try:
        return await context.circleci.list_definitions(project.id) or []
    except Rejected:
        return []


COMMAND = Command(
    name="project",
    summary=N_("Shows a project and what can be done with it"),
    usage="project [project]",
    example="project acme/web",
    parse=parse,
    run=run,
    group=Group.PROJECTS,
    endpoints=("GET /project/{project-slug}", "GET /projects/{project_id}/pipeline-definitions"),
)
