"""What a rule would have told lately, before anybody makes it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.subscription_blocks import Names, format_rule
from bot.domain import Outcome
from bot.language import _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut, escape, format_leftover
from bot.rules.quiet_hours import QuietHours
from bot.rules.replay import DryRun
from bot.rules.subscription import Subscription

_SHOWN = 15


def render(tried: DryRun, rule: Subscription, names: Names, *, again: Written, hours: QuietHours) -> Message:
    """`again` is the line that makes the rule, `hours` are the channel's."""
    heard = tried.outcomes
    reminded = _(" and {quantity}", quantity=_format_quantity(tried.reminders, "reminder")) if tried.reminders else ""
    text = _(
        "Of the last {pipelines} pipelines this rule would have posted {volume}{reminded}: ",
        pipelines=tried.pipelines,
        volume=_format_volume(heard, rule, hours),
        reminded=reminded,
    )
    text += _("nothing is subscribed yet.")
    return Message(
        text,
        [
            kit.section(f":test_tube: {text}\n{format_rule(rule, names)}"),
            *([kit.section("\n".join(_row(outcome) for outcome in heard[:_SHOWN]))] if heard else []),
            kit.actions([kit.button(_("Subscribe"), again, style="primary")]),
            kit.context(
                format_leftover(len(heard) - _SHOWN, "."),
                _("What a failed test changes is not looked at here: `newly-failing` goes by jobs."),
            ),
        ],
    )


def _format_volume(heard: Sequence[Outcome], rule: Subscription, hours: QuietHours) -> str:
    """How many messages that is; and how many digests it is, or would be."""
    digests = len({hours.get_next_digest(rule.rule.at, outcome.happened_at) for outcome in heard})
    in_digests = _format_quantity(digests, "digest")
    if rule.rule.to == "digest":
        return _("{quantity} in {in_digests}", quantity=_format_quantity(len(heard), "outcome"), in_digests=in_digests)
    if rule.rule.to == "thread":
        cards = _format_quantity(len({outcome.pipeline_id for outcome in heard}), "card")
        return _(
            "{quantity} in the threads of {cards}",
            quantity=_format_quantity(len(heard), "reply", "replies"),
            cards=cards,
        )
    better = _(" (with `--to digest`: {in_digests})", in_digests=in_digests) if digests < len(heard) else ""
    return f"{_format_quantity(len(heard), 'message')}{better}"


def _format_quantity(count: int, noun: str, plural: str | None = None) -> str:
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def _row(outcome: Outcome) -> str:
    also = f" ({', '.join(sorted(outcome.classes))})" if outcome.classes else ""
    name = f"*{cut(escape(outcome.workflow), 60)}* " if outcome.workflow else ""
    ref = as_code(outcome.branch or outcome.tag or "?", 60)
    where = _(
        "{project} #{pipeline_number} on {ref}",
        project=as_code(outcome.project.project, 60),
        pipeline_number=outcome.pipeline_number,
        ref=ref,
    )
    return f"• {name}{outcome.kind}{also} — {where} {status_blocks.format_ago(outcome.happened_at)}"
