"""Hours and freezes where clocks are put forward or back: by what the clocks show, and never earlier than said."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from bot.rules.mute_until import EndTime
from bot.rules.weekly_window import WeeklyWindow

FORWARD, BACK = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
MINUTE = timedelta(minutes=1)

moments = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([FORWARD, BACK]),
    st.integers(-36 * 60, 36 * 60),
)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@given(moments, clocks)
@example(BACK + timedelta(minutes=5), time(2, 15))
def test_until_a_time_of_the_clock_is_when_it_shows_that_next(now: datetime, at: time) -> None:
    until = EndTime(at=at).to_datetime(now, ZONE)
    shown = until.astimezone(BERLIN).time().replace(fold=0)
    assert now < until <= now + timedelta(hours=49)
    assert shown == at or until.astimezone(BERLIN).date() == FORWARD.astimezone(BERLIN).date()
    steps = int((until - now) / MINUTE)
    early = [now + MINUTE * step for step in range(1, steps)]
    assert not [one for one in early if one.astimezone(BERLIN).time().replace(fold=0) == at]


@given(moments, clocks, clocks)
def test_a_window_begins_and_ends_when_the_clocks_show_it(now: datetime, since: time, until: time) -> None:
    window = WeeklyWindow(since, until, ZONE)
    shown = now.astimezone(BERLIN).time().replace(fold=0, second=0, microsecond=0)
    inside = since <= shown < until if since < until else shown >= since or shown < until
    assert window.covers(now) == inside
