"""insights [project] [WORKFLOW] — how reliable, how slow and how expensive a workflow is, drawn and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.actions import insights_scope, target_projects
from bot.actions.share_files import is_private_conversation, reply_with_picture
from bot.actions.target_orgs import resolve_organisation
from bot.blocks import kit
from bot.circleci.insights_api import InsightsScope
from bot.circleci.models import NamedMetrics, Project
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line, ignore_progress
from bot.commands.insights import insights_reports
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.line import Written
from bot.mrkdwn import as_code
from bot.pictures.drawing_thread import draw_file


@dataclass(frozen=True, slots=True)
class InsightsArgs:
    words: tuple[str, ...]
    scope: InsightsScope
    jobs: bool
    org: bool
    here: bool

    def to_line(self, *words: str) -> Written:
        return format_line("insights", *words, jobs=self.jobs, org=self.org, **insights_scope.to_options(self.scope))

    def to_branch_line(self, branch: str, slug: str, name: str | None) -> Written:
        there = replace(self, scope=InsightsScope(self.scope.days, branch))
        return there.to_line(slug, *([name] if name else []))


def parse(line: ParsedLine) -> InsightsArgs:
    words = (*line.words, *filter(None, [line.get_value("org")]))
    jobs = words[1:][-1:] == ("jobs",)
    named = words[:-1] if jobs else words
    return InsightsArgs(
        named, insights_scope.parse(line), jobs or line.has_flag("jobs"), line.has_flag("org"), line.has_flag("here")
    )


async def run(context: Context, args: InsightsArgs) -> Reply:
    if args.org:
        org = await resolve_organisation(context, args.words[0] if args.words else None, args.to_line)
        return Reply(await insights_reports.fetch_organisation_report(context, org, args.scope))
    slug, rest = await target_projects.resolve_project_and_name(context, args.words, args.to_line)
    if len(rest) > 1:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(rest[1], 100)), _("One workflow at a time.")
        )
    if args.here or is_private_conversation(context):
        context = replace(context, progress=ignore_progress)  # the picture would not take the line's place
    project = await context.circleci.fetch_project(slug)
    known = await context.circleci.list_workflow_metrics(slug, args.scope)
    return await _render_insights(
        context, project, await _find_workflow_name(context, project, rest, known, args), known, args
    )


async def _render_insights(
    context: Context, project: Project, name: str | None, known: list[NamedMetrics], args: InsightsArgs
) -> Reply:
    slug = project.slug
    report = await insights_reports.fetch_report(context, project, name, args.scope, known, jobs=args.jobs)
    buttons = list(_build_buttons(slug, name, known, args))
    if report.chart is None:
        there = await insights_scope.list_similar_branches(context, project.project, name, of=args.scope)
        elsewhere = [
            kit.button(_("Show {branch}", branch=branch), args.to_branch_line(branch, slug, name)) for branch in there
        ]
        return Reply(kit.add_buttons(report.message, [*elsewhere, *buttons]))
    file_name = insights_reports.build_file_name(project.name, name or "workflows")
    picture = await draw_file(report.chart, name=file_name, title=report.chart.title)
    again = args.to_line(slug, *([name] if name else []))
    return reply_with_picture(context, picture, report.message, buttons=buttons, here=args.here, again=again)


async def _find_workflow_name(
    context: Context, project: Project, rest: tuple[str, ...], known: list[NamedMetrics], args: InsightsArgs
) -> str | None:
    """The workflow that is named, or the only one there is."""
    if rest:
        return await insights_scope.resolve_workflow_name(
            context, project, rest[0], known=known, build_line=args.to_line
        )
    if len(known) == 1:
        return known[0].name
    if args.jobs:
        steps = [NextStep(one.name, args.to_line(project.slug, one.name)) for one in known[:10]]
        raise TargetError(_("The jobs of which workflow?"), *steps)
    return None


def _build_buttons(
    slug: str, name: str | None, known: list[NamedMetrics], args: InsightsArgs
) -> Iterator[kit.Pressable]:
    """The neighbouring questions: the nearest in sight, the others behind ⋯."""
    if name:
        other = replace(args, jobs=not args.jobs)
        yield kit.button(_("Show Workflow") if args.jobs else _("Show Jobs"), other.to_line(slug, name))
    elif known:
        yield kit.menu(
            _("Show a workflow…"), [kit.option(one.name, args.to_line(slug, one.name)) for one in known[:100]]
        )
    yield from filter(None, [kit.overflow(list(_list_others(slug, name, args)))])


def _list_others(slug: str, name: str | None, args: InsightsArgs) -> Iterator[tuple[str, Written]]:
    scope = args.scope
    of = (slug, name) if name else (slug,)
    days = 30 if scope.days == 90 else 90
    yield _("Show last {days} days", days=days), replace(args, scope=replace(scope, days=days)).to_line(*of)
    wide = InsightsScope(scope.days, all_branches=not scope.all_branches)
    yield (
        _("Show default branch") if scope.all_branches else _("Show all branches"),
        replace(args, scope=wide).to_line(*of),
    )
    if name:
        yield _("Show all workflows"), replace(args, jobs=False).to_line(slug)
    yield _("Show flaky tests"), format_line("flaky", slug)


COMMAND = Command(
    name="insights",
    summary=N_("Draws how reliable and how slow workflows and jobs are"),
    usage="insights [project] [WORKFLOW] [--jobs] [--org [ORG]] [--days DAYS] [--branch NAME] [--all-branches] "
    "[--here]",
    example="insights acme/web build-and-test --days 90",
    parse=parse,
    run=run,
    sends_file=lambda args: not args.org,
    group=Group.REASONS,
    endpoints=(
        "GET /insights/{project-slug}/branches",
        "GET /insights/{project-slug}/workflows",
        "GET /insights/{project-slug}/workflows/{workflow-name}",
        "GET /insights/{project-slug}/workflows/{workflow-name}/jobs",
        "GET /insights/{project-slug}/workflows/{workflow-name}/summary",
        "GET /insights/pages/{project-slug}/summary",
        "GET /insights/{org-slug}/summary",
    ),
)
