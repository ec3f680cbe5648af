from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.circleci.request_meter import RequestCounts, RequestMeter

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_each_token_is_counted_by_itself_ever_and_of_the_last_hour() -> None:
    meter = RequestMeter()
    for minute in range(90):
        for _ in range(2):
            meter.record(b"ada", NOW + timedelta(minutes=minute))
    meter.record(b"grace", NOW)
    assert meter.get_counts(b"ada", NOW + timedelta(minutes=89)) == RequestCounts(180, 120)
    assert meter.get_counts(b"ada", NOW + timedelta(minutes=119)) == RequestCounts(180, 60)
    assert meter.get_counts(b"grace", NOW + timedelta(hours=2)) == RequestCounts(1, 0)
    assert meter.get_counts(b"eve", NOW) == RequestCounts(0, 0)
