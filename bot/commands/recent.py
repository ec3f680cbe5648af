"""recent [project] [--mine] [--branch NAME] — the latest pipelines, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import kit
from bot.blocks import pipeline as blocks
from bot.blocks import project as projects
from bot.blocks.pager import pager
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Message
from bot.errors import UsageError
from bot.meaning import targets
from bot.meaning.glance import glance, page_of
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    project: str | None
    branch: str | None
    mine: bool
    page: int


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError("One project at a time; a branch is named by `--branch`.")
    return Args(said.words[0] if said.words else None, said.option("branch"), said.flag("mine"), targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    slug = await targets.project(context, args.project, lambda slug: line(*_words(args, slug)))
    project = await context.circleci.project(slug)
    found = context.circleci.pipelines(slug, branch=args.branch, mine=args.mine)
    shown, more = await page_of(found, args.page, blocks.PAGE)
    snapshots = await glance(context.circleci, shown)
    rows = blocks.rows(snapshots, slug, links=context.links, now=context.clock.now())
    title = f"Recent pipelines of {projects.named(project)}{_narrowed(args)}"
    pages = pager(args.page, *_words(args, str(slug)), more=more)
    return Reply(Message(title, [kit.section(f"*{title}*"), *(rows or [_nothing(args)]), *pages]))


def _words(args: Args, slug: str) -> list[str]:
    return ["recent", slug, *(["--branch", args.branch] if args.branch else []), *(["--mine"] if args.mine else [])]


def _narrowed(args: Args) -> str:
    branch = f" on {code(args.branch, 120)}" if args.branch else ""
    return f"{branch}{', started by you' if args.mine else ''}"


def _nothing(args: Args) -> kit.Block:
    if args.page > 1:
        return kit.section("There are no more.")
    return kit.section("There are none. (CircleCI has none for a branch that never ran, or whose name is misspelt.)")


COMMAND = Command(
    name="recent",
    summary="Lists the latest pipelines",
    usage="recent [project] [--mine] [--branch NAME] [--page N]",
    example="recent gh/acme/web --branch main",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=(
        "GET /project/{project-slug}/pipeline",
        "GET /project/{project-slug}/pipeline/mine",
    ),
    aliases=("pipelines", "list"),
)
