"""Where and when a channel gets an outcome: as a message, in the card's thread, or later in a digest. Pure.

Each rule that wants the outcome says where; of several the loudest wins. Quiet hours and mutes defer what would be a
new message in the channel. An approval that is waited for is posted in quiet hours all the same, since nothing else
lets its pipeline go on; a mute defers that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import Outcome, OutcomeKind, ProjectSlug
from bot.rules.fields import DELIVERY_MODES
from bot.rules.muting import DeferralReason, Mute
from bot.rules.quiet_hours import QuietHours
from bot.rules.subscription import Subscription

MESSAGE, THREAD, DIGEST = DELIVERY_MODES

_WAITS_FOR_PEOPLE = OutcomeKind.ON_HOLD


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's quiet hours, and its mutes that last."""

    hours: QuietHours = field(default_factory=QuietHours)
    mutes: Sequence[Mute] = ()


@dataclass(frozen=True, slots=True)
class Deferral:
    """Not before `until`; `by` muted it."""

    why: DeferralReason
    until: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one rule puts an outcome: `to` is MESSAGE or THREAD, or DIGEST for what is deferred."""

    rule_id: int
    to: str
    deferral: Deferral | None = None


def choose_placement(
    rules: Sequence[Subscription], outcome: Outcome, settings: ChannelSettings, *, now: datetime, posted: bool
) -> Placement:
    """Of the placements of these rules, which all want it: the loudest; of deferred ones the one that ends first.

    `posted`: the channel shows the pipeline's card already.
    """
    found = [build_placement(rule, outcome, settings, now=now, posted=posted) for rule in rules]
    return min(
        found, key=lambda one: (DELIVERY_MODES.index(one.to), one.deferral.until if one.deferral else now, one.rule_id)
    )


def build_placement(
    rule: Subscription, outcome: Outcome, settings: ChannelSettings, *, now: datetime, posted: bool
) -> Placement:
    """By this rule alone. A reply in a thread is no new message for the channel, but the card that it needs is."""
    if deferral := _find_mute_deferral(settings, outcome.project, rule.id, at=now):
        return Placement(rule.id, DIGEST, deferral)
    if rule.rule.to == DIGEST:
        at = settings.hours.get_next_digest(rule.rule.at, now)
        return Placement(
            rule.id,
            DIGEST,
            find_deferral(settings, outcome.project, rule.id, at=at) or Deferral(DeferralReason.DIGEST, at),
        )
    is_new = rule.rule.to == MESSAGE or not posted
    quiet = settings.hours.find_quiet_end(now) if is_new and outcome.kind != _WAITS_FOR_PEOPLE else None
    return (
        Placement(rule.id, DIGEST, Deferral(DeferralReason.QUIET, quiet)) if quiet else Placement(rule.id, rule.rule.to)
    )


def find_deferral(settings: ChannelSettings, project: ProjectSlug, rule_id: int, *, at: datetime) -> Deferral | None:
    """What defers a digest of this at that moment; None when nothing does."""
    if deferral := _find_mute_deferral(settings, project, rule_id, at=at):
        return deferral
    quiet = settings.hours.find_quiet_end(at)
    return Deferral(DeferralReason.QUIET, quiet) if quiet else None


def _find_mute_deferral(
    settings: ChannelSettings, project: ProjectSlug, rule_id: int, *, at: datetime
) -> Deferral | None:
    """By the mute that lasts longest."""
    covering = [mute for mute in settings.mutes if mute.until > at and mute.covers(project, rule_id)]
    longest = max(covering, key=lambda mute: mute.until, default=None)
    return Deferral(DeferralReason.MUTED, longest.until, longest.made_by) if longest else None
