"""What a rule would have told lately, before anybody makes it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit, status
from bot.blocks.subscription import Names, sentence
from bot.domain import Message, Outcome, Subscription
from bot.mrkdwn import code, cut, escape

_SHOWN = 15


def told(pipelines: int, heard: Sequence[Outcome], rule: Subscription, names: Names, again: str) -> Message:
    """`heard` newest first; `again` is the line that makes the rule."""
    count = "1 message" if len(heard) == 1 else f"{len(heard)} messages"
    text = f"Of the last {pipelines} pipelines this rule would have told {count}: nothing is subscribed yet."
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


def _row(outcome: Outcome) -> str:
    also = f" ({', '.join(sorted(outcome.classes))})" if outcome.classes else ""
    name = f"*{cut(escape(outcome.workflow), 60)}* " if outcome.workflow else ""
    ref = code(outcome.branch or outcome.tag or "?", 60)
    where = f"{code(outcome.project.project, 60)} #{outcome.pipeline_number} on {ref}"
    return f"• {name}{outcome.kind}{also} — {where} {status.ago(outcome.happened_at)}"
