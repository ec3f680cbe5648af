from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from bot.circleci.models import Pipeline
from bot.domain import ProjectSlug
from bot.domain.project_feeds import PolledProject
from bot.notify.poll.discovery import OVERLAP, fetch_new_in_project, find_newest_at, get_known_until, is_new

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WATCH = PolledProject(ProjectSlug("gh", "acme", "web"), 40, NOW, 0, None, newest_at=NOW)


def _pipeline(number: int, made_at: datetime | None = NOW) -> Pipeline:
    return Pipeline(id=f"p{number}", number=number, created_at=made_at)


def test_a_higher_number_is_new_however_far_it_jumps() -> None:
    assert is_new(WATCH, _pipeline(41), NOW)
    assert is_new(WATCH, _pipeline(4000, None), NOW)


def test_numbers_that_begin_again_are_told_by_when_they_were_made() -> None:
    assert is_new(WATCH, _pipeline(1, NOW + SECOND), NOW)
    assert not is_new(WATCH, _pipeline(1, NOW - timedelta(days=30)), NOW)


async def test_a_pipeline_without_a_number_hides_none_behind_it_and_is_no_mark() -> None:
    class Listing:
        async def list_pipelines(self, _slug: ProjectSlug, *, pages: int) -> AsyncIterator[Pipeline]:
            assert pages
            for number in (0, 42, 0, 41, 40, 39):
                yield _pipeline(number, NOW - timedelta(days=1))

    found = await fetch_new_in_project(Listing(), WATCH, NOW)  # type: ignore[arg-type] # it lists, and that is all
    assert [one.number for one in found.pipelines] == [41, 0, 42, 0]
    assert found.cursor == 42


def test_what_shows_up_late_is_looked_at_though_something_newer_is_known() -> None:
    assert is_new(WATCH, _pipeline(39, NOW - OVERLAP + SECOND), NOW)
    assert not is_new(WATCH, _pipeline(39, NOW - OVERLAP), NOW)


def test_nothing_shows_up_late_in_a_project_that_rests() -> None:
    tomorrow = NOW + timedelta(days=1) + SECOND
    assert get_known_until(NOW, tomorrow) == NOW
    assert not is_new(WATCH, _pipeline(40), tomorrow)


def test_the_newest_is_the_one_that_circleci_made_last() -> None:
    pipelines = [_pipeline(41, NOW + SECOND), _pipeline(42, None), _pipeline(40)]
    assert find_newest_at(pipelines, None) == NOW + SECOND
    assert find_newest_at(pipelines, NOW + 2 * SECOND) == NOW + 2 * SECOND
    assert find_newest_at([], None) is None
