from __future__ import annotations

import pytest

from bot.circleci.models import Workflow
from tests.plugins.each_case import each_case

AT = "2026-11-23T09:00:00Z"


@each_case("status", ["success", "failed", "error", "canceled", "unauthorized", "not_run"])
def test_terminal_statuses_have_ended(status: str) -> None:
    assert Workflow(id="1", status=status).has_ended


@pytest.mark.parametrize("status", ["running", "failing", "on_hold", "queued"])
def test_active_statuses_have_not_ended_whatever_else_is_said(status: str) -> None:
    assert not Workflow.model_validate({"id": "1", "status": status, "stopped_at": AT}).has_ended


def test_an_unknown_status_has_ended_once_it_stopped() -> None:
    assert not Workflow(id="1", status="simmering").has_ended
    assert Workflow.model_validate({"id": "1", "status": "evaporated", "stopped_at": AT}).has_ended


@each_case(
    ("status", "number", "most", "may"),
    [
        ("failed", None, 2, True),
        ("failed", 1, 2, True),
        ("failed", 2, 2, False),
        ("failed", None, None, False),
        ("success", None, 2, False),
    ],
)
def test_an_automatic_rerun_may_follow_a_failure(
    status: str, number: int | None, most: int | None, *, may: bool
) -> None:
    workflow = Workflow(id="1", status=status, auto_rerun_number=number, max_auto_reruns=most)
    assert workflow.can_rerun_itself is may


def test_a_duration_is_known_once_it_stopped() -> None:
    body = {"id": "1", "created_at": AT, "stopped_at": "2026-11-23T09:01:30.5Z"}
    assert Workflow.model_validate(body).duration_s == 90.5
    assert Workflow.model_validate({**body, "stopped_at": None}).duration_s is None
    assert Workflow.model_validate({**body, "stopped_at": "2026-11-23T08:59:59Z"}).duration_s == 0.0


def test_a_time_without_a_zone_is_utc() -> None:
    workflow = Workflow.model_validate({"id": "1", "created_at": "2026-11-23T09:00:00", "stopped_at": ""})
    assert workflow.created_at is not None
    assert workflow.created_at.isoformat() == "2026-11-23T09:00:00+00:00"
    assert workflow.stopped_at is None


def test_a_time_that_cannot_be_read_is_none_and_spoils_nothing_else() -> None:
    workflow = Workflow.model_validate({"id": "1", "name": "build", "created_at": "the other day", "stopped_at": 7.5})
    assert (workflow.name, workflow.created_at) == ("build", None)
    assert workflow.stopped_at is not None
