"""What of a channel is to be muted or unmuted: all of it, one rule, or projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ambiguity import match_by_name
from bot.command import Context, format_line
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import NextStep, TargetError, UsageError
from bot.language import _
from bot.mrkdwn import as_code
from bot.rules.subscription import Subscription
from bot.untrusted.numbers import parse_whole_number


async def resolve_scope(context: Context, channel: str, text: str, *, command: Sequence[str]) -> ProjectScope:
    """The projects that are meant, of those that the channel's rules cover: a slug, a pattern, a name or its end.

    `command` is what a choice among several would say. Nothing is asked of CircleCI: the rules show what there is.
    """
    async with context.store.begin_read() as tx:
        rules = await tx.subscriptions.list_for_channel(context.request.workspace, channel)
        covered = {project for rule in rules for project in await tx.coverage.list_projects(rule.id)}
    if "/" in text:
        return _check_covered(ProjectScope.parse(text), rules)
    found = match_by_name(text, sorted(covered), lambda project: [project.project])
    if len(found) == 1:
        return ProjectScope.parse(str(found[0]))
    steps = [NextStep(slug.name, format_line(*command, str(slug))) for slug in found[:10]]
    if steps:
        raise TargetError(_("Which project?"), *steps)
    raise _build_not_covered(text)


def parse_rule_number(text: str) -> int | None:
    """A rule's number, as `/circle subscriptions` shows it."""
    return parse_whole_number(text.removeprefix("#"))


def _check_covered(wanted: ProjectScope, rules: Iterable[Subscription]) -> ProjectScope:
    if any(_can_overlap(wanted, rule.scope) for rule in rules):
        return wanted
    raise _build_not_covered(wanted.name)


def _can_overlap(one: ProjectScope, other: ProjectScope) -> bool:
    """Whether a project could be in both."""
    projects: list[ProjectSlug | None] = [one.exact, other.exact]
    exact = [project for project in projects if project]
    if exact:
        return all(one.covers(project) and other.covers(project) for project in exact)
    return one.org_slug == other.org_slug


def _build_not_covered(text: str) -> TargetError:
    return TargetError(
        _("No rule of this channel is about {text}.", text=as_code(text, 100)),
        NextStep(_("Show All Rules"), format_line("subscriptions")),
    )


def take_one_word(words: Sequence[str]) -> str | None:
    """A rule's number or projects. Raises UsageError."""
    if len(words) > 1:
        raise UsageError(_("One rule or project at a time: a rule's number, or `gh/org/repo`."))
    return words[0] if words else None
