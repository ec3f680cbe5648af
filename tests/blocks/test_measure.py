from __future__ import annotations

from bot.blocks.measure import format_count, format_percent, format_rate, format_seconds, format_trend
from tests.plugins.each_case import each_case


@each_case(
    ("share", "shown"),
    [(None, "—"), (0.0, "0\u00a0%"), (1.0, "100\u00a0%"), (0.9996, "99.9\u00a0%"), (0.9234, "92.3\u00a0%")],
)
def test_a_share_is_never_rounded_up_to_all(share: float | None, shown: str) -> None:
    assert format_percent(share) == shown


@each_case(
    ("trend", "shown"),
    [(None, "—"), (-1.0, "—"), (0.0, "—"), (1.0, "no change"), (1.126, "+13\u00a0%"), (0.5, "-50\u00a0%")],
)
def test_a_trend_is_the_change_that_circlecis_ratio_means(trend: float | None, shown: str) -> None:
    assert format_trend(trend) == shown


def test_what_is_unknown_is_a_dash_and_what_is_rare_no_zero() -> None:
    assert [format_seconds(None), format_count(None), format_rate(None)] == ["—", "—", "—"]
    assert [
        format_rate(0.03),
        format_rate(0.0),
        format_rate(13.66),
        format_seconds(402.4),
        *map(format_count, (9_999, 12_345, 360_000, 999_960, 1_234_567)),
    ] == [
        "< 0.1",
        "0.0",
        "13.7",
        "6m 42s",
        "9,999",
        "12.3K",
        "360K",
        "1M",
        "1.2M",
    ]
