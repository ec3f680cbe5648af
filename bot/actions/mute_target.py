"""What of a channel is to be muted, or heard again: all of it, one rule, or projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ambiguity import meant
from bot.command import Context, line
from bot.domain import ProjectSlug, Scope
from bot.errors import NotThere, Step, UsageError
from bot.mrkdwn import code
from bot.rules.subscription import Subscription
from bot.untrusted.numbers import whole


async def scope(context: Context, channel: str, text: str, command: Sequence[str]) -> Scope:
    """The projects that are meant, of those that the channel hears of: a slug, a pattern, or the end of a slug.

    `command` is what a choice among several would say. Nothing is asked of CircleCI: the rules show what there is.
    """
    async with context.store.read() as tx:
        rules = await tx.subscriptions.of_channel(context.request.workspace, channel)
        covered = {project for rule in rules for project in await tx.subscriptions.covered(rule.id)}
    if "/" in text:
        return _within(Scope.parse(text), rules)
    found = meant(text, sorted(covered), lambda project: [project.project])
    if len(found) == 1:
        return Scope.parse(str(found[0]))
    steps = [Step(f"{slug}", line(*command, str(slug))) for slug in found[:10]]
    if steps:
        raise NotThere("Which project?", *steps)
    raise _unheard(text)


def number(text: str) -> int | None:
    """A rule's number, as `/circle subscriptions` shows it."""
    return whole(text.removeprefix("#"))


def _within(wanted: Scope, rules: Iterable[Subscription]) -> Scope:
    if any(_meet(wanted, rule.scope) for rule in rules):
        return wanted
    raise _unheard(str(wanted))


def _meet(one: Scope, other: Scope) -> bool:
    """Whether a project could be in both."""
    projects: list[ProjectSlug | None] = [one.exact, other.exact]
    exact = [project for project in projects if project]
    if exact:
        return all(one.covers(project) and other.covers(project) for project in exact)
    return one.org_slug == other.org_slug


def _unheard(text: str) -> NotThere:
    return NotThere(
        f"No rule of this channel hears of {code(text, 100)}.", Step("Show all rules", line("subscriptions"))
    )


def one_word(words: Sequence[str]) -> str | None:
    """A rule's number or projects. Raises UsageError."""
    if len(words) > 1:
        raise UsageError("One rule or project at a time: a rule's number, or `gh/org/repo`.")
    return words[0] if words else None
