"""Which project, pipeline or workflow the words of a line mean (jobs: target_jobs.py).

The project comes first, where one is needed (a slug, a link, or just `repo`), then a number, an id or a pasted link;
without any, the channel's project and its newest pipeline are meant. When several could be meant, each is offered as a
button: `again` writes the command's line with other words in the place of those that were not clear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NoReturn

from bot.alike import meant
from bot.blocks import status
from bot.circleci.links import Link, Links
from bot.circleci.models import Pipeline, Project, Workflow
from bot.circleci.snapshot import Run, Snapshot
from bot.circleci.urgency import urgent_first
from bot.command import Context, Line, line
from bot.domain import ProjectSlug
from bot.errors import NotFound, NotThere, Step, UsageError
from bot.line import Written
from bot.meaning import visible
from bot.meaning.permitted import permitted
from bot.mrkdwn import code, link
from bot.untrusted.numbers import whole

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NUMBER = re.compile(r"#?(\d{1,9})")

Again = Callable[..., Written]


@dataclass(frozen=True, slots=True)
class Named:
    """What words name: perhaps a project, then at most one of number, id and link; `rest` is for the command."""

    project: str | None = None
    number: int | None = None
    id: str | None = None
    link: Link | None = None
    rest: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str], base_url: str) -> Named:
        project = words[0] if words and _names_project(words[0], base_url) else None
        rest = tuple(words[1:] if project else words)
        if not rest:
            return cls(project)
        first, left = rest[0], rest[1:]
        if number := NUMBER.fullmatch(first):
            return cls(project, number=int(number[1]), rest=left)
        if UUID.fullmatch(first):
            return cls(project, id=first.lower(), rest=left)
        pasted = Link.parse(first, base_url)
        return cls(project, link=pasted, rest=left) if pasted else cls(project, rest=rest)


def _names_project(word: str, base_url: str) -> bool:
    pasted = Link.parse(word, base_url)
    if pasted:
        return not (pasted.pipeline_number or pasted.workflow_id or pasted.job_number)
    return not (NUMBER.fullmatch(word) or UUID.fullmatch(word))


def page(said: Line) -> int:
    """The page of a long list that `--page` asks for, counted from 1."""
    number = whole(said.option("page") or "1", most=1000)
    if not number:
        raise UsageError("Pages are counted from 1, to 1000 at most.")
    return number


async def project(context: Context, text: str | None, again: Again) -> ProjectSlug:
    """The project that is meant: a slug, a link, `org/repo` or `repo`; None means the channel's.

    Raises UsageError when the channel has none or the slug is malformed, NotThere when the name fits none or several,
    NotAllowed when a policy is against it.
    """
    return await permitted(context, await _project(context, text, again))


async def _project(context: Context, text: str | None, again: Again) -> ProjectSlug:
    if text is None:
        return await project_here(context) or _ask_which()
    pasted = Link.parse(text, context.links.base_url)
    if pasted and pasted.project:
        return pasted.project
    if text.strip("/").count("/") >= 2:
        return ProjectSlug.parse(text)
    return _pick(text, await visible.projects(context), again)


async def project_here(context: Context) -> ProjectSlug | None:
    """The channel's own project."""
    request = context.request
    if request.channel is None:
        return None
    async with context.store.read() as tx:
        return await tx.channels.project(request.workspace, request.channel)


def _ask_which() -> NoReturn:
    raise UsageError(
        "Which project?",
        "Name it first, like `gh/acme/web`, or set one for this channel: `/circle use gh/acme/web`.",
        Step("Show my projects", line("projects")),
    )


def _pick(text: str, known: Sequence[Project], again: Again) -> ProjectSlug:
    fitting = meant(text.strip("/"), known, _names)
    if len(fitting) == 1:
        return fitting[0].project
    if fitting:
        steps = [Step(f"{found.full_name} ({found.project.vcs})", again(found.slug)) for found in fitting[:10]]
        raise NotThere(f"Several projects are called {code(text, 100)}. Which one?", *steps)
    by_name = {name: found for found in known for name in _names(found)}
    near = dict.fromkeys(by_name[name].slug for name in get_close_matches(text, by_name, n=3))
    raise NotThere(
        f"I see no project {code(text, 100)} among those that you follow at CircleCI and that built lately.",
        *(Step(f"Did you mean {slug}?", again(slug)) for slug in near),
        "Any project can be named in full, as in `gh/org/repo`, or by its link.",
    )


def _names(found: Project) -> set[str]:
    """Everything that people call it by."""
    slug = found.project
    return {found.name, found.full_name, slug.project, f"{slug.org}/{slug.project}"}


async def pipeline(context: Context, words: Sequence[str], again: Again) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline that is meant (the newest one when none is named), and the words that are left."""
    found, rest = await _pipeline(context, words, again)
    await permitted(context, found.project)
    return found, rest


async def _pipeline(context: Context, words: Sequence[str], again: Again) -> tuple[Pipeline, tuple[str, ...]]:
    named = await settled(context, Named.of(words, context.links.base_url))
    if named.link:
        return await _of_link(context, named.link), named.rest
    if named.id:
        return await context.circleci.pipeline(named.id), named.rest
    slug = await project(context, named.project, lambda slug: again(slug, *words[1:]))
    if named.number is None:
        return await _newest(context, slug), named.rest
    return await context.circleci.pipeline_by_number(slug, named.number), named.rest


async def project_and_name(context: Context, words: Sequence[str], again: Again) -> tuple[ProjectSlug, tuple[str, ...]]:
    """The project that is meant, and the words that name something inside it."""
    named = await settled(context, Named.of(words, context.links.base_url))
    if named.number or named.id or named.link:
        raise UsageError("A project is meant here, not one of its pipelines.")
    return await project(context, named.project, lambda slug: again(slug, *named.rest)), named.rest


async def settled(context: Context, named: Named) -> Named:
    """A bare first word may be no project but a name inside the channel's one (`approve release-prod`)."""
    word = named.project
    if word is None or "/" in word or named.number or named.id or named.link:
        return named
    here = await project_here(context)
    if here is None or meant(word, await visible.projects(context), _names):
        return named
    return replace(named, project=None, rest=(word, *named.rest))


async def _of_link(context: Context, pasted: Link) -> Pipeline:
    if pasted.workflow_id:
        found = await context.circleci.workflow(pasted.workflow_id)
        return await context.circleci.pipeline(found.pipeline_id)
    if pasted.project and pasted.pipeline_number:
        return await context.circleci.pipeline_by_number(pasted.project, pasted.pipeline_number)
    if pasted.project and pasted.job_number:
        of_job = await context.circleci.job(pasted.project, pasted.job_number)
        if of_job.pipeline and of_job.pipeline.id:
            return await context.circleci.pipeline(of_job.pipeline.id)
    raise NotThere("That link leads to no pipeline.")


async def _newest(context: Context, slug: ProjectSlug) -> Pipeline:
    async for found in context.circleci.pipelines(slug, pages=1):
        return found
    name = await visible.called(context, slug)
    raise NotThere(f"{name} has no pipelines yet.", Step("Trigger one…", line("trigger", str(slug))))


@dataclass(frozen=True, slots=True)
class Found:
    """A workflow in its pipeline, read just now, and the words that are left."""

    workflow: Workflow
    pipeline: Pipeline
    rest: tuple[str, ...] = ()

    @property
    def project(self) -> ProjectSlug:
        return self.pipeline.project

    def where(self, links: Links, workflow_id: str | None = None) -> str:
        """A link to it in CircleCI (or to a later run of it), as mrkdwn."""
        url = links.workflow(self.project, self.pipeline.number, workflow_id or self.workflow.id)
        return link(url, f"{self.workflow.name} of #{self.pipeline.number}")


def _any(_workflow: Workflow) -> bool:
    return True


async def workflow(
    context: Context, words: Sequence[str], again: Again, fits: Callable[[Workflow], bool] = _any
) -> Found:
    """The workflow that is meant: by id or link, or by its pipeline (also by id) and, when it has several, its name.

    Of several the only one that `fits` is taken. Raises NotThere with a button for each when that is not clear.
    """
    named = Named.of(words, context.links.base_url)
    if found := await _workflow_itself(context, named):
        of = await context.circleci.pipeline(found.pipeline_id)
        await permitted(context, of.project)
        return Found(found, of, named.rest)
    of, rest = await pipeline(context, words, again)
    newest = newest_of(of, await context.circleci.pipeline_workflows(of.id))
    by_name = meant(rest[0], newest, lambda one: [one.name]) if rest else []
    if len(by_name) == 1:
        return Found(by_name[0], of, rest[1:])
    if by_name:
        raise _which_workflow(of, by_name, again, rest[1:])
    fitting = [found for found in newest if fits(found)] or newest
    if len(fitting) == 1:
        return Found(fitting[0], of, rest)
    raise _which_workflow(of, fitting, again, rest)


async def _workflow_itself(context: Context, named: Named) -> Workflow | None:
    """By its id or link; None where an id may be that of a pipeline."""
    if named.link and named.link.workflow_id:
        return await context.circleci.workflow(named.link.workflow_id)
    try:
        return await context.circleci.workflow(named.id) if named.id else None
    except NotFound:
        return None


def newest_of(of: Pipeline, workflows: Sequence[Workflow]) -> list[Workflow]:
    """The newest workflow per name: what counts after reruns."""
    runs = tuple(Run(workflow=found, jobs=None) for found in workflows)
    return [run.workflow for run in Snapshot(pipeline=of, workflows=runs).newest()]


class Several(NotThere):
    """Any of these workflows could be meant; `rest` are words that named none of them."""

    def __init__(
        self, of: Pipeline, workflows: Sequence[Workflow], say: Callable[[Workflow], Written], rest: Sequence[str]
    ) -> None:
        steps = (Step(f"{found.name} ({status.word(found.status)})", say(found)) for found in workflows)
        super().__init__(f"Pipeline #{of.number} has several workflows. Which one?", *steps)
        self.pipeline = of
        self.workflows = workflows
        self.rest = rest


def _which_workflow(of: Pipeline, several: Sequence[Workflow], again: Again, rest: Sequence[str]) -> NotThere:
    if not several:
        return NotThere(f"Pipeline #{of.number} has no workflows (yet).", Step("Look at it", line("pipeline", of.id)))
    return Several(of, urgent_first(several), lambda found: again(found.id, *rest), rest)


async def newer(context: Context, than: Workflow) -> Workflow | None:
    """The latest later run of the same workflow in its pipeline, if there is one."""
    known = await context.circleci.pipeline_workflows(than.pipeline_id)
    later = [(one.created_at, one) for one in known if one.name == than.name and one.id != than.id and one.created_at]
    latest = max(later, key=lambda pair: pair[0], default=None)
    return latest[1] if latest and than.created_at and latest[0] > than.created_at else None
