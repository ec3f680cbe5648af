"""flaky [project] — the tests that pass and fail on the same commit, or the tests of a workflow that fail most."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import insights_scope, target_projects, targets
from bot.blocks import flaky_blocks, kit, project_blocks
from bot.circleci.insights_api import Scope
from bot.circleci.models import Project
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    workflow: str | None
    scope: Scope
    page: int

    def again(self, *words: str) -> Written:
        return line("flaky", *words, workflow=self.workflow, **insights_scope.options(self.scope))


def parse(said: Line) -> Args:
    scope, workflow = insights_scope.scope(said), said.option("workflow")
    if workflow is None and (scope.branch or scope.all_branches):
        raise UsageError("Flaky tests are those of all branches; a branch goes with `--workflow`.")
    return Args(said.words, workflow, scope, targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    slug, rest = await target_projects.project_and_name(context, args.words, args.again)
    if rest:
        raise UsageError(f"I do not know what {code(rest[0], 100)} is for.", "A workflow is named by `--workflow`.")
    project = await context.circleci.project(slug)
    if args.workflow:
        return Reply(await _tests_of(context, project, args.workflow, args))
    return Reply(await _flaky(context, project, args.page))


async def _flaky(context: Context, project: Project, page: int) -> Message:
    tests = flaky_blocks.ranked(await context.circleci.flaky_tests(project.project))
    title = f"Flaky tests of {project_blocks.named(project)}"
    shown = flaky_blocks.listed(title, tests, project.project, links=context.links, page=page)
    names = list(dict.fromkeys(test.workflow_name for test in tests if test.workflow_name))[:3]
    tests_of = [kit.button(f"Tests of {name}", line("flaky", project.slug, workflow=name)) for name in names]
    return kit.with_buttons(Message(title, shown), [*tests_of, kit.button("Insights", line("insights", project.slug))])


async def _tests_of(context: Context, project: Project, wanted: str, args: Args) -> Message:
    known = await context.circleci.measured_workflows(project.project, args.scope)
    name = await insights_scope.workflow(context, project, wanted, known, _named)
    metrics = await context.circleci.test_metrics(project.project, name, args.scope)
    title = f"Tests of {code(name, 100)} of {project_blocks.named(project)}"
    buttons = [
        kit.button("Flaky tests", line("flaky", project.slug)),
        kit.button("Its insights", line("insights", project.slug, name, **insights_scope.options(args.scope))),
    ]
    return kit.with_buttons(Message(title, flaky_blocks.of_workflow(title, metrics)), buttons)


def _named(slug: str, workflow: str) -> Written:
    return line("flaky", slug, workflow=workflow)


COMMAND = Command(
    name="flaky",
    summary="Lists flaky tests, and the tests that fail most",
    usage="flaky [project] [--page N] [--workflow NAME] [--branch NAME] [--all-branches]",
    example="flaky gh/acme/web",
    parse=parse,
    run=run,
    group=Group.REASONS,
    covers=(
        "GET /insights/{project-slug}/flaky-tests",
        "GET /insights/{project-slug}/workflows/{workflow-name}/test-metrics",
    ),
)
