"""recent [project] [--mine] [--failed] [--branch NAME] [--org [ORG]] — the latest pipelines, newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import target_projects, targets, visible_projects
from bot.actions.pipeline_list import fetch_snapshots, skip_unreadable, take_page
from bot.actions.target_orgs import resolve_organisation
from bot.blocks import kit, org_blocks, pipeline_blocks, project_blocks
from bot.blocks.pager import build_pager
from bot.circleci.models import Pipeline
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import BAD, ProjectSlug
from bot.errors import UsageError
from bot.language import N_, _, ngettext
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code

FAILED_DAYS, FAILED_LOOKS = 7, 20


@dataclass(frozen=True, slots=True)
class RecentArgs:
    """`whose` is the project, or with `everywhere` the organisation; None means the channel's."""

    whose: str | None
    everywhere: bool
    branch: str | None
    mine: bool
    failed: bool
    page: int

    def to_line(self, whose: str) -> Written:
        return format_line("recent", whose, branch=self.branch, org=self.everywhere, mine=self.mine, failed=self.failed)


@dataclass(frozen=True, slots=True)
class RecentPart:
    """A page of a list, and a `note` of what the list covers."""

    shown: Sequence[Pipeline]
    more: bool
    note: str


def parse(line: ParsedLine) -> RecentArgs:
    whose = [*line.words, *filter(None, [line.get_value("org")])]
    if len(whose) > 1:
        raise UsageError(_("One project or organisation at a time; a branch is named by `--branch`."))
    first = whose[0] if whose else None
    return RecentArgs(
        first,
        line.has_flag("org"),
        line.get_value("branch"),
        mine=line.has_flag("mine"),
        failed=line.has_flag("failed"),
        page=targets.parse_page(line),
    )


async def run(context: Context, args: RecentArgs) -> Reply:
    return Reply(
        await (_render_org_pipelines(context, args) if args.everywhere else _render_project_pipelines(context, args))
    )


async def _render_project_pipelines(context: Context, args: RecentArgs) -> Message:
    slug = await target_projects.resolve_project(context, args.whose, args.to_line)
    project = await context.circleci.fetch_project(slug)
    found = context.circleci.list_pipelines(slug, branch=args.branch, mine=args.mine)
    part = await _find_part(context, args, found, {project.id: slug})
    rows = pipeline_blocks.build_rows(
        await fetch_snapshots(context.circleci, part.shown), slug, links=context.links, now=context.clock.now()
    )
    title = _("Recent pipelines of {project}", project=project_blocks.format_name(project))
    return _render_page(args, str(slug), title, rows, part)


async def _render_org_pipelines(context: Context, args: RecentArgs) -> Message:
    org = await resolve_organisation(context, args.whose, args.to_line)
    found = _filter_branch(args.branch, skip_unreadable(context.circleci.list_org_pipelines(org.slug, mine=args.mine)))
    part = await _find_part(context, args, found, await _map_projects(context, org.slug) if args.failed else {})
    snapshots = await fetch_snapshots(context.circleci, part.shown)
    names = await visible_projects.fetch_names(context, [snapshot.pipeline.project for snapshot in snapshots])
    rows = pipeline_blocks.build_rows(snapshots, None, links=context.links, now=context.clock.now(), names=names)
    title = _("Recent pipelines of all of {organisation}", organisation=org_blocks.format_name(org))
    return _render_page(args, org.slug, title, rows, part)


async def _map_projects(context: Context, org_slug: str) -> dict[str, ProjectSlug]:
    """The organisation's projects by their ids."""
    listed = await visible_projects.list_projects(context)
    return {one.id: one.project for one in listed if one.id and one.project.org_slug == org_slug}


async def _find_part(
    context: Context, args: RecentArgs, found: AsyncIterator[Pipeline], projects: Mapping[str, ProjectSlug]
) -> RecentPart:
    """A page of the `found`; of what failed, a page of all that CircleCI finds in these projects, else of the newest.

    What is one's own it does not search.
    """
    if not args.failed:
        shown, more = await take_page(found, args.page, pipeline_blocks.PAGE)
        return RecentPart(shown, more, _(_COVERS) if args.everywhere else "")
    since = context.clock.now() - timedelta(days=FAILED_DAYS)
    searched = None
    if not args.mine:
        searched = await context.circleci.find_failed_pipelines(projects, since=since, branch=args.branch)
    if searched is not None:
        days = ngettext("I looked at the last {count} day.", "I looked at the last {count} days.", FAILED_DAYS)
        return _cut_page(args, searched, days)
    newest, _more = await take_page(found, 1, FAILED_LOOKS)
    failed = [one.pipeline for one in await fetch_snapshots(context.circleci, newest) if one.status in BAD]
    looked = ngettext("I looked at {count} pipeline.", "I looked at the {count} newest pipelines.", len(newest))
    return _cut_page(args, failed, looked)


def _cut_page(args: RecentArgs, failed: Sequence[Pipeline], note: str) -> RecentPart:
    end = args.page * pipeline_blocks.PAGE
    return RecentPart(failed[end - pipeline_blocks.PAGE : end], len(failed) > end, note)


async def _filter_branch(branch: str | None, pipelines: AsyncIterator[Pipeline]) -> AsyncIterator[Pipeline]:
    """Over an organisation CircleCI does not filter by branch."""
    async for pipeline in pipelines:
        if branch in {None, pipeline.branch}:
            yield pipeline


def _render_page(args: RecentArgs, whose: str, title: str, rows: list[kit.Block], part: RecentPart) -> Message:
    title = " · ".join([title, *_list_filters(args)])
    other = replace(args, failed=not args.failed).to_line(whose)
    switch = kit.button(_("Show All") if args.failed else _("Show Only Failed"), other)
    pages = build_pager(args.page, args.to_line(whose), more=part.more, offers=[switch])
    shown = [*rows, *kit.build_notes(part.note)] if rows else [_build_empty_note(args, part)]
    return Message(title, [kit.section(as_bold(title)), *shown, *pages])


def _list_filters(args: RecentArgs) -> Iterator[str]:
    if args.branch:
        yield _("on {branch}", branch=as_code(args.branch, 120))
    if args.mine:
        yield _("started by you")
    if args.failed:
        yield _("failed")


_COVERS = N_("CircleCI lists the projects that you follow there, and of those only the 250 that built last.")


def _build_empty_note(args: RecentArgs, part: RecentPart) -> kit.Block:
    if args.page > 1:
        return kit.section(_("There are no more pipelines."))
    if part.note:
        return kit.section(" ".join([_("There are none."), part.note]))
    return kit.section(_("There are none. (CircleCI has none for a branch that never ran, or whose name is misspelt.)"))


COMMAND = Command(
    name="recent",
    summary=N_("Lists the latest pipelines of a project or an organisation"),
    usage="recent [project] [--mine] [--failed] [--branch NAME] [--org [ORG]] [--page N] [--here]",
    example="recent acme/web --branch main",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    endpoints=(
        "GET /project/{project-slug}/pipeline",
        "GET /project/{project-slug}/pipeline/mine",
        "GET /pipeline",
    ),
    aliases=("pipelines", "list"),
)
