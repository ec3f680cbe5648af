from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.circleci.models import Release
from bot.circleci.pipeline_releases import MOST, PipelineRelease, pick_releases
from tests.plugins.factories import NOW

NAMES = {"web": "web", "stg": "staging", "prd": "production"}


def _try(number: int, place: str = "prd", state: str = "SUCCESS", **more: Any) -> Release:
    """What the pipeline of this number tried, a minute after the one before."""
    values = {"id": f"r{number}{place}", "pipeline_id": f"p{number}", "version": f"1.{number}", "component_id": "web"}
    begun = {"created_at": NOW + timedelta(minutes=number), "environment_id": place, "status": state}
    return Release(**{**values, **begun, **more})


def _pick(number: int, *tried: Release, before: tuple[PipelineRelease, ...] = ()) -> tuple[PipelineRelease, ...]:
    return pick_releases(f"p{number}", tried, NAMES, before)


def test_only_those_of_the_pipeline_with_the_names_of_their_places() -> None:
    (one,) = _pick(2, _try(2), _try(1))
    assert (one.component, one.environment, one.version, one.state) == ("web", "production", "1.2", "success")
    assert _pick(2, _try(2, "asia"))[0].environment == "asia"


@pytest.mark.parametrize(
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


def test_a_pipeline_that_runs_again_after_another_brings_back_what_it_had_deployed_and_promotes_nothing() -> None:
    """Where a project has no rollback pipeline."""
    first, staging = _try(1), _try(1, "stg")
    again = _try(1, id="again", created_at=NOW + timedelta(minutes=9))
    brought = {one.id: one for one in _pick(1, again, _try(2), first, staging)}
    assert [brought[each].is_rollback for each in ("r1prd", "r1stg", "again")] == [False, False, True]
    assert (brought["again"].replaced, brought["again"].promoted_from) == ("1.2", "")
    assert not {one.id: one for one in _pick(1, again, first)}["again"].is_rollback, "what ran there runs on"
