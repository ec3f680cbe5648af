"""status [project] — a project at a glance: the newest pipeline of each branch that ran lately."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_projects
from bot.actions.pipeline_list import fetch_snapshots
from bot.blocks import kit, pipeline_blocks, project_blocks
from bot.circleci.models import Pipeline, Project
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.messages import Message
from bot.mrkdwn import as_bold

_BRANCHES = 8
_PAGES = 3
"""Pages of CircleCI's list that are searched for branches."""


@dataclass(frozen=True, slots=True)
class StatusArgs:
    project: str | None


def parse(line: ParsedLine) -> StatusArgs:
    if len(line.words) > 1:
        raise UsageError("One project at a time.")
    return StatusArgs(line.words[0] if line.words else None)


async def run(context: Context, args: StatusArgs) -> Reply:
    slug = await target_projects.resolve_project(context, args.project, lambda slug: format_line("status", slug))
    project = await context.circleci.fetch_project(slug)
    snapshots = await fetch_snapshots(context.circleci, await _fetch_newest_per_branch(context, project))
    drawn = pipeline_blocks.build_rows(snapshots, slug, links=context.links, now=context.clock.now())
    title = f"{as_bold(project_blocks.format_name(project))} — the newest pipeline of each branch that ran lately"
    nothing = [] if drawn else [kit.section("Nothing has run yet.")]
    return Reply(Message(title, [kit.section(title), *drawn, *nothing, _build_buttons(project)]))


async def _fetch_newest_per_branch(context: Context, project: Project) -> list[Pipeline]:
    """The default branch first, then the latest."""
    slug, default = project.project, project.default_branch
    newest: dict[str, Pipeline] = {}
    async for pipeline in context.circleci.list_pipelines(slug, pages=_PAGES):
        newest.setdefault(pipeline.ref or "?", pipeline)
        if len(newest) == _BRANCHES:
            break
    if default and default not in newest:
        async for pipeline in context.circleci.list_pipelines(slug, branch=default, pages=1):
            newest[default] = pipeline
            break
    ordered = sorted(newest.items(), key=lambda item: item[0] != default)
    return [pipeline for _, pipeline in ordered[:_BRANCHES]]


def _build_buttons(project: Project) -> kit.Block:
    slug = str(project.project)
    buttons = [
        ("Refresh", "status"),
        ("Show Recent Pipelines", "recent"),
        ("Trigger…", "trigger"),
        ("Subscribe", "subscribe"),
    ]
    return kit.actions([kit.button(label, format_line(name, slug)) for label, name in buttons])


COMMAND = Command(
    name="status",
    summary="Shows a project at a glance: its branches and how they are",
    usage="status [project]",
    example="status gh/acme/web",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    order=2,
    task="See how a project is doing",
    endpoints=(
        "GET /project/{project-slug}",
        "GET /project/{project-slug}/pipeline",
    ),
    aliases=("st",),
)
