"""status [project] [branch] — a project at a glance, or one branch: green or red, since when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_branches
from bot.actions.pipeline_list import fetch_snapshots, take_page
from bot.actions.status_question import StatusQuestion, parse_question
from bot.blocks import kit, pipeline_blocks, project_blocks
from bot.circleci.models import Pipeline, Project
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.language import N_, _, ngettext
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code

_BRANCHES = 8
_LOOKS = 20
"""Pipelines among which one that runs or waits is sought."""
_PAGES = 3
"""Pages of CircleCI's list that are searched for branches."""


@dataclass(frozen=True, slots=True)
class StatusArgs:
    """A lone word is a project's name, or a branch of the channel's project."""

    words: tuple[str, ...]
    branch: str | None = None
    only: StatusQuestion | None = None

    def to_line(self, *words: str) -> Written:
        return format_line("status", *words, branch=self.branch, only=self.only.word if self.only else None)


def parse(line: ParsedLine) -> StatusArgs:
    branch = line.get_value("branch")
    if len(line.words) > (1 if branch else 2):
        raise UsageError(_("One project at a time, and one branch of it."))
    return StatusArgs(line.words, branch, parse_question(line))


async def run(context: Context, args: StatusArgs) -> Reply:
    slug, branch = await target_branches.resolve_project_and_branch(context, args.words, args.branch, args.to_line)
    project = await context.circleci.fetch_project(slug)
    if branch and args.only:
        raise UsageError(_("`--only` asks about all branches: leave {branch} out.", branch=as_code(branch, 100)))
    if args.only:
        return Reply(await _render_answer(context, project, args.only))
    if branch:
        return Reply(await target_branches.render_branch(context, project, branch))
    return Reply(await _render_project(context, project))


async def _render_project(context: Context, project: Project) -> Message:
    slug = project.project
    snapshots = await fetch_snapshots(context.circleci, await _fetch_newest_per_branch(context, project))
    drawn = pipeline_blocks.build_rows(snapshots, slug, links=context.links, now=context.clock.now())
    title = _(
        "{project} — the newest pipeline of each branch that ran lately",
        project=as_bold(project_blocks.format_name(project)),
    )
    nothing = [] if drawn else [kit.section(_("Nothing has run yet."))]
    buttons = _build_buttons(project, followed=await _is_followed(context, slug))
    return Message(title, [kit.section(title), *drawn, *nothing, buttons])


async def _render_answer(context: Context, project: Project, asked: StatusQuestion) -> Message:
    """What was asked, and nothing else."""
    slug, name = project.project, project_blocks.format_name(project)
    looked = await _list_pipelines(context, project, asked)
    found = [one for one in await fetch_snapshots(context.circleci, looked) if asked.fits(one)]
    rows = pipeline_blocks.build_rows(found, slug, links=context.links, now=context.clock.now())
    title = as_bold(_(asked.title, project=name)) if found else _(asked.none, project=name)
    count = (
        ngettext(
            "I looked at the newest pipeline of {count} branch.",
            "I looked at the newest pipeline of {count} branches.",
            len(looked),
        )
        if asked.of_branches
        else ngettext("I looked at {count} pipeline.", "I looked at the {count} newest pipelines.", len(looked))
    )
    buttons = [
        kit.button(_("Refresh"), format_line("status", str(slug), only=asked.word)),
        kit.button(_("Show All Branches"), format_line("status", str(slug))),
    ]
    return Message(title, [kit.section(title), *rows, kit.actions(buttons), kit.context(count)])


async def _list_pipelines(context: Context, project: Project, asked: StatusQuestion) -> list[Pipeline]:
    if asked.of_branches:
        return await _fetch_newest_per_branch(context, project)
    return (await take_page(context.circleci.list_pipelines(project.project, pages=1), 1, _LOOKS))[0]


async def _is_followed(context: Context, project: ProjectSlug) -> bool:
    """Whether a rule of this place covers it: a second one would post everything twice."""
    request = context.request
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_for_channel(request.workspace, request.channel or request.user)
    return any(rule.scope.covers(project) for rule in rules)


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
    return [pipeline for _ref, pipeline in ordered[:_BRANCHES]]


def _build_buttons(project: Project, *, followed: bool) -> kit.Block:
    """Two in sight: *Show to All* comes beside them, and a phone has room for three in a row."""
    slug = str(project.project)
    rules = (
        kit.button(_("Show Rules"), format_line("subscriptions"))
        if followed
        else kit.button(_("Subscribe"), format_line("subscribe", slug))
    )
    behind = [
        (_("Show Recent Pipelines"), format_line("recent", slug)),
        (_("Show Deploys"), format_line("deploys", slug)),
        (_("Refresh"), format_line("status", slug)),
    ]
    buttons = [kit.button(_("Trigger…"), format_line("trigger", slug)), rules, kit.overflow(behind)]
    return kit.actions([one for one in buttons if one])


COMMAND = Command(
    name="status",
    summary=N_("Shows a project at a glance, or whether a branch is green and who broke it"),
    usage="status [project] [branch] [--branch NAME] [--only STATE] [--here]",
    example="status acme/web",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    order=2,
    task=N_("See how a project is doing"),
    endpoints=(
        "GET /project/{project-slug}",
        "GET /project/{project-slug}/pipeline",
    ),
    aliases=("st",),
)
