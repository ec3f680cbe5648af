"""What somebody wants to be mute, and until when: read from their words before anything is muted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.actions import channel_time, mute_changes, mute_target
from bot.blocks import mute_blocks
from bot.command import Context, RequestSource
from bot.errors import UsageError
from bot.language import _
from bot.language.time_words import FOR, UNTIL, get_meaning
from bot.messages import Message
from bot.rules.mute_until import LONGEST, EndTime
from bot.rules.muting import Mute

_BEFORE_TIMES = frozenset({UNTIL, FOR})


@dataclass(frozen=True, slots=True)
class MuteWish:
    """Without a `when` the person is asked; without `about` the thread's project is meant, or the whole channel."""

    when: EndTime | None = None
    about: str | None = None
    typed: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> MuteWish:
        """`2h web` or `web for 2h`; `web until` says no time yet. Raises UsageError."""
        said = words[:-1] if words and get_meaning(words[-1]) in _BEFORE_TIMES else words
        if not said:
            return cls()
        try:
            when, rest = EndTime.parse(said)
        except UsageError:
            if wish := cls._parse_named(*said):
                return wish
            raise
        return cls(when, mute_target.take_one_word(rest), tuple(said[: len(said) - len(rest)]))

    @classmethod
    def _parse_named(cls, about: str, *time: str) -> MuteWish | None:
        """What is meant comes first, then a time, or none."""
        if get_meaning(about) in _BEFORE_TIMES or _is_mistyped(about):
            return None
        if not time:
            return cls(about=about)
        with suppress(UsageError):
            when, rest = EndTime.parse(time)
            return None if rest else cls(when, about, time)
        return None


def _is_mistyped(word: str) -> bool:
    """A time that is not one; a number alone is a rule's."""
    return word[:1].isdigit() and mute_target.parse_rule_number(word) is None


async def resolve(context: Context, wish: MuteWish) -> Mute | Message:
    """What would be muted, or the question for how long. Raises UsageError and TargetError."""
    about = wish.about or _find_thread_project(context)
    channel, scope, rule_id = await mute_changes.resolve_target(context, about, ("mute", *wish.typed))
    if wish.when is None:
        active = await mute_changes.list_active(context, [channel])
        return mute_blocks.render_duration_prompt(about, channel, active)
    until = await _find_end(context, wish.when, channel)
    return Mute(context.request.workspace, channel, until, context.request.user, context.clock.now(), scope, rule_id)


def _find_thread_project(context: Context) -> str | None:
    """What is typed below a card is about its project; a button names what it mutes."""
    typed = context.request.source is RequestSource.TYPED
    return str(context.thread.project) if typed and context.thread else None


async def _find_end(context: Context, when: EndTime, channel: str) -> datetime:
    """Whoever says 17:00 means their own clock; the channel's where we do not know theirs."""
    now = context.clock.now()
    zone = await channel_time.find_own_zone(context) or (await channel_time.load_hours(context, channel)).zone
    until = when.to_datetime(now, zone)
    if until <= now:
        raise UsageError(_("That is over already: say a moment that comes."))
    if until - now > LONGEST:
        raise UsageError(_("A mute lasts 30 days at most."), _("For longer, change the rule: `/circle subscriptions`."))
    return until
