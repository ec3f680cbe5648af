"""Where a channel is told of an outcome, and when: pure.

Each rule that asks for it says where; of several the loudest wins. Quiet hours and mutes turn what would be new in the
channel into something kept for later. A wanted approval is posted in quiet hours all the same, since nothing else lets
its pipeline go on; a mute keeps that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.rules.fields import DELIVERY_MODES
from bot.rules.muting import Mute
from bot.rules.quiet_hours import QuietHours
from bot.rules.subscription import Subscription

MESSAGE, THREAD, DIGEST = DELIVERY_MODES

QUIET, MUTED = "quiet", "muted"
"""Beside DIGEST: why something is kept."""

_WAITS_FOR_PEOPLE = OutcomeKind.ON_HOLD


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What a channel has said of itself: its hours, and what is muted now."""

    hours: QuietHours = field(default_factory=QuietHours)
    mutes: Sequence[Mute] = ()


@dataclass(frozen=True, slots=True)
class Deferral:
    """Kept until then: `why` is DIGEST, QUIET or MUTED (`by` somebody)."""

    why: str
    until: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What one rule makes of an outcome: `to` is MESSAGE or THREAD, or DIGEST for what is held."""

    rule_id: int
    to: str
    deferral: Deferral | None = None


def choose_placement(
    rules: Sequence[Subscription], outcome: Outcome, habits: ChannelSettings, *, now: datetime, standing: bool
) -> Placement:
    """The loudest that these rules, which all ask for it, come to; of what is held, what is told soonest.

    `standing` says that the pipeline's card stands in the channel already.
    """
    found = [build_placement(rule, outcome, habits, now=now, standing=standing) for rule in rules]
    return min(
        found, key=lambda one: (DELIVERY_MODES.index(one.to), one.deferral.until if one.deferral else now, one.rule_id)
    )


def build_placement(
    rule: Subscription, outcome: Outcome, habits: ChannelSettings, *, now: datetime, standing: bool
) -> Placement:
    """What this rule makes of it. A reply in a thread is no news for the channel, but the card that it needs is."""
    if hold := _find_mute_deferral(habits, outcome.project, rule.id, at=now):
        return Placement(rule.id, DIGEST, hold)
    if rule.rule.to == DIGEST:
        at = habits.hours.get_next_digest(rule.rule.at, now)
        return Placement(
            rule.id, DIGEST, find_deferral(habits, outcome.project, rule.id, at=at) or Deferral(DIGEST, at)
        )
    news = rule.rule.to == MESSAGE or not standing
    quiet = habits.hours.find_quiet_end(now) if news and outcome.kind != _WAITS_FOR_PEOPLE else None
    return Placement(rule.id, DIGEST, Deferral(QUIET, quiet)) if quiet else Placement(rule.id, rule.rule.to)


def find_deferral(habits: ChannelSettings, project: ProjectSlug, rule_id: int, *, at: datetime) -> Deferral | None:
    """What keeps a digest of this from being posted at that moment; None when nothing does."""
    if hold := _find_mute_deferral(habits, project, rule_id, at=at):
        return hold
    quiet = habits.hours.find_quiet_end(at)
    return Deferral(QUIET, quiet) if quiet else None


def _find_mute_deferral(
    habits: ChannelSettings, project: ProjectSlug, rule_id: int, *, at: datetime
) -> Deferral | None:
    """By the mute that lasts longest."""
    covering = [mute for mute in habits.mutes if mute.until > at and mute.covers(project, rule_id)]
    longest = max(covering, key=lambda mute: mute.until, default=None)
    return Deferral(MUTED, longest.until, longest.made_by) if longest else None
