from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import DEFAULT_KINDS, OUTCOME_KINDS, Outcome, ProjectSlug, Subscription
from bot.notify.match import matches

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEB = ProjectSlug("gh", "acme", "web")

RULE = Subscription(
    id=1,
    workspace="T",
    channel="C",
    project=WEB,
    branch="*",
    workflow="*",
    only=DEFAULT_KINDS,
    made_by="U",
    made_at=NOW,
)
OUTCOME = Outcome(
    key="w:failed", kind="failed", status="failed", project=WEB, pipeline_id="p", pipeline_number=7,
    workflow="build-and-test", workflow_id="w", branch="main", tag=None, happened_at=NOW,
)  # fmt: skip


def test_a_plain_rule_hears_failures_recoveries_and_holds() -> None:
    heard = {kind for kind in OUTCOME_KINDS if matches(RULE, replace(OUTCOME, kind=kind))}
    assert heard == {"failed", "recovered", "on-hold", "errored", "unauthorized"}


def test_all_means_every_kind() -> None:
    rule = replace(RULE, only=frozenset({"all"}))
    assert all(matches(rule, replace(OUTCOME, kind=kind)) for kind in OUTCOME_KINDS)


def test_who_wants_successes_hears_recoveries_too() -> None:
    rule = replace(RULE, only=frozenset({"passed"}))
    assert matches(rule, replace(OUTCOME, kind="recovered"))
    assert not matches(rule, OUTCOME)


@pytest.mark.parametrize(
    ("rule", "outcome", "heard"),
    [
        ({"branch": "release/*"}, {"branch": "release/1.2"}, True),
        ({"branch": "release/*"}, {"branch": "main"}, False),
        ({"branch": "main"}, {"branch": "Main"}, False),
        ({"branch": "*"}, {"branch": None, "tag": "v1"}, True),
        ({"branch": "main"}, {"branch": None, "tag": "v1"}, False),
        ({"workflow": "deploy*"}, {"workflow": "deploy-preview"}, True),
        ({"workflow": "deploy*"}, {"workflow": "build"}, False),
        ({"project": ProjectSlug("gh", "acme", "api")}, {}, False),
    ],
)
def test_a_rule_hears_its_project_branches_and_workflows(rule: dict, outcome: dict, heard: bool) -> None:  # type: ignore[type-arg]  # parametrized values
    assert matches(replace(RULE, **rule), replace(OUTCOME, **outcome)) is heard


def test_what_happened_before_the_rule_is_not_news() -> None:
    assert not matches(RULE, replace(OUTCOME, happened_at=NOW - timedelta(minutes=5)))
    assert matches(RULE, replace(OUTCOME, happened_at=NOW - timedelta(seconds=20)))
