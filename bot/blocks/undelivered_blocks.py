"""What is said where something could not be said in time, or at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.blocks.subscription_blocks import format_channel
from bot.conversation import is_direct
from bot.language import N_, _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code, cut


@dataclass(frozen=True, slots=True)
class MissedMessages:
    """How much was to be said between two moments, and the first lines of the newest of it, the oldest first."""

    count: int
    since: datetime
    until: datetime
    newest: Sequence[str]


def render_missed(missed: MissedMessages) -> Message:
    """One message for all that is too old to be told one by one."""
    title = ngettext(
        ":hourglass: For a while I could not post here. *{count} thing* happened between {start} and {end}; "
        "it is too old for a message of its own.",
        ":hourglass: For a while I could not post here. *{count} things* happened between {start} and {end}; "
        "they are too old for messages of their own.",
        missed.count,
        start=status_blocks.format_moment(missed.since),
        end=status_blocks.format_moment(missed.until),
    )
    lines = [kit.section(cut(line, 1000)) for line in missed.newest]
    return Message(title, [kit.section(title), *lines, *kit.build_notes(*_format_rest(missed))])


def _format_rest(missed: MissedMessages) -> Iterator[str]:
    before = missed.count - len(missed.newest)
    if before > 0:
        yield ngettext(
            "…and {count} more thing before these. `/circle recent` lists the pipelines.",
            "…and {count} more things before these. `/circle recent` lists the pipelines.",
            before,
        )


def render_unreachable(channel: str, reason: str) -> Message:
    """A card or notice could not be posted: what the person who wanted it can do. Told once for each reason."""
    return Message(f":warning: {_format_failure(channel, reason)} {_format_advice(channel, reason)}")


def _format_advice(channel: str, reason: str) -> str:
    if is_direct(channel):
        return _("I cannot post where people talk without me. Ask in a channel, or me alone.")
    return _(_ADVICE[reason]) if reason in _ADVICE else _("Slack says {reason}.", reason=as_code(reason))


def _format_failure(channel: str, reason: str) -> str:
    if reason in {"message_not_found", "cant_update_message", "edit_window_closed"}:
        return _("A card in {channel} can no longer be kept up to date.", channel=format_channel(channel))
    return _("I could not post in {channel}.", channel=format_channel(channel))


_ADVICE = {
    "not_in_channel": N_("Invite me there with `/invite @circlebot`."),
    "channel_not_found": N_(
        "If it is private, invite me there with `/invite @circlebot`. If it is gone, `unsubscribe` its rules."
    ),
    "is_archived": N_("The channel is archived: unarchive it, or `unsubscribe` its rules."),
    "message_not_found": N_(
        "Somebody deleted its message. I still post what happens; `pipeline NUMBER --card` posts a card."
    ),
}
