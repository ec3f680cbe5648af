"""Why an outcome was told in a channel, or was not: rule by rule, each condition in words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.blocks import kit, status_blocks
from bot.blocks.cause_blocks import format_verdict
from bot.blocks.mute_blocks import build_mute_button
from bot.blocks.subscription_blocks import format_kinds, format_thresholds
from bot.circleci.failure_kinds import Verdict
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from bot.command import format_line
from bot.domain import BAD_KINDS, Outcome, OutcomeClass, OutcomeKind
from bot.language import N_, _
from bot.messages import Card, Message
from bot.mrkdwn import as_bold, as_code, as_link, cut, escape, format_leftover
from bot.rules import trigger_types
from bot.rules.fields import DELIVERY_MODES
from bot.rules.match import list_conditions, matches
from bot.rules.muting import DeferralReason, QueuedOutcome
from bot.rules.subscription import Subscription

_OUTCOMES, _RULES = 8, 10
_ROOM, _MOST = 9000, 900
"""Characters for all rules together, and for one (Slack: 12,000 in a message, 3,000 in a section)."""

Words = Callable[[Subscription, Outcome], str]


@dataclass(frozen=True, slots=True)
class NotificationTrace:
    """What happened in a pipeline, beside what one channel asks for and was told.

    `covering_ids` are those of rules that cover the project; `known` says that we had read the pipeline ourselves.
    `kept` is what the channel is told later, or was, by the outcome's key; `due` when it is reminded of a hold next.
    `verdicts` say of workflows, by id, whether a rerun is worth it.
    """

    pipeline: Pipeline
    outcomes: Sequence[Outcome]
    rules: Sequence[Subscription]
    covering_ids: Collection[int]
    card: Card | None
    kept: Mapping[str, QueuedOutcome]
    due: Mapping[str, datetime]
    known: bool
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    place: str = N_("this channel")


def render(case: NotificationTrace, links: Links) -> Message:
    pipeline = case.pipeline
    where = as_link(links.pipeline_url(pipeline.project, pipeline.number), f"{pipeline.project} #{pipeline.number}")
    title = _("Why {where} was posted here, or was not", where=where)
    buttons = [
        kit.button(_("Show All Rules"), format_line("subscriptions")),
        kit.button(_("Show Pipeline"), format_line("pipeline", pipeline.id)),
        build_mute_button(str(pipeline.project)) if case.covering_ids else build_mute_button(),
    ]
    if any(one.kind in BAD_KINDS for one in case.outcomes):
        buttons.insert(0, kit.button(_("Why Did It Fail"), format_line("why", pipeline.id)))
    return Message(
        title,
        [
            kit.section(f"{as_bold(title)}\n{_card(case.card, case.place)}"),
            *([] if case.known else [kit.context(_("No rule of any channel made me read it. As it is now:"))]),
            *(_render_outcomes(case) or [kit.section(_("Nothing has happened yet that a rule could ask for."))]),
            kit.actions(buttons),
        ],
    )


def _card(card: Card | None, place: str) -> str:
    if card is None:
        return _("It has no card in {place}.", place=place)
    asked = (
        _(", since <@{asked_by}> asked for it", asked_by=card.asked_by)
        if card.asked_by
        else _(", since a rule asked for it")
    )
    return _("Its card {ts} here{asked}.", ts="is" if card.ts else _("is on its way"), asked=asked)


def _render_outcomes(case: NotificationTrace) -> list[kit.Block]:
    """The newest outcomes, each with every rule, and with what came of it."""
    shown = case.outcomes[-_OUTCOMES:]
    lines = min(max(len(case.rules), 1), _RULES)
    room = min(_MOST, 2500 // lines, _ROOM // (lines * max(len(shown), 1)))
    told = [
        [
            _outcome(outcome, case, room),
            *_format_delivery(outcome, case),
            *_reminder(outcome, case.due),
            *_verdict(outcome, case),
        ]
        for outcome in shown
    ]
    return [kit.section("\n".join(each)) for each in told]


def _outcome(outcome: Outcome, case: NotificationTrace, room: int) -> str:
    """`room` is in characters, for one rule."""
    rules = case.rules
    also = f" ({', '.join(sorted(outcome.classes))})" if outcome.classes else ""
    name = f"*{cut(escape(outcome.workflow), 60)}* " if outcome.workflow else ""
    lines = [cut(_rule(rule, outcome, rule.id in case.covering_ids), room) for rule in rules[:_RULES]]
    rest = (
        format_leftover(len(rules) - _RULES, " rules")
        if rules
        else _("• {place} has no rule.", place=case.place.capitalize())
    )
    head = f"{name}{outcome.kind}{also} {status_blocks.format_ago(outcome.happened_at)}"
    return "\n".join(filter(None, [head, *lines, rest]))


def _format_delivery(outcome: Outcome, case: NotificationTrace) -> Iterator[str]:
    """Where it was told, or when it will be."""
    if one := case.kept.get(outcome.key):
        yield _format_deferred(one)
    elif case.known:
        asking = {rule.rule.to for rule in case.rules if rule.id in case.covering_ids and matches(rule, outcome)}
        yield from [f":arrow_right: {_AT_ONCE[to]}" for to in DELIVERY_MODES if to in asking][:1]


def _reminder(outcome: Outcome, due: Mapping[str, datetime]) -> list[str]:
    at = due.get(outcome.key)
    return (
        [
            _(
                ":alarm_clock: this channel is reminded at {moment}, if it still waits",
                moment=status_blocks.format_moment(at),
            )
        ]
        if at
        else []
    )


def _verdict(outcome: Outcome, case: NotificationTrace) -> list[str]:
    verdict = case.verdicts.get(outcome.workflow_id or "") if outcome.kind == OutcomeKind.FAILED else None
    return [format_verdict(verdict)] if verdict else []


def _format_deferred(one: QueuedOutcome) -> str:
    """As it was decided when it happened, whatever the rules say by now."""
    due = status_blocks.format_moment(one.due_at)
    why = {
        DeferralReason.DIGEST: _("kept for the digest of rule {rule_id}, at {due}", rule_id=one.rule_id, due=due),
        DeferralReason.QUIET: _("the channel had quiet hours until {due}", due=due),
        DeferralReason.MUTED: _("muted by <@{by}> until {due}", by=one.by, due=due),
    }[one.why]
    told = _("and was told in the digest") if one.digest else _("and is told then, in a digest")
    return _(":arrow_right: Not told at once: {why}, {told}.", why=why, told=told)


_AT_ONCE = {
    "message": N_("Told at once: in the card's thread, and to the channel."),
    "thread": N_("Told at once, only in the card's thread."),
    "digest": N_("It was told before a rule asked for a digest of it."),
}


def _rule(rule: Subscription, outcome: Outcome, covers: bool) -> str:
    judged = dict(list_conditions(rule, outcome))
    failed = [say(rule, outcome) for name, holds in judged.items() if not holds and (say := _SENTENCES[name].unmet)]
    if judged["project"] and not covers:
        failed.append(_("<@{made_by}>, who made it, was not seen to see this project", made_by=rule.made_by))
    if failed:
        return _("• *Rule {id}* does not ask for it: {failed}.", id=rule.id, failed="; ".join(failed))
    return _(
        "• *Rule {id}* asks for it: {met_conditions}.",
        id=rule.id,
        met_conditions="; ".join(_format_met_conditions(rule, outcome)),
    )


def _format_met_conditions(rule: Subscription, outcome: Outcome) -> Iterator[str]:
    """Every condition that it makes; a field that it does not set is no condition."""
    said = {"only": (), **rule.rule.to_texts()}
    beside = {"tag", "not-tag"} if outcome.branch else {"branch", "not-branch"}
    beside |= set() if outcome.kind == OutcomeKind.ON_HOLD else {"remind"}
    yield _("{project} is covered by {scope}", project=as_code(str(outcome.project)), scope=as_code(str(rule.scope)))
    for name in said:
        if name in _SENTENCES and name not in beside and (say := _SENTENCES[name].met):
            yield say(rule, outcome)


def _codes(globs: Sequence[str]) -> str:
    return " or ".join(as_code(glob, 60) for glob in globs)


def _ref(outcome: Outcome) -> str:
    return (
        _("branch {branch}", branch=as_code(outcome.branch, 60))
        if outcome.branch
        else _("tag {tag}", tag=as_code(outcome.tag or "?", 60))
    )


def _workflow(outcome: Outcome) -> str:
    return _("workflow {workflow}", workflow=as_code(outcome.workflow, 60))


def _format_starter(outcome: Outcome) -> str:
    return _("it was started by {actor}", actor=as_code(outcome.actor or "?", 60))


def _format_trigger(outcome: Outcome) -> str:
    said = trigger_types.format_trigger(outcome.trigger)
    also = "" if said.lower() == outcome.trigger else f" ({said})"
    return _("{trigger}{also} triggered it", trigger=as_code(outcome.trigger or "?", 60), also=also)


def _format_wanted(rule: Subscription) -> str:
    return format_kinds(rule.rule.only) + "".join(format_thresholds(rule.rule))


def _format_kind(outcome: Outcome) -> str:
    streak = _(" ({streak} in a row)", streak=outcome.streak) if outcome.streak > 1 else ""
    pace = (
        _(" ({slowdown} times the usual)", slowdown=f"{outcome.slowdown:.1f}")
        if OutcomeClass.SLOW in outcome.classes and outcome.slowdown
        else ""
    )
    return _(
        "it is {value}{streak}{pace}",
        value=", ".join([outcome.kind, *sorted(outcome.classes)]),
        streak=streak,
        pace=pace,
    )


def _format_wanted_kind(rule: Subscription, outcome: Outcome) -> str:
    return _("{kind}, and it asks for {wanted}", kind=_format_kind(outcome), wanted=_format_wanted(rule))


class ConditionSentences(NamedTuple):
    """What is said of a condition that the rule makes when it is met, and when it is not; None: nothing."""

    met: Words | None
    unmet: Words | None


_SENTENCES: Mapping[str, ConditionSentences] = {
    "project": ConditionSentences(
        met=None,
        unmet=lambda rule, outcome: _(
            "{project} is not covered by {scope}", project=as_code(str(outcome.project)), scope=as_code(str(rule.scope))
        ),
    ),
    "since": ConditionSentences(
        met=None,
        unmet=lambda rule, _outcome: _(
            "it happened before the rule was made ({ago})", ago=status_blocks.format_ago(rule.made_at)
        ),
    ),
    "only": ConditionSentences(met=_format_wanted_kind, unmet=_format_wanted_kind),
    "branch": ConditionSentences(
        met=lambda rule, outcome: _("{ref} is like {codes}", ref=_ref(outcome), codes=_codes(rule.rule.branch)),
        unmet=lambda rule, outcome: _(
            "{ref} is not like {codes}", ref=_ref(outcome), codes=_codes((*rule.rule.branch, *rule.rule.tag))
        ),
    ),
    "not-branch": ConditionSentences(
        met=lambda rule, outcome: _("{ref} is not like {codes}", ref=_ref(outcome), codes=_codes(rule.rule.not_branch)),
        unmet=lambda rule, outcome: _(
            "{ref} is like {codes}, left out", ref=_ref(outcome), codes=_codes(rule.rule.not_branch)
        ),
    ),
    "tag": ConditionSentences(
        met=lambda rule, outcome: _("{ref} is like {codes}", ref=_ref(outcome), codes=_codes(rule.rule.tag)),
        unmet=None,
    ),
    "not-tag": ConditionSentences(
        met=lambda rule, outcome: _("{ref} is not like {codes}", ref=_ref(outcome), codes=_codes(rule.rule.not_tag)),
        unmet=lambda rule, outcome: _(
            "{ref} is like {codes}, left out", ref=_ref(outcome), codes=_codes(rule.rule.not_tag)
        ),
    ),
    "workflow": ConditionSentences(
        met=lambda rule, outcome: _(
            "{workflow} is like {codes}", workflow=_workflow(outcome), codes=_codes(rule.rule.workflow)
        ),
        unmet=lambda rule, outcome: _(
            "{workflow} is not like {codes}", workflow=_workflow(outcome), codes=_codes(rule.rule.workflow)
        ),
    ),
    "not-workflow": ConditionSentences(
        met=lambda rule, outcome: _(
            "{workflow} is not like {codes}", workflow=_workflow(outcome), codes=_codes(rule.rule.not_workflow)
        ),
        unmet=lambda rule, outcome: _(
            "{workflow} is like {codes}, left out", workflow=_workflow(outcome), codes=_codes(rule.rule.not_workflow)
        ),
    ),
    "actor": ConditionSentences(
        met=lambda _rule, outcome: _format_starter(outcome),
        unmet=lambda rule, outcome: _(
            "{starter}, not by {codes}", starter=_format_starter(outcome), codes=_codes(rule.rule.actor)
        ),
    ),
    "not-actor": ConditionSentences(
        met=lambda rule, outcome: _(
            "{starter}, not by {codes}", starter=_format_starter(outcome), codes=_codes(rule.rule.not_actor)
        ),
        unmet=lambda rule, outcome: _(
            "{starter}: {codes} is left out", starter=_format_starter(outcome), codes=_codes(rule.rule.not_actor)
        ),
    ),
    "trigger": ConditionSentences(
        met=lambda _rule, outcome: _format_trigger(outcome),
        unmet=lambda rule, outcome: _(
            "{trigger}, not {codes}", trigger=_format_trigger(outcome), codes=_codes(rule.rule.trigger)
        ),
    ),
    "not-trigger": ConditionSentences(
        met=lambda rule, outcome: _(
            "{trigger}, not {codes}", trigger=_format_trigger(outcome), codes=_codes(rule.rule.not_trigger)
        ),
        unmet=lambda _rule, outcome: _("{trigger}, left out", trigger=_format_trigger(outcome)),
    ),
    "default-branch": ConditionSentences(
        met=lambda _rule, outcome: _("{ref} is the default branch", ref=_ref(outcome)),
        unmet=lambda _rule, outcome: _("{ref} is not the default branch", ref=_ref(outcome)),
    ),
    "mine": ConditionSentences(
        met=lambda rule, _outcome: _("<@{made_by}> started it", made_by=rule.made_by),
        unmet=lambda rule, outcome: _(
            "{starter}, not by <@{made_by}>", starter=_format_starter(outcome), made_by=rule.made_by
        ),
    ),
    "remind": ConditionSentences(
        met=lambda rule, _outcome: _(
            "while it waits it is reminded of after {remind}", remind=" and ".join(rule.rule.remind)
        ),
        unmet=None,
    ),
}
"""By the condition's name in bot/rules/match.py."""
