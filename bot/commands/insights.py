"""insights [project] [WORKFLOW] — how reliable, how slow and how dear a workflow was, as a picture and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.acting import insights
from bot.acting.insights import Told
from bot.acting.share import with_picture
from bot.blocks import kit
from bot.circleci.insights import Scope
from bot.circleci.models import Measured, Project
from bot.command import Command, Context, File, Group, Line, Reply, line
from bot.domain import ProjectSlug
from bot.errors import NotThere, Step, UsageError
from bot.meaning import measured, targets
from bot.meaning.organisations import organisation
from bot.mrkdwn import code
from bot.pictures.studio import drawn


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    scope: Scope
    jobs: bool
    org: bool
    here: bool

    def again(self, *words: str) -> str:
        flags = [f"--{name}" for name in ("jobs", "org") if getattr(self, name)]
        return line("insights", *words, *flags, *measured.words(self.scope))


def parse(said: Line) -> Args:
    words = (*said.words, *filter(None, [said.option("org")]))
    return Args(words, measured.scope(said), said.flag("jobs"), said.flag("org"), said.flag("here"))


async def run(context: Context, args: Args) -> Reply:
    if args.org:
        org = await organisation(context, args.words[0] if args.words else None, args.again)
        return Reply(await insights.of_organisation(context, org, args.scope))
    slug, rest = await targets.project_and_name(context, args.words, args.again)
    if len(rest) > 1:
        raise UsageError(f"I do not know what {code(rest[1], 100)} is for.", "One workflow at a time.")
    project = await context.circleci.project(slug)
    known = await context.circleci.measured_workflows(slug, args.scope)
    name = await _which(context, project, rest, known, args)
    told = await _told(context, project, name, known, args)
    again = args.again(str(slug), *([name] if name else []))
    buttons = list(_buttons(str(slug), name, known, args))
    if told.chart is None:
        return Reply(kit.with_buttons(told.message, [*await _other_branches(context, slug, name, args), *buttons]))
    title = told.chart.title
    file = File(insights.files_name(project.name, name or "workflows"), title, await drawn(told.chart), told.chart.alt)
    return with_picture(context, file, told.message, buttons, here=args.here, again=again)


async def _which(
    context: Context, project: Project, rest: tuple[str, ...], known: list[Measured], args: Args
) -> str | None:
    """The workflow that is named, or the only one there is."""
    if rest:
        return await measured.workflow(context, project, rest[0], known, args.again)
    if len(known) == 1:
        return known[0].name
    if args.jobs:
        steps = [Step(one.name, args.again(project.slug, one.name)) for one in known[:10]]
        raise NotThere("The jobs of which workflow?", *steps)
    return None


async def _told(context: Context, project: Project, name: str | None, known: list[Measured], args: Args) -> Told:
    if name is None:
        return await insights.of_project(context, project, args.scope, known)
    if args.jobs:
        return await insights.of_jobs(context, project, name, args.scope)
    return await insights.of_workflow(context, project, name, args.scope, known)


async def _other_branches(context: Context, slug: ProjectSlug, name: str | None, args: Args) -> list[kit.Pressable]:
    """Where it did run, when nothing ran on the branch that was named."""
    if args.scope.branch is None:
        return []
    known = await context.circleci.measured_branches(slug, name)
    near = get_close_matches(args.scope.branch, known, n=5, cutoff=0.3) or known[:5]
    elsewhere = [(branch, replace(args, scope=Scope(args.scope.days, branch))) for branch in near]
    return [
        kit.button(f"On {branch}", there.again(str(slug), *([name] if name else []))) for branch, there in elsewhere
    ]


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
