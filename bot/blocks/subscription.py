"""Rules: what a channel hears, in words, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.blocks import kit, status
from bot.command import line
from bot.domain import OUTCOME_KINDS, ProjectSlug, Subscription
from bot.mrkdwn import code, cut, escape

PAGE = 15

Names = Mapping[ProjectSlug, str]
"""Readable names of projects whose slug is opaque."""

_KINDS = {
    "passed": "passes",
    "failed": "failures",
    "recovered": "recoveries",
    "on-hold": "holds",
    "canceled": "cancellations",
    "errored": "config errors",
    "unauthorized": "unauthorized runs",
    "not-run": "workflows that did not run",
    "empty": "pipelines in which nothing ran",
}


def kinds(only: frozenset[str]) -> str:
    """`failures, recoveries and holds`; a kind that is new here by its own name."""
    if "all" in only:
        return "everything"
    said = [_KINDS.get(kind, kind) for kind in (*OUTCOME_KINDS, *sorted(only - set(OUTCOME_KINDS))) if kind in only]
    return " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def scope(rule: Subscription, names: Names) -> str:
    """The project, and which branches and workflows of it."""
    name = names.get(rule.project)
    branch = "" if rule.branch == "*" else f", {_alike('branch', rule.branch)}"
    workflow = "" if rule.workflow == "*" else f", {_alike('workflow', rule.workflow)}"
    return f"{f'*{cut(escape(name), 150)}*' if name else code(str(rule.project))}{branch}{workflow}"


def _alike(noun: str, glob: str) -> str:
    plural = {"branch": "branches", "workflow": "workflows"}[noun]
    return f"{plural} like {code(glob, 120)}" if any(mark in glob for mark in "*?[") else f"{noun} {code(glob, 120)}"


def sentence(rule: Subscription, names: Names) -> str:
    every = ", every branch" if (rule.branch, rule.workflow) == ("*", "*") else ""
    return f"{scope(rule, names)}{every}: {kinds(rule.only)}"


def made(rule: Subscription, names: Names) -> list[kit.Block]:
    """What a new rule will hear, and how to change one's mind."""
    return [
        kit.section(f":bell: From now on this channel hears of {sentence(rule, names)}."),
        kit.context("If I am not in this channel yet: `/invite @circlebot`."),
        kit.actions([kit.button("Show all rules", "subscriptions"), remove_button(rule)]),
    ]


def remove_button(rule: Subscription) -> ButtonElement:
    sure = kit.confirm(
        "Remove this rule?", f"{scope(rule, {})}: {kinds(rule.only)} are no longer told here.", "Remove", danger=True
    )
    return kit.button("Remove", line("unsubscribe", str(rule.id)), confirm=sure)


def listed(rules: Sequence[Subscription], names: Names, *, user: str, channel: str | None) -> list[kit.Block]:
    """One page of rules; those of this channel, or one's own, can be removed here."""
    return [block for rule in rules for block in _row(rule, names, user=user, channel=channel)]


def _row(rule: Subscription, names: Names, *, user: str, channel: str | None) -> Iterator[kit.Block]:
    where = "" if rule.channel == channel else f" in {place(rule.channel)}"
    about = f"made by <@{rule.made_by}> {status.ago(rule.made_at)}"
    removable = rule.channel == channel or rule.made_by == user
    yield kit.section(
        f"*Rule {rule.id}*{where} — {sentence(rule, names)}\n{about}", remove_button(rule) if removable else None
    )


def place(channel: str) -> str:
    """A channel as Slack shows it to those who may see it; a direct conversation by what it is."""
    return "a direct message" if channel[:1] in "DU" else f"<#{channel}>"
