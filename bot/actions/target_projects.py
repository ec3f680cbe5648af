"""Which project is meant: a slug, a link, `org/repo` or `repo`; else that of the thread, or the channel's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from bot.actions import visible_projects
from bot.actions.target_words import TargetReference, is_slug
from bot.ambiguity import match_by_name
from bot.blocks import project_form_blocks
from bot.circleci.links import Link
from bot.circleci.models import Project
from bot.command import Context, RequestSource
from bot.conversation import is_channel
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError, UsageError, fetch_if_visible
from bot.language import N_, _
from bot.line import Written, extend_line, split_parts
from bot.mrkdwn import as_code
from bot.permissions import ActTarget

LineBuilder = Callable[..., Written]
"""Writes the command's line with other words in the place of those that were not clear."""


async def resolve_project(
    context: Context, text: str | None, build_line: LineBuilder, *, in_full: bool = False
) -> ProjectSlug:
    """The project that is meant: a slug, a link, `org/repo` or `repo`; None means the channel's.

    `in_full` says that `text` was part of a slug, by which CircleCI knows nothing. Raises UsageError when the channel
    has none or the slug is malformed, TargetError when the name fits none or several, NotAllowed when a policy is
    against it.
    """
    return await check_permitted(context, await _resolve_project(context, text, build_line, in_full=in_full))


async def _resolve_project(
    context: Context, text: str | None, build_line: LineBuilder, *, in_full: bool
) -> ProjectSlug:
    if text is None:
        return await find_current_project(context) or _ask_which(context)
    pasted = Link.parse(text, context.links.base_url)
    if pasted:
        return pasted.project or await _fetch_linked_project(context, pasted)
    if text.strip("/").count("/") >= 2:
        return ProjectSlug.parse(text)
    known = await visible_projects.list_projects(context)
    if fitting := _list_called(text, known):
        return _pick(text, fitting, build_line)
    if found := await _find_at_github(context, text):
        return found
    await _refuse_branch(context, text, build_line)
    return _refuse_unknown(text, known, build_line, in_full=in_full)


async def _fetch_linked_project(context: Context, pasted: Link) -> ProjectSlug:
    """Of a link that names no project."""
    pipeline_id = pasted.pipeline_id or (await context.circleci.fetch_workflow(str(pasted.workflow_id))).pipeline_id
    return (await context.circleci.fetch_pipeline(pipeline_id)).project


async def find_current_project(context: Context) -> ProjectSlug | None:
    """The project of the thread, else the channel's own, else the only one that all its rules are for."""
    request = context.request
    if len(told := {one.project for one in context.told}) == 1:
        return told.pop()
    if len(context.linked) == 1 and (linked := Link.parse(context.linked[0], context.links.base_url)):
        return linked.project or await _fetch_linked_project(context, linked)
    if request.channel is None:
        return None
    async with context.store.begin_read() as tx:
        own = await tx.channels.find_project(request.workspace, request.channel)
        covered = set() if own else {one.scope.exact for one in await tx.subscriptions.list_for_channel(*request.place)}
    return own or (covered.pop() if len(covered) == 1 else None)


def _ask_which(context: Context) -> NoReturn:
    """The form sets it for the place where they ask, and then what they asked runs on. One in a form has its own."""
    request = context.request
    asked = request.line if request.written and request.source not in {RequestSource.FORM, RequestSource.REDRAW} else ""
    label = _("Choose This Channel's Project…") if is_channel(request.channel) else _("Choose Project…")
    raise UsageError(
        _("Which project?"),
        _("Name it, as in `acme/web`, or choose it in the form: then I continue with what you asked."),
        NextStep(label, project_form_blocks.format_form_line(asked)),
    )


def _list_called(text: str, known: Sequence[Project]) -> list[Project]:
    """`acme/web` is the one that is shown as that, also beside `bb/acme/web`."""
    bare, without_end = text.strip("/"), text.strip("/.,;:!?")
    return (
        match_by_name(bare, known, _get_shown_name)
        or match_by_name(bare, known, _get_names)
        or match_by_name(without_end, known, _get_shown_name)
        or match_by_name(without_end, known, _get_names)
    )


def _pick(text: str, fitting: Sequence[Project], build_line: LineBuilder) -> ProjectSlug:
    if len(fitting) == 1:
        return fitting[0].project
    labels = visible_projects.list_labels(fitting)
    steps = [NextStep(label, build_line(found.slug)) for found, label in zip(fitting[:10], labels, strict=False)]
    raise TargetError(_("Several projects are called {project}. Which one?", project=as_code(text, 100)), *steps)


async def _find_at_github(context: Context, text: str) -> ProjectSlug | None:
    """`acme/web` that has not built lately: no list names it, but cards and rules do."""
    org, _slash, name = text.strip("/").partition("/")
    if not (org and name):
        return None
    found = await fetch_if_visible(context.circleci.fetch_project, ProjectSlug("gh", org, name))
    return found.project if found else None


class BranchMeant(TargetError):
    """The word for a project is a branch of the channel's: the line that says so is offered."""


_ON_BRANCH = {"subscribe": N_("Subscribe to {branch}"), "trigger": N_("Trigger on {branch}")}
"""What a press on such a line does, where that is more than to show something."""


async def _refuse_branch(context: Context, text: str, build_line: LineBuilder) -> None:
    """Raises BranchMeant where the command takes a branch by its option."""
    here = await find_current_project(context)
    if here is None or text not in await visible_projects.list_branches(context, here):
        return
    line = extend_line(build_line(str(here)), branch=text)
    word = split_parts(line)[0]
    if any(one.name == word and "--branch" in one.usage for one in context.commands):
        name = await visible_projects.format_name(context, here)
        raise BranchMeant(
            _("{branch} is a branch of {project}: name it by `--branch`.", branch=as_code(text, 100), project=name),
            NextStep(_(_ON_BRANCH.get(word, N_("Use Branch {branch}")), branch=text), line),
        )


def _refuse_unknown(text: str, known: Sequence[Project], build_line: LineBuilder, *, in_full: bool) -> NoReturn:
    by_name = {name: found for found in known for name in _get_names(found)}
    near = {found.slug: found for name in get_close_matches(text, by_name, n=3) if (found := by_name[name])}
    raise TargetError(
        _(
            "I see no project {project} among those that you follow at CircleCI and that built lately.",
            project=as_code(text, 100),
        ),
        *(NextStep(_("Use {project}", project=found.full_name), build_line(slug)) for slug, found in near.items()),
        *([] if in_full else [_("Any project can be named in full, as in `gh/org/repo`, or by its link.")]),
    )


def _get_shown_name(found: Project) -> tuple[str]:
    return (found.full_name,)


def _get_names(found: Project) -> set[str]:
    """Everything that people call it by."""
    slug = found.project
    return {found.name, found.full_name, slug.project, f"{slug.org}/{slug.project}"}


async def is_project_name(context: Context, word: str) -> bool:
    """Whether the person sees a project that is called so, or the word is a project's slug."""
    if is_slug(word):
        return True
    return bool(match_by_name(word.strip("/"), await visible_projects.list_projects(context), _get_names))


async def resolve_project_and_name(
    context: Context, words: Sequence[str], build_line: LineBuilder
) -> tuple[ProjectSlug, tuple[str, ...]]:
    """The project that is meant, and the words that name something inside it."""
    named = await disambiguate_project(context, TargetReference.parse(words, context.links.base_url))
    if named.is_inside_project:
        raise UsageError(_("A project is meant here, not one of its pipelines."))
    return await resolve_project(context, named.project, lambda slug: build_line(slug, *named.rest)), named.rest


async def move_visible_project_first(context: Context, words: Sequence[str]) -> tuple[str, ...]:
    """`26 acme/web` is `acme/web 26`, where the person sees such a project: the word may be a job's or a path."""
    named = TargetReference.parse(words, context.links.base_url)
    if named.project is None and (named.number or named.job):
        for at, word in enumerate(words):
            if word.count("/") == 1 and all(word.split("/")) and await is_project_name(context, word):
                return (word, *words[:at], *words[at + 1 :])
    return tuple(words)


async def disambiguate_project(context: Context, named: TargetReference) -> TargetReference:
    """A bare first word may be no project but a name inside the channel's one (`approve release-prod`).

    In a thread it is the name of another project only beside a number: the pipeline of the thread is meant.
    """
    word = named.project
    if word is None or "/" in word or named.is_inside_project:
        return named
    here = await find_current_project(context)
    called_so = match_by_name(word, await visible_projects.list_projects(context), _get_names) if here else []
    if here is None or any(not context.is_about_something or one.project == here for one in called_so):
        return named
    return replace(named, project=None, rest=(word, *named.rest))


async def check_permitted(context: Context, slug: ProjectSlug) -> ProjectSlug:
    """The project itself. Raises NotAllowed where the policy is against it whatever is done there."""
    await context.rights.check_act(ActTarget(project=slug), final=False)
    return slug
