"""projects [--page N] — the projects that a person can see, each with what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_projects, targets, visible_projects
from bot.blocks import kit, project_blocks
from bot.command import Command, Context, Group, Line, Reply
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Args:
    page: int


def parse(said: Line) -> Args:
    return Args(targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    projects = await visible_projects.projects(context)
    if not projects:
        return Reply(Message(_NOTHING, [kit.section(_NOTHING)]))
    shown = project_blocks.listed(projects, args.page, await target_projects.project_here(context))
    return Reply(Message(f"{len(projects)} projects that you follow", shown))


_NOTHING = (
    "I see no projects of yours that built lately. CircleCI tells only of those that you follow there; any other can "
    "still be named in full, as in `/circle use gh/org/repo`."
)


COMMAND = Command(
    name="projects",
    summary="Lists the projects that you can see",
    usage="projects [--page N]",
    example="projects",
    parse=parse,
    run=run,
    group=Group.PROJECTS,
    covers=(
        "GET /me/collaborations",
        "GET /pipeline",
    ),
)
