"""What is said where something could not be said in time, or at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit, status_blocks
from bot.blocks.subscription_blocks import format_channel
from bot.conversation import is_direct
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code, cut, format_leftover


@dataclass(frozen=True, slots=True)
class MissedMessages:
    """How much was to be said between two moments, and the first lines of the newest of it, the oldest first."""

    count: int
    since: datetime
    until: datetime
    newest: Sequence[str]


def render_missed(missed: MissedMessages) -> Message:
    """One message for all that is too old to be told one by one."""
    title = _(
        ":hourglass: For a while I could not post here. *{count} things* happened between {moment} "
        "and {moment_2}; they are too old to be told one by one.",
        count=missed.count,
        moment=status_blocks.format_moment(missed.since),
        moment_2=status_blocks.format_moment(missed.until),
    )
    lines = [kit.section(cut(line, 1000)) for line in missed.newest]
    before = missed.count - len(missed.newest)
    rest = format_leftover(before, _(" before these. `/circle recent` lists the pipelines."))
    return Message(title, [kit.section(title), *lines, *kit.build_notes(rest)])


def render_unreachable(channel: str, reason: str) -> Message:
    """A card or notice could not be posted: what the person who wanted it can do. Told once for each reason."""
    advice = _NOT_OURS if is_direct(channel) else _ADVICE.get(reason, _("Slack said {reason}.", reason=as_code(reason)))
    return Message(f":warning: {_format_failure(channel, reason)} {advice}")


def _format_failure(channel: str, reason: str) -> str:
    if reason in {"message_not_found", "cant_update_message", "edit_window_closed"}:
        return _("A card in {channel} can no longer be kept up to date.", channel=format_channel(channel))
    return _("I could not post in {channel}.", channel=format_channel(channel))


_NOT_OURS = N_("If people talk there without me, nothing of mine arrives: say it in a channel, or to me alone.")
_ADVICE = {
    "not_in_channel": N_("Invite me there with `/invite @circlebot`."),
    "channel_not_found": N_(
        "If it is private, invite me there with `/invite @circlebot`; else `unsubscribe` its rules."
    ),
    "is_archived": N_("The channel is archived: unarchive it, or `unsubscribe` its rules."),
    "message_not_found": N_("Its message was deleted. Its news still comes; `pipeline NUMBER --card` posts a card."),
}
