"""Why an outcome was posted in a channel, or was not: rule by rule, each condition in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.blocks.cause_blocks import format_verdict
from bot.blocks.condition_sentences import list_met_conditions, list_unmet_conditions
from bot.blocks.deploy_notice_blocks import list_parts
from bot.blocks.mute_blocks import build_mute_button
from bot.circleci.failure_kinds import Verdict
from bot.circleci.links import Links
from bot.circleci.models import Pipeline
from bot.command import format_line
from bot.domain import BAD_KINDS, Outcome, OutcomeClass, OutcomeKind
from bot.language import N_, _, ngettext
from bot.language.formats import format_number
from bot.messages import Card, Message
from bot.mrkdwn import as_bold, as_link, cut, escape
from bot.rules.fields import DELIVERY_MODES
from bot.rules.kinds import list_outcome_labels
from bot.rules.match import matches
from bot.rules.muting import DeferralReason, QueuedOutcome
from bot.rules.subscription import Subscription

_OUTCOMES, _RULES = 8, 10
_ROOM, _MOST = 9000, 900
"""Characters for all rules together, and for one (Slack: 12,000 in a message, 3,000 in a section)."""


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


def render(case: NotificationTrace, links: Links) -> Message:
    pipeline = case.pipeline
    where = as_link(
        links.pipeline_url(pipeline.project, pipeline.number), f"{pipeline.project.name} #{pipeline.number}"
    )
    title = _("Why {pipeline} was posted here, or was not", pipeline=where)
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
            kit.section(f"{as_bold(title)}\n{_format_card(case.card)}"),
            *([] if case.known else [_render_unfollowed()]),
            *(_render_outcomes(case) or [kit.section(_("Nothing has happened yet that a rule could ask for."))]),
            kit.actions(buttons),
        ],
    )


def _render_unfollowed() -> kit.Block:
    return kit.context(_("I do not follow this pipeline: no rule in any channel asks for it. This is its state now:"))


def _format_card(card: Card | None) -> str:
    if card is None:
        return _("It has no card here.")
    if card.asked_by and card.ts:
        return _("Its card is here because <@{who}> asked for it.", who=card.asked_by)
    if card.asked_by:
        return _("Its card is on its way here because <@{who}> asked for it.", who=card.asked_by)
    if card.ts:
        return _("Its card is here because a rule asks for it.")
    return _("Its card is on its way here because a rule asks for it.")


def _render_outcomes(case: NotificationTrace) -> list[kit.Block]:
    """The newest outcomes, each with every rule, and with what came of it."""
    shown = case.outcomes[-_OUTCOMES:]
    lines = min(max(len(case.rules), 1), _RULES)
    room = min(_MOST, 2500 // lines, _ROOM // (lines * max(len(shown), 1)))
    told = [
        [
            _format_outcome(outcome),
            *_list_rules(outcome, case, room),
            *_format_delivery(outcome, case),
            *_format_reminder(outcome, case.due),
            *_format_verdict(outcome, case),
        ]
        for outcome in shown
    ]
    return [kit.section("\n".join(each)) for each in told]


def _format_outcome(outcome: Outcome) -> str:
    """`*build* · failed · still failing · 3 in a row · 2 hours ago`; of a deploy what went where, too."""
    parts = [f"*{cut(escape(outcome.workflow), 60)}*"] if outcome.workflow else []
    parts += [*list_parts(outcome), *list_outcome_labels(outcome)]
    if outcome.streak > 1:
        parts.append(ngettext("{count} in a row", "{count} in a row", outcome.streak))
    if OutcomeClass.SLOW in outcome.classes and outcome.slowdown:
        parts.append(_("{factor} times the usual", factor=format_number(outcome.slowdown, 1)))
    return " · ".join([*parts, status_blocks.format_ago(outcome.happened_at)])


def _list_rules(outcome: Outcome, case: NotificationTrace, room: int) -> Iterator[str]:
    """`room` is in characters, for one rule."""
    for rule in case.rules[:_RULES]:
        yield cut(f"• {_format_rule(rule, outcome, rule.id in case.covering_ids)}", room)
    left = len(case.rules) - _RULES
    if left > 0:
        yield ngettext("…and {count} more rule", "…and {count} more rules", left)
    if not case.rules:
        yield _("• There is no rule here.")


def _format_delivery(outcome: Outcome, case: NotificationTrace) -> Iterator[str]:
    """Where it was posted, or when it will be."""
    if one := case.kept.get(outcome.key):
        yield f":arrow_right: {_format_deferral(one)} {_format_digest(one)}"
    elif case.known:
        asking = {rule.rule.to for rule in case.rules if rule.id in case.covering_ids and matches(rule, outcome)}
        yield from [f":arrow_right: {_(_AT_ONCE[to])}" for to in DELIVERY_MODES if to in asking][:1]


def _format_reminder(outcome: Outcome, due: Mapping[str, datetime]) -> Iterator[str]:
    if at := due.get(outcome.key):
        moment = status_blocks.format_moment(at)
        yield _(":alarm_clock: If it still waits, I remind this channel at {moment}.", moment=moment)


def _format_verdict(outcome: Outcome, case: NotificationTrace) -> list[str]:
    verdict = case.verdicts.get(outcome.workflow_id or "") if outcome.kind == OutcomeKind.FAILED else None
    return [format_verdict(verdict)] if verdict else []


def _format_deferral(one: QueuedOutcome) -> str:
    """As it was decided when it happened, whatever the rules say by now."""
    due = status_blocks.format_moment(one.due_at)
    if one.why == DeferralReason.DIGEST:
        return _(
            "Not posted at once: rule {rule} collects it for the digest at {moment}.", rule=one.rule_id, moment=due
        )
    if one.why == DeferralReason.QUIET:
        return _("Not posted at once: the channel had quiet hours until {moment}.", moment=due)
    return _("Not posted at once: <@{who}> muted it until {moment}.", who=one.by, moment=due)


def _format_digest(one: QueuedOutcome) -> str:
    return _("A digest has reported it.") if one.digest else _("A digest reports it then.")


_AT_ONCE = {
    "message": N_("Posted at once, in the card's thread and in the channel."),
    "thread": N_("Posted at once, only in the card's thread."),
    "digest": N_("Posted before a rule asked for a digest of it."),
}


def _format_rule(rule: Subscription, outcome: Outcome, covers: bool) -> str:
    unmet = list(list_unmet_conditions(rule, outcome))
    if rule.scope.covers(outcome.project) and not covers:
        unmet.append(_("<@{who}>, who made it, cannot see this project as far as I know.", who=rule.made_by))
    if unmet:
        return " ".join([_("*Rule {rule}* does not ask for it.", rule=rule.id), *unmet])
    return " ".join([_("*Rule {rule}* asks for it.", rule=rule.id), *list_met_conditions(rule, outcome)])
