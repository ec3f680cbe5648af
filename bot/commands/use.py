"""use [project] [--none] — the project that a channel is about: no command there needs to name it any more."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import channel_announcement, target_projects, visible_projects
from bot.blocks import announcement_blocks, kit, project_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.conversation import here
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None
    none: bool


def parse(said: Line) -> Args:
    if said.words and said.flag("none"):
        raise UsageError("A project, or `--none`: not both.")
    return Args(said.words[0] if said.words else None, said.flag("none"))


async def run(context: Context, args: Args) -> Reply:
    channel = context.request.channel
    if channel is None:
        raise UsageError("A project is set for a channel: say this in one.")
    if args.none:
        await _set(context, channel, None, None)
        return Reply(Message(f"{_here(context)} is about no project any more: commands need to name one."))
    if args.project is None:
        return Reply(await _current(context, channel))
    return Reply(await _use(context, channel, args.project))


async def _set(context: Context, channel: str, slug: ProjectSlug | None, named: str | None) -> None:
    request = context.request
    async with context.store.begin() as tx:
        before = await tx.channels.project(request.workspace, channel)
        await tx.channels.use(request.workspace, channel, slug)
        if slug != before:
            await channel_announcement.say(
                tx, context, channel, announcement_blocks.about(request.user, named, before), what="use"
            )
    context.nudge()


async def _current(context: Context, channel: str) -> Message:
    async with context.store.read() as tx:
        slug = await tx.channels.project(context.request.workspace, channel)
    if slug is None:
        text = f"{_here(context)} is about no project yet. Set one: `/circle use gh/org/repo`."
        return Message(text, [kit.section(text), kit.actions([kit.button("Show my projects", line("projects"))])])
    return Message(
        f"{_here(context)} is about {await visible_projects.called(context, slug)}. `/circle use --none` forgets it."
    )


async def _use(context: Context, channel: str, text: str) -> Message:
    """Only what the person can see: otherwise a slug would tell whether a hidden project exists."""
    slug = await target_projects.project(context, text, lambda slug: line("use", slug))
    project = await context.circleci.project(slug)
    await _set(context, channel, slug, project_blocks.named(project))
    told = f":pushpin: {_here(context)} is now about {project_blocks.named(project)}: no command here needs to name it."
    buttons = [
        kit.button("Trigger…", line("trigger")),
        kit.button("Status", line("status")),
        kit.button("Subscribe", line("subscribe")),
    ]
    return Message(told, [kit.section(told), kit.actions(buttons)])


def _here(context: Context) -> str:
    return here(context.request.channel).capitalize()


COMMAND = Command(
    name="use",
    summary="Sets the channel's project, or shows it",
    usage="use [project] [--none]",
    example="use gh/acme/web",
    parse=parse,
    run=run,
    changes=lambda args: args.none or args.project is not None,
    group=Group.PROJECTS,
)
