"""What is wrong with rules: posted in their channel and sent to their owner, with the way to solve it."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.blocks import kit, status_blocks, subscription_blocks
from bot.command import format_line
from bot.conversation import is_direct
from bot.language import N_, _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code, format_leftover
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from bot.rules.unmatched_workflows import UnmatchedWorkflows

SUSPENDED = "suspended"
"""A rule that posts nothing though others see its project: its owner does not."""

REMOVED = N_(":heavy_minus_sign: Rule {rule} was removed.")
TOLD_ANEW = N_(":heavy_minus_sign: Rule {rule} is reported again below.")
"""How a problem ends that is not solved."""


_MOST = 10
_ALL_WELL: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """A rule and what is wrong with it; `unmatched_workflow` is what it misses where its workflow never runs."""

    rule: Subscription
    problem: RuleProblem
    unmatched_workflow: UnmatchedWorkflows | None = None
    names: subscription_blocks.Names = field(default_factory=dict)


def render(cases: Sequence[ProblemReport], ends: Mapping[int, str] = _ALL_WELL) -> Message:
    """What is wrong with rules of one channel, all of one kind, and what of it is over.

    `ends` are the ends that are not good, by the rule's id.
    """
    standing = [case for case in cases if case.problem.over_at is None]
    title = _format_title(cases, standing, ends)
    blocks = [kit.section(title)]
    for case in standing[:_MOST]:
        blocks += [kit.section(_row(case)), kit.actions(list(_build_fix_buttons(case)))]
    blocks += kit.build_notes(*_format_rest(len(standing) - _MOST))
    if over := [case for case in cases if case.problem.over_at]:
        blocks.append(kit.context(*(_format_resolved(case, ends.get(case.rule.id)) for case in over[:_MOST])))
    return Message(title, kit.keep_one_primary(blocks))


def render_owner_notice(cases: Sequence[ProblemReport]) -> Message:
    """Sent to the owner of the rules, when I can no longer see in their name what the rules are about."""
    rule, problem = cases[0].rule, cases[0].problem
    others = (
        _("Nobody else answers for rule {rule}:", rule=rule.id)
        if len(cases) == 1
        else _("Nobody else answers for these rules:")
    )
    text = f":bust_in_silhouette: {_(_YOU[problem.reason])} {others}"
    rows = [f"• {_format_rule(case, subscription_blocks.format_where(case.rule))}" for case in cases[:_MOST]]
    listed = "\n".join(filter(None, [*rows, format_leftover(len(cases) - _MOST)]))
    after = kit.context(_("I have asked there whether somebody takes over. If you come back, nothing changes."))
    connect = (
        [kit.button(_("Connect CircleCI"), format_line("connect"), style="primary")]
        if problem.reason in _UNCONNECTED
        else []
    )
    buttons = [*connect, kit.button(_("Show My Rules"), format_line("subscriptions", all=True))]
    where = [] if is_direct(rule.channel) else [after]
    return Message(text, [kit.section(text), kit.section(listed), kit.actions(buttons), *where])


def _format_rest(left: int) -> Iterator[str]:
    if left > 0:
        yield ngettext(
            "…and {count} more rule: `/circle subscriptions` marks it.",
            "…and {count} more rules: `/circle subscriptions` marks them.",
            left,
        )


def _format_title(cases: Sequence[ProblemReport], standing: Sequence[ProblemReport], ends: Mapping[int, str]) -> str:
    if standing:
        emoji, *titles = _TITLES[standing[0].problem.reason]
        return f"{emoji} *{_pick_by_count(standing, *titles)}*"
    if all(case.rule.id in ends for case in cases):
        return f":heavy_minus_sign: {_pick_by_count(cases, *_NOTHING_LEFT)}"
    return f":white_check_mark: {_pick_by_count(cases, *_ALL_SOLVED)}"


def _pick_by_count(cases: Sequence[ProblemReport], one: str, several: str) -> str:
    return _(one, rule=cases[0].rule.id) if len(cases) == 1 else _(several)


_NOTHING_LEFT = (
    N_("There is nothing left to do here about rule {rule}."),
    N_("There is nothing left to do here about these rules."),
)
_ALL_SOLVED = (
    N_("What was wrong with rule {rule} of this channel is solved."),
    N_("What was wrong with these rules of this channel is solved."),
)
_UNOWNED = (
    ":bust_in_silhouette:",
    N_("Rule {rule} of this channel has no owner now."),
    N_("Several rules of this channel have no owner now."),
)
_TITLES = {
    "left": _UNOWNED,
    "disconnected": _UNOWNED,
    "expired": _UNOWNED,
    "hidden": _UNOWNED,
    "vanished": (
        ":mag:",
        N_("CircleCI no longer shows the project of rule {rule} of this channel."),
        N_("CircleCI no longer shows the projects of several rules of this channel."),
    ),
    "renamed": (
        ":label:",
        N_("The project of rule {rule} of this channel has a new name."),
        N_("The projects of several rules of this channel have new names."),
    ),
    "silent": (
        ":mute:",
        N_("For 14 days rule {rule} of this channel had nothing to post."),
        N_("For 14 days several rules of this channel had nothing to post."),
    ),
}
"""By the problem's reason: of one rule, and of several."""

_UNTOLD = {
    "silent": N_(
        "Nobody else who is connected here can see it: *it posts nothing* until somebody who sees it takes it over."
    ),
    SUSPENDED: N_("*It posts nothing* until they can see it again, or until somebody who sees it takes it over."),
}
"""By the detail of a rule without an owner."""

_UNCONNECTED = frozenset({"expired", "disconnected"})

_YOU = {
    "expired": N_("CircleCI no longer accepts your token."),
    "disconnected": N_("You are no longer connected with CircleCI."),
    "hidden": N_("CircleCI no longer shows you what some of your rules are about."),
}


def _format_rule(case: ProblemReport, where: str = "") -> str:
    title = " · ".join(filter(None, [subscription_blocks.format_title(case.rule), where]))
    return f"{title} — {subscription_blocks.format_rule(case.rule, case.names)}"


def _row(case: ProblemReport) -> str:
    what = subscription_blocks.format_problem(case.rule, case.problem)
    more = [what, *_format_consequence(case), *_format_missed(case)]
    return f"{_format_rule(case)}\n{' '.join(more)}"


def _format_consequence(case: ProblemReport) -> Iterator[str]:
    """Whether anything is posted all the same."""
    problem, rule = case.problem, case.rule
    if problem.detail in _UNTOLD:
        yield _(_UNTOLD[problem.detail])
    elif problem.kind == "owner" and rule.scope.exact:
        yield _("I still post it, with the tokens of others.")
    elif problem.kind == "owner":
        yield _("I still post what it covers, with the tokens of others, but it finds no new projects.")
    elif problem.reason == "vanished":
        yield _("*I post nothing* of it until it is back, or the rule names another project.")
    elif problem.reason == "renamed":
        yield _("With the old name the rule may post nothing: let it follow the new one.")


def _format_missed(case: ProblemReport) -> Iterator[str]:
    if found := case.unmatched_workflow:
        workflows = ", ".join(as_code(name, 80) for name in found.recent)
        yield _("These workflows ran meanwhile: {workflows}.", workflows=workflows)
        if found.last_at:
            yield _("One that it names last ran {ago}.", ago=status_blocks.format_ago(found.last_at))
        if found.closest:
            yield _("Did you mean {workflow}?", workflow=as_code(found.closest, 80))


def _build_fix_buttons(case: ProblemReport) -> Iterator[kit.Pressable]:
    yield from subscription_blocks.build_fix_buttons(case.rule, case.problem)
    if case.unmatched_workflow and case.unmatched_workflow.closest:
        meant = case.unmatched_workflow.closest
        say = format_line("subscribe", rule=str(case.rule.id), workflow=[glob.escape(meant)])
        yield kit.button(_("Follow {workflow}", workflow=meant), say, style="primary")
    yield subscription_blocks.build_change_button(case.rule)
    yield subscription_blocks.build_remove_button(case.rule, case.names)


def _format_resolved(case: ProblemReport, end: str | None) -> str:
    rule = case.rule
    if end:
        return _(end, rule=rule.id)
    if case.problem.kind == "owner":
        return _(":white_check_mark: Rule {rule}: <@{who}> answers for it.", rule=rule.id, who=rule.made_by)
    if case.problem.kind == "project":
        return _(":white_check_mark: Rule {rule} is about {scope}.", rule=rule.id, scope=as_code(rule.scope.name))
    return _(":white_check_mark: Rule {rule} has something to post again.", rule=rule.id)
