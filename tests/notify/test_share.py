from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.circleci.budget import Budget
from bot.notify.share import Share

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
IN_A_MINUTE = NOW.timestamp() + 60


def test_what_remains_is_shared_equally() -> None:
    assert Share.of(Budget(600, IN_A_MINUTE), kept=0, sharers=6, now=NOW) == Share(100, 60)


def test_a_part_of_the_limit_is_left_to_the_tokens_owner() -> None:
    assert Share.of(Budget(600, IN_A_MINUTE, limit=1000), kept=0.2, sharers=4, now=NOW) == Share(100, 60)


def test_however_little_there_is_nobody_starves() -> None:
    share = Share.of(Budget(2, IN_A_MINUTE), kept=0, sharers=50, now=NOW)
    assert share is not None
    assert (share.requests, share.pipelines) == (1, 1)
    assert share.wait(50) == timedelta(seconds=60)


def test_a_budget_whose_reset_is_over_or_unknown_says_nothing() -> None:
    assert Share.of(Budget(0, NOW.timestamp() - 1), kept=0, sharers=1, now=NOW) is None
    assert Share.of(Budget(0, None), kept=0, sharers=1, now=NOW) is None


def test_whoever_read_much_waits_longer_and_whoever_has_plenty_hardly_at_all() -> None:
    poor, rich = Share(30, 60), Share(6000, 60)
    assert poor.wait(0) == timedelta(seconds=2)
    assert poor.wait(5) == timedelta(seconds=42)
    assert rich.wait(5) < timedelta(seconds=1)
