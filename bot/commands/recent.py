"""recent [project] [--mine] [--branch NAME] [--org [ORG]] — the latest pipelines, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.actions import target_projects, targets, visible_projects
from bot.actions.pipeline_list import glance, page_of, readable
from bot.actions.target_orgs import organisation
from bot.blocks import kit, org_blocks, pipeline_blocks, project_blocks
from bot.blocks.pager import pager
from bot.circleci.models import Pipeline
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import bold, code


@dataclass(frozen=True, slots=True)
class Args:
    """`whose` is the project, or with `everywhere` the organisation; None means the channel's."""

    whose: str | None
    everywhere: bool
    branch: str | None
    mine: bool
    page: int

    def again(self, whose: str) -> Written:
        return line("recent", whose, branch=self.branch, org=self.everywhere, mine=self.mine)


def parse(said: Line) -> Args:
    whose = [*said.words, *filter(None, [said.option("org")])]
    if len(whose) > 1:
        raise UsageError("One project or organisation at a time; a branch is named by `--branch`.")
    first = whose[0] if whose else None
    return Args(first, said.flag("org"), said.option("branch"), said.flag("mine"), targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    return Reply(await (_over_all(context, args) if args.everywhere else _of_one(context, args)))


async def _of_one(context: Context, args: Args) -> Message:
    slug = await target_projects.project(context, args.whose, args.again)
    project = await context.circleci.project(slug)
    found = context.circleci.pipelines(slug, branch=args.branch, mine=args.mine)
    shown, more = await page_of(found, args.page, pipeline_blocks.PAGE)
    rows = pipeline_blocks.rows(
        await glance(context.circleci, shown), slug, links=context.links, now=context.clock.now()
    )
    title = f"Recent pipelines of {project_blocks.named(project)}{_narrowed(args)}"
    return _drawn(args, str(slug), title, rows, more=more)


async def _over_all(context: Context, args: Args) -> Message:
    org = await organisation(context, args.whose, args.again)
    found = _on(args.branch, readable(context.circleci.org_pipelines(org.slug, mine=args.mine)))
    shown, more = await page_of(found, args.page, pipeline_blocks.PAGE)
    snapshots = await glance(context.circleci, shown)
    names = await visible_projects.names(context, [snapshot.pipeline.project for snapshot in snapshots])
    rows = pipeline_blocks.rows(snapshots, None, links=context.links, now=context.clock.now(), names=names)
    title = f"Recent pipelines of all of {org_blocks.named(org)}{_narrowed(args)}"
    return _drawn(args, org.slug, title, [*rows, kit.context(_COVERS)] if rows else [], more=more)


async def _on(branch: str | None, pipelines: AsyncIterator[Pipeline]) -> AsyncIterator[Pipeline]:
    """Over an organisation CircleCI does not filter by branch."""
    async for pipeline in pipelines:
        if branch in {None, pipeline.branch}:
            yield pipeline


def _drawn(args: Args, whose: str, title: str, rows: list[kit.Block], *, more: bool) -> Message:
    pages = pager(args.page, args.again(whose), more=more)
    return Message(title, [kit.section(bold(title)), *(rows or [_nothing(args)]), *pages])


def _narrowed(args: Args) -> str:
    branch = f" on {code(args.branch, 120)}" if args.branch else ""
    return f"{branch}{', started by you' if args.mine else ''}"


_COVERS = "CircleCI tells of the projects that you follow there, and of those only the 250 that built last."


def _nothing(args: Args) -> kit.Block:
    if args.page > 1:
        return kit.section("There are no more.")
    if args.everywhere:
        return kit.section(f"There are none. {_COVERS}")
    return kit.section("There are none. (CircleCI has none for a branch that never ran, or whose name is misspelt.)")


COMMAND = Command(
    name="recent",
    summary="Lists the latest pipelines of a project or an organisation",
    usage="recent [project] [--mine] [--branch NAME] [--org [ORG]] [--page N]",
    example="recent gh/acme/web --branch main",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=(
        "GET /project/{project-slug}/pipeline",
        "GET /project/{project-slug}/pipeline/mine",
        "GET /pipeline",
    ),
    aliases=("pipelines", "list"),
)
