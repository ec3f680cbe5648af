"""flaky [project] — the tests that pass and fail on the same commit, or the tests of a workflow that fail most."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import insights_scope, target_projects, targets
from bot.blocks import flaky_blocks, kit, project_blocks
from bot.circleci.insights_api import InsightsScope
from bot.circleci.models import Project
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class FlakyArgs:
    words: tuple[str, ...]
    workflow: str | None
    scope: InsightsScope
    page: int

    def to_line(self, *words: str) -> Written:
        return format_line("flaky", *words, workflow=self.workflow, **insights_scope.to_options(self.scope))


def parse(line: ParsedLine) -> FlakyArgs:
    scope, workflow = insights_scope.parse(line), line.get_value("workflow")
    if workflow is None and (scope.branch or scope.all_branches):
        raise UsageError(_("Flaky tests are those of all branches. `--branch` works with `--workflow`."))
    return FlakyArgs(line.words, workflow, scope, targets.parse_page(line))


async def run(context: Context, args: FlakyArgs) -> Reply:
    slug, rest = await target_projects.resolve_project_and_name(context, args.words, args.to_line)
    if rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(rest[0], 100)),
            _("`--workflow` names a workflow."),
        )
    project = await context.circleci.fetch_project(slug)
    if args.workflow:
        return Reply(await _render_workflow_tests(context, project, args.workflow, args))
    return Reply(await _render_flaky_tests(context, project, args.page))


async def _render_flaky_tests(context: Context, project: Project, page: int) -> Message:
    tests = flaky_blocks.rank_tests(await context.circleci.list_flaky_tests(project.project))
    title = _("Flaky tests of {project}", project=project_blocks.format_name(project))
    shown = flaky_blocks.render_list(title, tests, project.project, links=context.links, page=page)
    names = list(dict.fromkeys(test.workflow_name for test in tests if test.workflow_name))[:2]
    tests_of = [
        kit.button(_("Show Tests of {workflow}", workflow=name), format_line("flaky", project.slug, workflow=name))
        for name in names
    ]
    return kit.add_buttons(
        Message(title, shown), [*tests_of, kit.button(_("Show Insights"), format_line("insights", project.slug))]
    )


async def _render_workflow_tests(context: Context, project: Project, wanted: str, args: FlakyArgs) -> Message:
    known = await context.circleci.list_workflow_metrics(project.project, args.scope)
    name = await insights_scope.resolve_workflow_name(
        context, project, wanted, known=known, build_line=_build_workflow_line
    )
    metrics = await context.circleci.fetch_test_metrics(project.project, name, args.scope)
    title = _(
        "Tests of {workflow} of {project}", workflow=as_code(name, 100), project=project_blocks.format_name(project)
    )
    buttons = [
        kit.button(_("Show Flaky Tests"), format_line("flaky", project.slug)),
        kit.button(
            _("Show Insights"), format_line("insights", project.slug, name, **insights_scope.to_options(args.scope))
        ),
    ]
    return kit.add_buttons(Message(title, flaky_blocks.render_workflow_tests(title, metrics)), buttons)


def _build_workflow_line(slug: str, workflow: str) -> Written:
    return format_line("flaky", slug, workflow=workflow)


COMMAND = Command(
    name="flaky",
    summary=N_("Lists flaky tests, and the tests that fail most"),
    usage="flaky [project] [--page N] [--workflow NAME] [--branch NAME] [--all-branches]",
    example="flaky acme/web",
    parse=parse,
    run=run,
    group=Group.REASONS,
    endpoints=(
        "GET /insights/{project-slug}/flaky-tests",
        "GET /insights/{project-slug}/workflows/{workflow-name}/test-metrics",
    ),
)
