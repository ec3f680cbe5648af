from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.circleci.request_meter import Made, Meter

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_each_token_is_counted_by_itself_ever_and_of_the_last_hour() -> None:
    meter = Meter()
    for minute in range(90):
        for _ in range(2):
            meter.count(b"ada", NOW + timedelta(minutes=minute))
    meter.count(b"grace", NOW)
    assert meter.made(b"ada", NOW + timedelta(minutes=89)) == Made(180, 120)
    assert meter.made(b"ada", NOW + timedelta(minutes=119)) == Made(180, 60)
    assert meter.made(b"grace", NOW + timedelta(hours=2)) == Made(1, 0)
    assert meter.made(b"eve", NOW) == Made(0, 0)
