from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.circleci.budget import Budget
from bot.notify.poll.token_quota import TokenQuota

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
IN_A_MINUTE = NOW.timestamp() + 60


def _share(budget: Budget, *others: float, kept: float = 0) -> TokenQuota | None:
    return TokenQuota.from_budget(budget, kept=kept, others=others, now=NOW)


def test_what_remains_is_shared_equally_among_those_who_want_it() -> None:
    assert _share(Budget(600, IN_A_MINUTE), *[100.0] * 5) == TokenQuota(100, 60)


def test_who_wants_little_gets_that_and_the_others_share_what_they_leave() -> None:
    assert _share(Budget(600, IN_A_MINUTE), 1.0, 1.0, 100.0, 100.0) == TokenQuota(160, 60)


def test_a_hundred_projects_that_rest_leave_nearly_everything_to_one_that_moves() -> None:
    assert _share(Budget(5000, NOW.timestamp() + 3600), *[1 / 360] * 100) == TokenQuota(4000, 3600)


def test_a_part_of_the_limit_is_left_to_the_tokens_owner() -> None:
    assert _share(Budget(600, IN_A_MINUTE, limit=1000), *[9.0] * 3, kept=0.2) == TokenQuota(100, 60)


def test_however_little_there_is_nobody_starves() -> None:
    share = _share(Budget(2, IN_A_MINUTE), *[1.0] * 50)
    assert share is not None
    assert (share.requests, share.pipelines) == (1, 1)
    assert share.get_wait(50) == timedelta(seconds=60)


def test_a_budget_whose_reset_is_over_or_unknown_says_nothing() -> None:
    assert _share(Budget(0, NOW.timestamp() - 1)) is None
    assert _share(Budget(0, None)) is None


def test_whoever_read_much_waits_longer_and_whoever_has_plenty_hardly_at_all() -> None:
    poor, rich = TokenQuota(30, 60), TokenQuota(6000, 60)
    assert poor.get_wait(0) == timedelta(seconds=2)
    assert poor.get_wait(5) == timedelta(seconds=42)
    assert rich.get_wait(5) < timedelta(seconds=1)
