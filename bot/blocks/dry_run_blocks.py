"""What a rule would have told lately, before anybody makes it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.subscription_blocks import Names, sentence
from bot.domain import Outcome
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code, cut, escape
from bot.rules.quiet_hours import Hours
from bot.rules.replay import Rehearsal
from bot.rules.subscription import Subscription

_SHOWN = 15


def told(tried: Rehearsal, rule: Subscription, names: Names, again: Written, hours: Hours) -> Message:
    """`again` is the line that makes the rule, `hours` are the channel's."""
    heard = tried.heard
    reminded = f" and {_several(tried.reminders, 'reminder')}" if tried.reminders else ""
    text = f"Of the last {tried.pipelines} pipelines this rule would have told {_count(heard, rule, hours)}{reminded}: "
    text += "nothing is subscribed yet."
    more = f"…and {len(heard) - _SHOWN} more." if len(heard) > _SHOWN else ""
    return Message(
        text,
        [
            kit.section(f":test_tube: {text}\n{sentence(rule, names)}"),
            *([kit.section("\n".join(_row(outcome) for outcome in heard[:_SHOWN]))] if heard else []),
            kit.context(more, "What a failed test changes is not looked at here: `newly-failing` goes by jobs."),
            kit.actions([kit.button("Subscribe", again, style="primary")]),
        ],
    )


def _count(heard: Sequence[Outcome], rule: Subscription, hours: Hours) -> str:
    """How many messages that is; and how many digests it is, or would be."""
    digests = len({hours.next_digest(rule.rule.at, outcome.happened_at) for outcome in heard})
    in_digests = _several(digests, "digest")
    if rule.rule.to == "digest":
        return f"{_several(len(heard), 'outcome')} in {in_digests}"
    if rule.rule.to == "thread":
        cards = _several(len({outcome.pipeline_id for outcome in heard}), "card")
        return f"{_several(len(heard), 'reply', 'replies')} in the threads of {cards}"
    better = f" (with `--to digest`: {in_digests})" if digests < len(heard) else ""
    return f"{_several(len(heard), 'message')}{better}"


def _several(count: int, noun: str, plural: str | None = None) -> str:
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def _row(outcome: Outcome) -> str:
    also = f" ({', '.join(sorted(outcome.classes))})" if outcome.classes else ""
    name = f"*{cut(escape(outcome.workflow), 60)}* " if outcome.workflow else ""
    ref = code(outcome.branch or outcome.tag or "?", 60)
    where = f"{code(outcome.project.project, 60)} #{outcome.pipeline_number} on {ref}"
    return f"• {name}{outcome.kind}{also} — {where} {status_blocks.ago(outcome.happened_at)}"
