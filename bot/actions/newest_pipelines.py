"""The newest pipeline of a project to which something applies: what failed, what runs, what waits.

Where nobody named one: the person's own, that of a branch which the channel follows, the default branch's, any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from bot.actions.target_pipelines import Newest, fetch_newest
from bot.actions.target_projects import is_project_name
from bot.actions.target_words import TargetReference
from bot.actions.targets import pick_newest
from bot.circleci.links import Link
from bot.circleci.models import Pipeline, Workflow
from bot.command import Context
from bot.conversation import is_direct
from bot.domain import BAD, ProjectSlug
from bot.language import N_, _
from bot.mrkdwn import as_code
from bot.rules.match import covers_place, wants_failures
from bot.rules.rule import Rule
from bot.rules.trigger_types import find_family

_LOOKS = 10

Fits = Callable[[Pipeline, Sequence[Workflow]], bool]
"""Of a pipeline and the newest run of each of its workflows."""

_OWN = N_("You named no pipeline: I took #{number} on {branch}, the last of your own that ended.")
_FOLLOWED = N_("You named no pipeline: I took #{number} on {branch}, which this channel follows.")
_FOLLOWED_ALONE = N_("You named no pipeline: I took #{number} on {branch}, which you follow.")
_DEFAULT = N_("You named no pipeline: I took #{number} on {branch}, the default branch.")
_ANY = N_("You named no pipeline: I took #{number} on {branch}, the newest of all branches.")


def build_newest(fits: Fits, *, followed: bool = False, own: Fits | None = None) -> Newest:
    """Of the last ten the newest that `fits`; where none does, the newest.

    With `followed` one of the branches that the channel follows is meant before any other; before that, if it fits
    `own`, the last of the person's own that ended. Then the answer says which one was taken. Of a branch that is named
    what failed before it passed is not meant.
    """
    return partial(_find_followed, fits, own) if followed else partial(_find_newest, fits)


async def is_without_pipeline(context: Context, words: Sequence[str]) -> bool:
    """Whether they name a project at most, and the place nothing: then we choose which of its pipelines is meant.

    The list of a branch, as a link, stands for the newest of that branch.
    """
    named = TargetReference.parse(words, context.links.base_url)
    if context.is_about_something or named.rest or named.is_inside_project:
        return False
    if pasted := Link.parse(named.project or "", context.links.base_url):
        return pasted.branch is None
    return named.project is None or "/" in named.project or await is_project_name(context, named.project)


async def _find_newest(fits: Fits, context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    return await _seek(context, slug, fits, branch=branch) or await fetch_newest(context, slug, branch)


async def _find_followed(
    fits: Fits, own: Fits | None, context: Context, slug: ProjectSlug, branch: str | None
) -> Pipeline:
    if branch is not None:
        found = await _seek(context, slug, fits, branch=branch, until=_has_passed)
        return found or await fetch_newest(context, slug, branch)
    if own and (found := await _find_own(own, context, slug)):
        sentence = _OWN
    elif rules := await _list_rules(context, slug):
        found = await _find_covered(fits, context, slug, rules)
        sentence = _FOLLOWED_ALONE if is_direct(context.request.channel or "") else _FOLLOWED
    else:
        found, sentence = await _find_red(fits, context, slug), _DEFAULT
    taken = found or await _find_newest(fits, context, slug, None)
    ref = as_code(taken.ref or "?", 120)
    context.notes.append(_(sentence if found else _ANY, number=taken.number, branch=ref))
    return taken


async def _find_own(own: Fits, context: Context, slug: ProjectSlug) -> Pipeline | None:
    """The last of the person's own that ended: a success is nothing to go back to."""
    logins = await _load_logins(context)
    return await _seek(
        context,
        slug,
        lambda of, runs: _has_ended(of, runs) and own(of, runs),
        among=lambda of: (of.actor_login or "").casefold() in logins,
        until=_has_ended,
    )


async def find_last_triggered(context: Context, slug: ProjectSlug) -> Pipeline | None:
    """The newest that the person started themselves, not by a push."""
    logins = await _load_logins(context)
    async for of in context.circleci.list_pipelines(slug, pages=1):
        family = find_family(of.trigger_type)
        if (of.actor_login or "").casefold() in logins and family and family.name == "api":
            return of
    return None


async def _load_logins(context: Context) -> frozenset[str]:
    request = context.request
    async with context.store.begin_read() as tx:
        return frozenset(one.login.casefold() for one in await tx.logins.list_for_user(request.team, request.user))


async def _list_rules(context: Context, slug: ProjectSlug) -> list[Rule]:
    """Those of the place where the person asks that say of the project what fails."""
    async with context.store.begin_read() as tx:
        known = await tx.subscriptions.list_for_channel(*context.request.place)
    return [one.rule for one in known if one.scope.covers(slug) and wants_failures(one.rule)]


async def _find_covered(fits: Fits, context: Context, slug: ProjectSlug, rules: Sequence[Rule]) -> Pipeline | None:
    needs_default = any(rule.default_branch for rule in rules)
    default = (await context.circleci.fetch_project(slug)).default_branch if needs_default else None

    def covers(of: Pipeline) -> bool:
        on_default = of.branch is not None and of.branch == default
        return any(covers_place(rule, of.branch, of.tag, on_default=on_default) for rule in rules)

    return await _seek(context, slug, fits, branch=_get_only_branch(rules), among=covers)


def _get_only_branch(rules: Sequence[Rule]) -> str | None:
    """The branch that all of them name, so that CircleCI lists nothing else."""
    named = {rule.branch for rule in rules}
    branch = named.pop() if len(named) == 1 and not any(rule.tag for rule in rules) else ()
    return branch[0] if len(branch) == 1 and not any(mark in branch[0] for mark in "*?[") else None


async def _find_red(fits: Fits, context: Context, slug: ProjectSlug) -> Pipeline | None:
    """Of the default branch, while it is red: what has passed since is not what people ask about."""
    default = (await context.circleci.fetch_project(slug)).default_branch
    return await _seek(context, slug, fits, branch=default, until=_has_ended) if default else None


def _has_ended(_of: Pipeline, runs: Sequence[Workflow]) -> bool:
    return bool(runs) and all(run.has_ended for run in runs)


def _has_passed(_of: Pipeline, runs: Sequence[Workflow]) -> bool:
    return bool(runs) and all(run.status == "success" for run in runs)


async def _seek(
    context: Context,
    slug: ProjectSlug,
    fits: Fits,
    *,
    branch: str | None = None,
    among: Callable[[Pipeline], bool] = lambda _of: True,
    until: Fits = lambda _of, _runs: False,
) -> Pipeline | None:
    """The newest that `fits` of ten `among` which it may be, and of none that is older than one that is `until`."""
    looked = 0
    async for pipeline in context.circleci.list_pipelines(slug, branch=branch, pages=1):
        if not among(pipeline):
            continue
        runs = pick_newest(pipeline, await context.circleci.list_pipeline_workflows(pipeline.id))
        if fits(pipeline, runs):
            return pipeline
        looked += 1
        if looked == _LOOKS or until(pipeline, runs):
            break
    return None


def has_failed(_of: Pipeline, runs: Sequence[Workflow]) -> bool:
    """Whether a workflow of it did."""
    return any(run.status in BAD for run in runs)


find_failed = build_newest(has_failed, followed=True)
find_running = build_newest(lambda _of, runs: not all(run.has_ended for run in runs))
