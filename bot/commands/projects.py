"""projects [--page N] — the projects that a person can see, each with what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_projects, targets, visible_projects
from bot.blocks import kit, project_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply
from bot.language import N_, _, ngettext
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class ProjectsArgs:
    page: int


def parse(line: ParsedLine) -> ProjectsArgs:
    return ProjectsArgs(targets.parse_page(line))


async def run(context: Context, args: ProjectsArgs) -> Reply:
    projects = await visible_projects.list_projects(context)
    if not projects:
        return Reply(Message(_(_NOTHING), [kit.section(_(_NOTHING))]))
    here = await target_projects.find_current_project(context)
    shown = project_blocks.render_list(projects, args.page, here, links=context.links)
    text = ngettext("{count} project of yours", "{count} projects of yours", len(projects))
    return Reply(Message(text, shown))


_NOTHING = N_(
    "I see no projects of yours that built lately. CircleCI lists only those that you follow there. You can name any "
    "other in full: `/circle use gh/org/repo`."
)


COMMAND = Command(
    name="projects",
    summary=N_("Lists the projects that you can see"),
    usage="projects [--page N]",
    example="projects",
    parse=parse,
    run=run,
    group=Group.PROJECTS,
    endpoints=(
        "GET /me/collaborations",
        "GET /pipeline",
    ),
)
