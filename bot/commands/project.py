"""project [project] — one project: whose it is, where its code is, what starts it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.actions import mark_changes, project_scopes, target_projects
from bot.blocks import installed_webhook_blocks, mark_blocks, project_blocks
from bot.circleci.integration import detect_integration
from bot.circleci.models import PipelineDefinition, Project
from bot.circleci.token_load import HourlyLoad
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import ProjectScope
from bot.domain.project_feeds import Hook, PolledProject
from bot.domain.project_marks import Mark
from bot.errors import Rejected, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.store.token_usage import TokenUsage


@dataclass(frozen=True, slots=True)
class ProjectArgs:
    """With `mark` or `unmark` an admin changes what is said of the project; then it may be several (`gh/acme/*`)."""

    project: str | None
    mark: Mark | None = None
    unmark: Mark | None = None


def parse(line: ParsedLine) -> ProjectArgs:
    if len(line.words) > 1:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(line.words[1], 100)), _("One project at a time.")
        )
    mark, unmark = (_parse_mark(line.get_value(name)) for name in ("mark", "unmark"))
    if mark and unmark:
        raise UsageError(_("One thing at a time."))
    return ProjectArgs(line.words[0] if line.words else None, mark, unmark)


def _parse_mark(text: str | None) -> Mark | None:
    return None if text is None else mark_changes.parse_mark(text)


async def _change_mark(context: Context, args: ProjectArgs, mark: Mark) -> Reply:
    wanted = args.mark is not None
    line = partial(format_line, "project", **{"mark" if wanted else "unmark": mark})
    if args.unmark and args.project and (args.project.count("/") == 2 or ProjectScope.is_org_slug(args.project)):
        scope = ProjectScope.parse(args.project)
    else:
        scope = await project_scopes.resolve_scope(context, args.project, line)
    changed = await mark_changes.change(context, scope, mark, wanted=wanted)
    return Reply(mark_blocks.render_change(scope, mark, wanted=wanted, changed=changed))


async def run(context: Context, args: ProjectArgs) -> Reply:
    if mark := args.mark or args.unmark:
        return await _change_mark(context, args, mark)
    slug = await target_projects.resolve_project(context, args.project, lambda slug: format_line("project", slug))
    project = await context.circleci.fetch_project(slug)
    definitions = await _fetch_definitions(context, project)
    async with context.store.begin_read() as tx:
        hook = await tx.hooks.find(context.request.workspace, project.project)
        polled = (await tx.polled_projects.list_for_projects([project.project])).get(project.project)
        marks = (await tx.project_marks.load(context.request.workspace)).list_for_project(project.project)
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
        marks=mark_blocks.render_marks(project.project, marks, is_admin=context.admin),
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
    usage="project [project] [--mark MARK] [--unmark MARK]",
    example="project acme/web",
    parse=parse,
    run=run,
    is_change=lambda args: args.mark is not None or args.unmark is not None,
    group=Group.PROJECTS,
    endpoints=("GET /project/{project-slug}", "GET /projects/{project_id}/pipeline-definitions"),
)
