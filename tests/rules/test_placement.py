from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Outcome, ProjectScope
from bot.rules.fields import DELIVERY_MODES
from bot.rules.muting import DeferralReason, Mute
from bot.rules.placement import DIGEST, MESSAGE, THREAD, ChannelSettings, choose_placement, find_deferral
from bot.rules.quiet_hours import QuietHours
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription
from tests.plugins.each_case import each_case
from tests.plugins.factories import WEB

DAY = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
NIGHTS = ChannelSettings(QuietHours("UTC", (time(22), time(8))))
FAILED = Outcome(
    key="k", kind="failed", status="failed", project=WEB, pipeline_id="p", pipeline_number=1, workflow="build",
    workflow_id="w", branch="main", tag=None, happened_at=DAY,
)  # fmt: skip


def rules(*places: str, at: tuple[str, ...] = ("09:00",)) -> Sequence[Subscription]:
    return [
        Subscription(number, "T", "C", ProjectScope.parse("gh/acme"), Rule(to=to, at=at), "U1", DAY)
        for number, to in enumerate(places, 1)
    ]


def mute(until: datetime, scope: str | None = None, rule_id: int | None = None) -> Mute:
    return Mute("T", "C", until, "U9", DAY, ProjectScope.parse(scope) if scope else None, rule_id)


@pytest.mark.parametrize(
    ("places", "to"),
    [
        ((MESSAGE,), MESSAGE),
        ((DIGEST, THREAD, MESSAGE), MESSAGE),
        ((DIGEST, THREAD), THREAD),
        ((DIGEST,), DIGEST),
    ],
)
def test_of_several_rules_the_loudest_wins(places: tuple[str, ...], to: str) -> None:
    where = choose_placement(rules(*places), FAILED, ChannelSettings(), now=DAY, posted=False)
    assert where.to == to
    assert (where.deferral is not None) is (to == DIGEST)


def test_of_several_digests_the_next_one_tells_it() -> None:
    late, soon = rules(DIGEST, DIGEST)
    soon = replace(soon, rule=replace(soon.rule, at=("13:00",)))
    where = choose_placement([late, soon], FAILED, ChannelSettings(), now=DAY, posted=False)
    assert (where.rule_id, where.deferral and where.deferral.until) == (2, DAY + timedelta(hours=1))


@each_case(
    ("to", "kind", "standing", "why"),
    [
        (MESSAGE, "failed", False, DeferralReason.QUIET),
        (MESSAGE, "failed", True, DeferralReason.QUIET),
        (THREAD, "failed", False, DeferralReason.QUIET),
        (THREAD, "failed", True, None),
        (MESSAGE, "deployed", False, DeferralReason.QUIET),
        (THREAD, "rolled-back", True, None),
        (MESSAGE, "on-hold", False, None),
    ],
)
def test_quiet_hours_keep_what_would_be_news_but_no_approval(
    to: str, kind: str, standing: bool, why: str | None
) -> None:
    where = choose_placement(rules(to), replace(FAILED, kind=kind), NIGHTS, now=NIGHT, posted=standing)
    assert (where.deferral and where.deferral.why) == why
    assert where.deferral is None or where.deferral.until == MORNING


def test_a_digest_that_would_come_in_quiet_hours_comes_after_them() -> None:
    where = choose_placement(rules(DIGEST, at=("07:00",)), FAILED, NIGHTS, now=NIGHT, posted=False)
    assert (where.deferral and (where.deferral.why, where.deferral.until)) == (DeferralReason.QUIET, MORNING)


@each_case(
    ("one", "muted"),
    [
        (mute(DAY + timedelta(hours=1)), True),
        (mute(DAY), False),
        (mute(DAY + timedelta(hours=1), scope="gh/acme/web"), True),
        (mute(DAY + timedelta(hours=1), scope="gh/acme/api"), False),
        (mute(DAY + timedelta(hours=1), rule_id=1), True),
        (mute(DAY + timedelta(hours=1), rule_id=2), False),
    ],
)
def test_a_mute_keeps_what_it_covers_even_an_approval(one: Mute, muted: bool) -> None:
    where = choose_placement(
        rules(MESSAGE), replace(FAILED, kind="on-hold"), ChannelSettings(mutes=[one]), now=DAY, posted=True
    )
    assert (where.to, where.deferral and where.deferral.by) == ((DIGEST, "U9") if muted else (MESSAGE, None))


def test_a_muted_rule_silences_no_other() -> None:
    habits = ChannelSettings(mutes=[mute(DAY + timedelta(hours=1), rule_id=1)])
    assert choose_placement(rules(MESSAGE, THREAD), FAILED, habits, now=DAY, posted=True).to == THREAD


@given(
    st.lists(st.sampled_from(DELIVERY_MODES), min_size=1, max_size=4),
    st.sampled_from(["failed", "passed", "on-hold"]),
    st.lists(
        st.builds(mute, st.sampled_from([DAY, NIGHT, MORNING]), st.just(None), st.none() | st.integers(1, 4)),
        max_size=2,
    ),
    st.sampled_from([QuietHours(), NIGHTS.hours, QuietHours("UTC", weekends=True)]),
    st.sampled_from([DAY, NIGHT, MORNING]),
    st.booleans(),
)
def test_whatever_is_said_and_muted_it_is_told_at_once_or_at_a_time_to_come(
    places: list[str], kind: str, mutes: list[Mute], hours: QuietHours, now: datetime, standing: bool
) -> None:
    habits, outcome = ChannelSettings(hours, mutes), replace(FAILED, kind=kind)
    where = choose_placement(rules(*places), outcome, habits, now=now, posted=standing)
    if where.deferral is None:
        assert where.to in set(places) - {DIGEST}
        return
    assert where.to == DIGEST
    assert where.deferral.until > now
    assert where.deferral.why in {DIGEST, DeferralReason.QUIET, DeferralReason.MUTED}
    later, rounds = where.deferral.until, 0
    while again := find_deferral(habits, WEB, where.rule_id, at=later):
        later, rounds = again.until, rounds + 1
        assert rounds < 5, "it is told in the end"
