"""insights [project] [WORKFLOW] — how reliable, how slow and how dear a workflow was, as a picture and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.actions import insights_scope, target_projects
from bot.actions.share_files import between_us, with_picture
from bot.actions.target_orgs import organisation
from bot.blocks import kit
from bot.circleci.insights_api import Scope
from bot.circleci.models import Measured, Project
from bot.command import Command, Context, File, Group, Line, Reply, line, silence
from bot.commands.insights import insights_reports
from bot.errors import NotThere, Step, UsageError
from bot.line import Written
from bot.mrkdwn import code
from bot.pictures.drawing_thread import drawn


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    scope: Scope
    jobs: bool
    org: bool
    here: bool

    def again(self, *words: str) -> Written:
        return line("insights", *words, jobs=self.jobs, org=self.org, **insights_scope.options(self.scope))

    def on(self, branch: str, slug: str, name: str | None) -> Written:
        there = replace(self, scope=Scope(self.scope.days, branch))
        return there.again(slug, *([name] if name else []))


def parse(said: Line) -> Args:
    words = (*said.words, *filter(None, [said.option("org")]))
    jobs = words[1:][-1:] == ("jobs",)
    named = words[:-1] if jobs else words
    return Args(named, insights_scope.scope(said), jobs or said.flag("jobs"), said.flag("org"), said.flag("here"))


async def run(context: Context, args: Args) -> Reply:
    if args.org:
        org = await organisation(context, args.words[0] if args.words else None, args.again)
        return Reply(await insights_reports.of_organisation(context, org, args.scope))
    slug, rest = await target_projects.project_and_name(context, args.words, args.again)
    if len(rest) > 1:
        raise UsageError(f"I do not know what {code(rest[1], 100)} is for.", "One workflow at a time.")
    if args.here or between_us(context):
        context = replace(context, progress=silence)  # the picture would not take the line's place
    project = await context.circleci.project(slug)
    known = await context.circleci.measured_workflows(slug, args.scope)
    return await _shown(context, project, await _which(context, project, rest, known, args), known, args)


async def _shown(context: Context, project: Project, name: str | None, known: list[Measured], args: Args) -> Reply:
    slug = project.slug
    told = await insights_reports.told(context, project, name, args.scope, known, jobs=args.jobs)
    buttons = list(_buttons(slug, name, known, args))
    if told.chart is None:
        there = await insights_scope.branches_like(context, project.project, name, args.scope)
        elsewhere = [kit.button(f"On {branch}", args.on(branch, slug, name)) for branch in there]
        return Reply(kit.with_buttons(told.message, [*elsewhere, *buttons]))
    title = told.chart.title
    file = File(
        insights_reports.files_name(project.name, name or "workflows"), title, await drawn(told.chart), told.chart.alt
    )
    again = args.again(slug, *([name] if name else []))
    return with_picture(context, file, told.message, buttons, here=args.here, again=again)


async def _which(
    context: Context, project: Project, rest: tuple[str, ...], known: list[Measured], args: Args
) -> str | None:
    """The workflow that is named, or the only one there is."""
    if rest:
        return await insights_scope.workflow(context, project, rest[0], known, args.again)
    if len(known) == 1:
        return known[0].name
    if args.jobs:
        steps = [Step(one.name, args.again(project.slug, one.name)) for one in known[:10]]
        raise NotThere("The jobs of which workflow?", *steps)
    return None


def _buttons(slug: str, name: str | None, known: list[Measured], args: Args) -> Iterator[kit.Pressable]:
    """The neighbouring questions."""
    scope = args.scope
    if name is None:
        for one in known[:5]:
            yield kit.button(one.name, args.again(slug, one.name))
    else:
        other = replace(args, jobs=not args.jobs)
        yield kit.button("Whole workflow" if args.jobs else "Its jobs", other.again(slug, name))
        yield kit.button("All workflows", replace(args, jobs=False).again(slug))
    of = (slug, name) if name else (slug,)
    days = 30 if scope.days == 90 else 90
    yield kit.button(f"Last {days} days", replace(args, scope=replace(scope, days=days)).again(*of))
    wide = Scope(scope.days, all_branches=not scope.all_branches)
    yield kit.button("Default branch" if scope.all_branches else "All branches", replace(args, scope=wide).again(*of))
    yield kit.button("Flaky tests", line("flaky", slug))


COMMAND = Command(
    name="insights",
    summary="Draws how reliable and how slow workflows and jobs are",
    usage="insights [project] [WORKFLOW] [--jobs] [--org [ORG]] [--days DAYS] [--branch NAME] [--all-branches] "
    "[--here]",
    example="insights gh/acme/web build-and-test --days 90",
    parse=parse,
    run=run,
    carries=lambda args: not args.org,
    group=Group.REASONS,
    covers=(
        "GET /insights/{project-slug}/branches",
        "GET /insights/{project-slug}/workflows",
        "GET /insights/{project-slug}/workflows/{workflow-name}",
        "GET /insights/{project-slug}/workflows/{workflow-name}/jobs",
        "GET /insights/{project-slug}/workflows/{workflow-name}/summary",
        "GET /insights/pages/{project-slug}/summary",
        "GET /insights/{org-slug}/summary",
    ),
)
