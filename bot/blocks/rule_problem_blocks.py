"""What is wrong with rules: posted in their channel and sent to their owner, with the way to solve it."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.blocks import kit, status_blocks, subscription_blocks
from bot.command import format_line
from bot.conversation import is_direct
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code, format_leftover
from bot.rules.rule_problem import RuleProblem
from bot.rules.subscription import Subscription
from bot.rules.unmatched_workflows import UnmatchedWorkflows

SUSPENDED = "suspended"
"""A rule that tells nothing though others see its project: its owner does not."""

REMOVED, TOLD_ANEW = N_("was removed"), N_("is reported again below")

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
    title = _title(cases, standing, ends)
    blocks = [kit.section(title)]
    for case in standing[:_MOST]:
        blocks += [kit.section(_row(case)), kit.actions(list(_build_fix_buttons(case)))]
    blocks += kit.build_notes(format_leftover(len(standing) - _MOST, _(": `/circle subscriptions` marks them.")))
    if over := [case for case in cases if case.problem.over_at]:
        blocks.append(kit.context(*(_format_resolved(case, ends.get(case.rule.id)) for case in over[:_MOST])))
    return Message(title, kit.keep_one_primary(blocks))


def render_owner_notice(cases: Sequence[ProblemReport]) -> Message:
    """Sent to the owner of the rules, when I can no longer see in their name what the rules are about."""
    rule, problem = cases[0].rule, cases[0].problem
    text = _(
        ":bust_in_silhouette: {you} Nobody else answers for {count}:", you=_YOU[problem.reason], count=_count(cases)
    )
    rows = [
        f"• {subscription_blocks.format_channel(case.rule.channel)}: {_format_rule(case)}" for case in cases[:_MOST]
    ]
    listed = "\n".join(filter(None, [*rows, format_leftover(len(cases) - _MOST)]))
    after = kit.context(_("I have asked there whether somebody takes over. When you are back, all is as it was."))
    connect = (
        [kit.button(_("Connect CircleCI"), format_line("connect"), style="primary")]
        if problem.reason in _UNCONNECTED
        else []
    )
    buttons = [*connect, kit.button(_("Show My Rules"), format_line("subscriptions", all=True))]
    where = [] if is_direct(rule.channel) else [after]
    return Message(text, [kit.section(text), kit.section(listed), kit.actions(buttons), *where])


def _title(cases: Sequence[ProblemReport], standing: Sequence[ProblemReport], ends: Mapping[int, str]) -> str:
    if not standing and all(case.rule.id in ends for case in cases):
        return _(":heavy_minus_sign: There is nothing left to do here about {count}.", count=_count(cases))
    if not standing:
        return _(":white_check_mark: What was wrong with {count} of this channel is over.", count=_count(cases))
    emoji, words = _TITLES[standing[0].problem.kind, standing[0].problem.reason]
    return f"{emoji} *{words.format(rules=_count(standing))}*"


def _count(cases: Sequence[ProblemReport]) -> str:
    return _("rule {id}", id=cases[0].rule.id) if len(cases) == 1 else _("{count} rules", count=len(cases))


_TITLES = {
    ("owner", "left"): (":bust_in_silhouette:", N_("Nobody owns {rules} of this channel now.")),
    ("owner", "disconnected"): (":bust_in_silhouette:", N_("Nobody owns {rules} of this channel now.")),
    ("owner", "expired"): (":bust_in_silhouette:", N_("Nobody owns {rules} of this channel now.")),
    ("owner", "hidden"): (":bust_in_silhouette:", N_("Nobody owns {rules} of this channel now.")),
    ("project", "vanished"): (":mag:", N_("The project of {rules} of this channel can no longer be found.")),
    ("project", "renamed"): (":label:", N_("The project of {rules} of this channel has a new name.")),
    ("workflow", "silent"): (":mute:", N_("For 14 days {rules} of this channel had nothing to tell.")),
}

_UNTOLD = {
    "silent": N_("Nobody else who is connected here can see it: *it tells nothing* until somebody takes over who can."),
    SUSPENDED: N_("*It tells nothing* until they can see it again, or somebody takes over who can."),
}
"""By the detail of a rule without an owner."""

_UNCONNECTED = frozenset({"expired", "disconnected"})

_YOU = {
    "expired": N_("CircleCI no longer accepts your token."),
    "disconnected": N_("You are no longer connected with CircleCI."),
    "hidden": N_("CircleCI no longer shows you what some of your rules are about."),
}


def _format_rule(case: ProblemReport) -> str:
    return f"*Rule {case.rule.id}* — {subscription_blocks.format_rule(case.rule, case.names)}"


def _row(case: ProblemReport) -> str:
    what = subscription_blocks.format_problem(case.rule, case.problem)
    more = " ".join([_format_consequence(case), *_format_missed(case)]).strip()
    return "\n".join(filter(None, [_format_rule(case), f"{what}. {more}".rstrip()]))


def _format_consequence(case: ProblemReport) -> str:
    """Whether anything is told all the same."""
    problem, rule = case.problem, case.rule
    if problem.kind == "owner":
        told = _("It is still told") if rule.scope.exact else _("What it covers is still told")
        more = "." if rule.scope.exact else _(", but it finds no new projects.")
        return _UNTOLD.get(problem.detail, _("{told} with the tokens of others{more}", told=told, more=more))
    if problem.reason == "vanished":
        return _("*Nothing is told* of it until it is back, or the rule says another project.")
    if problem.reason == "renamed":
        return _("Let the rule follow, or it may get nothing: the old name may lead nowhere.")
    return ""


def _format_missed(case: ProblemReport) -> Iterator[str]:
    if found := case.unmatched_workflow:
        yield _("Meanwhile there ran: {name}.", name=", ".join(as_code(name, 80) for name in found.recent))
        if found.last_at:
            yield _("The last that it means ran {ago}.", ago=status_blocks.format_ago(found.last_at))
        if found.closest:
            yield _("Did you mean {closest}?", closest=as_code(found.closest, 80))


def _build_fix_buttons(case: ProblemReport) -> Iterator[kit.Pressable]:
    yield from subscription_blocks.build_fix_buttons(case.rule, case.problem)
    if case.unmatched_workflow and case.unmatched_workflow.closest:
        meant = case.unmatched_workflow.closest
        say = format_line("subscribe", rule=str(case.rule.id), workflow=[glob.escape(meant)])
        yield kit.button(_("Follow {meant}", meant=meant), say, style="primary")
    yield subscription_blocks.build_change_button(case.rule)
    yield subscription_blocks.build_remove_button(case.rule, case.names)


def _format_resolved(case: ProblemReport, end: str | None) -> str:
    rule = case.rule
    if end:
        return _(":heavy_minus_sign: Rule {id} {end}.", id=rule.id, end=end)
    well = {
        "owner": _("<@{made_by}> answers for it", made_by=rule.made_by),
        "project": _("it is about {scope}", scope=as_code(str(rule.scope))),
        "workflow": _("it has something to listen to again"),
    }[case.problem.kind]
    return _(":white_check_mark: Rule {id}: {well}.", id=rule.id, well=well)
