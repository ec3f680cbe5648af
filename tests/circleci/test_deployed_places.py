from __future__ import annotations

import pytest

from bot.circleci.models import Release
from tests.blocks.test_deploy_blocks import make_place, make_release, make_version


def test_where_no_version_is_marked_what_was_deployed_last_runs() -> None:
    place = make_place("production", [make_version("2", 341), make_version("1", 340)])
    assert place.live is place.versions[0]
    assert [one.name for one in place.list_earlier()] == ["1"]


def test_where_nothing_was_deployed_nothing_runs() -> None:
    assert make_place("production", []).live is None


FAILED, BACK = make_release("2", "FAILED"), make_release("1", "Success", is_rollback=True)
NEWER, MOVING = make_release("3", "success"), make_release("4", "Running")


@pytest.mark.parametrize(
    ("releases", "undone", "under_way"),
    [
        ([FAILED], FAILED, None),
        ([BACK, FAILED], FAILED, None),
        ([NEWER, FAILED], None, None),
        ([MOVING, NEWER, FAILED], None, MOVING),
        ([MOVING, FAILED], FAILED, MOVING),
        ([], None, None),
    ],
)
def test_what_failed_is_told_until_something_newer_succeeds(
    releases: list[Release], undone: Release | None, under_way: Release | None
) -> None:
    place = make_place("production", [make_version("1", 340, live=True)], releases)
    assert (place.undone, place.under_way) == (undone, under_way)


def test_what_only_failed_is_not_brought_back() -> None:
    versions = [make_version("3", 342, live=True), make_version("2", 341), make_version("1", 340)]
    place = make_place("production", versions, [NEWER, FAILED, make_release("1", "success")])
    assert [one.name for one in place.list_earlier()] == ["1"]
