from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.circleci.models import Release
from bot.circleci.pipeline_releases import MOST, PipelineRelease, pick_releases
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, make_pipeline

NAMES = {"web": "web", "stg": "staging", "prd": "production"}


def _try(number: int, place: str = "prd", state: str = "SUCCESS", **more: Any) -> Release:
    """What the pipeline of this number tried, a minute after the one before."""
    values = {"id": f"r{number}{place}", "pipeline_id": f"p{number}", "version": f"1.{number}", "component_id": "web"}
    begun = {"created_at": NOW + timedelta(minutes=number), "environment_id": place, "status": state}
    return Release(**{**values, **begun, **more})


def _pick(
    number: int, *tried: Release, before: tuple[PipelineRelease, ...] = (), is_cut: bool = False
) -> tuple[PipelineRelease, ...]:
    """Each pipeline began half a minute before its first attempt."""
    pipeline = make_pipeline(id=f"p{number}", created_at=NOW + timedelta(minutes=number - 0.5))
    return pick_releases(pipeline, tried, NAMES, before=before, is_cut=is_cut)


def test_only_those_of_the_pipeline_with_the_names_of_their_places() -> None:
    (one,) = _pick(2, _try(2), _try(1))
    assert (one.component, one.environment, one.version, one.state) == ("web", "production", "1.2", "success")
    assert _pick(2, _try(2, "asia"))[0].environment == "asia"


@each_case(
    ("tried", "replaced"),
    [
        ([_try(1)], "1.1"),
        ([_try(1), _try(2, state="FAILED")], "1.1"),
        ([_try(1, "stg")], ""),
        ([_try(1, version="1.3")], ""),
        ([_try(1, namespace="blue")], ""),
        ([], ""),
    ],
)
def test_it_replaces_what_ran_at_the_same_place(tried: list[Release], replaced: str) -> None:
    assert _pick(3, _try(3), *tried)[0].replaced == replaced


def test_a_version_that_ran_elsewhere_before_is_promoted() -> None:
    staging = _try(3, "stg", id="r0", created_at=NOW)
    both = {one.environment: one.promoted_from for one in _pick(3, _try(3), staging)}
    assert both == {"staging": "", "production": "staging"}


def test_a_rollback_names_what_it_takes_away_and_why() -> None:
    bad = _try(2, state="FAILED", failure_reason="Validation failed: 5%")
    (back,) = _pick(3, _try(3, version="1.1", is_rollback=True), bad, _try(1))
    assert (back.version, back.replaced, back.reason, back.promoted_from) == ("1.1", "1.2", "Validation failed: 5%", "")


def _again(number: int, minute: int, place: str = "prd", **more: Any) -> Release:
    """The same pipeline at that later minute."""
    return _try(number, place, id=f"r{minute}{place}", created_at=NOW + timedelta(minutes=minute), **more)


BOTH = [_try(1, "stg"), _try(1), _try(2, "stg"), _try(2)]
"""Two versions, each in staging and production."""


@each_case(
    ("tried", "is_return", "promoted", "replaced"),
    [
        # its workflow runs again after another version: it goes back, and promotes nothing
        ([*BOTH, _again(1, 8, "stg"), _again(1, 9)], True, "", "1.2"),
        ([*BOTH, _again(1, 9)], True, "", "1.2"),
        ([*BOTH, _again(1, 9, state="RUNNING")], True, "", "1.2"),
        ([*BOTH, _again(1, 9, state="FAILED")], True, "", "1.2"),
        # what runs there is deployed once more
        ([_try(1, "stg"), _try(1), _again(1, 9)], False, "", ""),
        # it was rolled back, and comes again: that goes forward
        ([*BOTH, _again(2, 5, version="1.1", is_rollback=True), _again(2, 9)], False, "", "1.1"),
        # it failed there before, or ran in another namespace only
        ([_try(1, "stg"), _try(1, state="FAILED"), _try(2, "stg"), _try(2), _again(1, 9)], False, "staging", "1.2"),
        ([_try(1, "stg"), _try(1, namespace="blue"), _try(2), _again(1, 9)], False, "staging", "1.2"),
        # another pipeline made a version of that name
        ([*BOTH, _again(3, 9, version="1.1")], False, "", "1.2"),
    ],
)
def test_what_ran_there_before_is_brought_back_whatever_circleci_calls_it(
    tried: list[Release], is_return: bool, promoted: str, replaced: str
) -> None:
    number = int(tried[-1].pipeline_id[1:])
    last = {one.id: one for one in _pick(number, *tried)}[tried[-1].id]
    assert (last.brings_back, last.promoted_from, last.replaced) == (is_return, promoted, replaced)


@pytest.mark.parametrize(
    ("seen", "before", "is_return", "promoted"),
    [
        # the page ends after the pipeline began: perhaps it ran there before
        ([_try(2), _again(1, 8, "stg"), _again(1, 9)], [], False, ""),
        # but it is known what this pipeline did
        ([_try(2), _again(1, 8, "stg"), _again(1, 9)], [_try(1, "stg"), _try(1)], True, ""),
        # the page reaches back to before it began
        ([_try(0), _try(1, "stg"), _again(1, 9)], [], False, "staging"),
        # another pipeline brings it on: perhaps for the second time, however far back the page reaches
        ([_try(1, "stg"), _again(3, 9, version="1.1")], [], False, ""),
        ([_try(0), _try(1, "stg"), _again(3, 9, version="1.1")], [], False, ""),
        # and perhaps what it brings to staging itself has been everywhere before
        (
            [_try(0), _try(1, state="FAILED"), _again(3, 8, "stg", version="1.1"), _again(3, 9, version="1.1")],
            [],
            False,
            "",
        ),
    ],
)
def test_of_what_no_page_shows_nothing_is_said(
    seen: list[Release], before: list[Release], is_return: bool, promoted: str
) -> None:
    number = int(seen[-1].pipeline_id[1:])
    last = _pick(number, *seen, before=_pick(number, *before), is_cut=True)[-1]
    assert (last.brings_back, last.promoted_from) == (is_return, promoted)


@pytest.mark.parametrize(
    ("states", "reason", "validated"),
    [
        (["VALIDATING", "FAILED"], "too slow", True),
        (["RUNNING", "FAILED"], "Validation failed", True),
        (["RUNNING", "FAILED"], "deploy-production failed", False),
    ],
)
def test_whether_its_validation_decided(states: list[str], reason: str, validated: bool) -> None:
    known: tuple[PipelineRelease, ...] = ()
    for state in states:
        known = _pick(1, _try(1, state=state, failure_reason=reason if state == "FAILED" else ""), before=known)
    assert known[0].was_validated is validated


def test_what_has_ended_stays_as_it_was_read_also_when_nothing_shows_it_any_more() -> None:
    known = _pick(2, _try(2), _try(1))
    assert _pick(2, _try(2), before=known) == known
    assert _pick(2, before=known) == known


def test_what_strangers_write_is_bounded() -> None:
    long = "x" * 5000
    many = [_try(1, id=f"r{number}", version=long, failure_reason=long) for number in range(MOST + 5)]
    found = _pick(1, _try(1, id=long), *many)
    assert len(found) == MOST
    assert max(len(text) for one in found for text in one.model_dump().values() if isinstance(text, str)) <= 200


def test_the_twenty_oldest_of_a_pipeline_are_followed_to_their_end() -> None:
    places = [f"e{number}" for number in range(MOST + 1)]
    running = _pick(1, *(_try(1, place, "RUNNING") for place in places))
    ended = _pick(1, *(_try(1, place) for place in places), before=running)
    assert [one.environment for one in ended] == places[:MOST]
    assert {one.state for one in ended} == {"success"}
