from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.rules import quiet_hours
from bot.rules.quiet_hours import QuietHours
from tests.plugins.each_case import each_case

NIGHTS = QuietHours("Europe/Berlin", (time(22), time(8)))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds it
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
HOURS = st.builds(
    QuietHours,
    ZONES,
    st.none() | st.tuples(CLOCKS, CLOCKS).filter(lambda span: span[0] != span[1]),
    st.booleans(),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@each_case(
    ("now", "until"),
    [
        ("2026-11-25T21:59+01:00", None),
        ("2026-11-25T22:00+01:00", "2026-11-26T08:00+01:00"),
        ("2026-11-26T03:00+01:00", "2026-11-26T08:00+01:00"),
        ("2026-11-26T08:00+01:00", None),
        ("2026-06-25T23:00+02:00", "2026-06-26T08:00+02:00"),
        ("2026-03-28T23:00+01:00", "2026-03-29T08:00+02:00"),
        ("2026-10-24T23:00+02:00", "2026-10-25T08:00+01:00"),
    ],
)
def test_nights_are_those_of_the_zone_also_where_clocks_are_changed(now: str, until: str | None) -> None:
    assert NIGHTS.find_quiet_end(at(now)) == (at(until) if until else None)


def test_a_night_and_a_weekend_that_meet_are_one_quiet() -> None:
    both = QuietHours("Europe/Berlin", (time(22), time(8)), weekends=True)
    assert both.find_quiet_end(at("2026-11-27T23:00+01:00")) == at("2026-11-30T08:00+01:00")
    assert both.find_quiet_end(at("2026-11-28T12:00+01:00")) == at("2026-11-30T08:00+01:00")
    only = QuietHours("Europe/Berlin", weekends=True)
    assert only.find_quiet_end(at("2026-11-27T23:59+01:00")) is None
    assert only.find_quiet_end(at("2026-11-29T23:00+01:00")) == at("2026-11-30T00:00+01:00")


def test_an_hour_that_the_clock_skips_ends_an_hour_later_and_one_that_it_repeats_ends_the_first_time() -> None:
    early = QuietHours("Europe/Berlin", (time(1), time(2, 30)))
    assert early.find_quiet_end(at("2026-03-29T01:30+01:00")) == at("2026-03-29T03:30+02:00")
    assert early.find_quiet_end(at("2026-10-25T02:15+02:00")) == at("2026-10-25T02:30+02:00")
    assert early.find_quiet_end(at("2026-10-25T02:15+01:00")) is None


@settings(max_examples=200)
@given(HOURS, MOMENTS)
def test_whenever_it_is_quiet_it_stays_so_until_the_end_and_not_longer(one: QuietHours, now: datetime) -> None:
    until = one.find_quiet_end(now)
    if until is None:
        return
    assert now < until
    assert one.find_quiet_end(until) is None
    assert one.find_quiet_end(now + (until - now) / 2) == until


@settings(max_examples=200)
@given(HOURS, st.lists(CLOCKS, min_size=1, max_size=3), MOMENTS)
def test_the_next_digest_is_within_a_day_and_none_is_skipped(
    one: QuietHours, clocks: list[time], now: datetime
) -> None:
    times = tuple(f"{clock:%H:%M}" for clock in clocks)
    at_ = one.get_next_digest(times, now)
    assert now < at_ <= now + timedelta(hours=25)
    assert one.get_next_digest(times, now + (at_ - now) / 2) == at_


@each_case(
    ("zone", "now", "next_at"),
    [
        ("Europe/Berlin", "2026-11-25T10:20+01:00", "2026-11-25T11:00+01:00"),
        ("Asia/Kolkata", "2026-11-25T10:20+05:30", "2026-11-25T11:00+05:30"),
        ("Europe/Berlin", "2026-10-25T02:20+02:00", "2026-10-25T02:00+01:00"),
    ],
)
def test_an_hourly_digest_comes_at_the_zones_own_full_hour(zone: str, now: str, next_at: str) -> None:
    assert QuietHours(zone).get_next_digest(("hourly",), at(now)) == at(next_at)


@each_case(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_known_by_its_name_and_by_its_city(text: str, name: str) -> None:
    assert quiet_hours.parse_zone(text) == name


@each_case("text", ["Europe/Berlim", "nowhere", "", "../etc/passwd"])
def test_a_zone_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="do not know the time zone"):
        quiet_hours.parse_zone(text)


@each_case(("text", "said"), [("22-8", "22:00-08:00"), ("10pm – 7:30am", "22:00-07:30"), ("0:00-6", "00:00-06:00")])
def test_hours_read_as_people_write_them(text: str, said: str) -> None:
    assert quiet_hours.format_quiet_hours(quiet_hours.parse_quiet_hours(text)) == said


@each_case("text", ["", "22:00", "22:00-", "8-8", "22:00-25:00", "13pm-8", "8:60-9", "tonight-tomorrow"])
def test_hours_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        quiet_hours.parse_quiet_hours(text)
