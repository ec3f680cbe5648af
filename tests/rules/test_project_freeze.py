"""What a freeze stops, for whom and when: of each act, whatever the policy says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_decision import Asker
from bot.rules.policy_line import ACT_FAMILIES
from bot.rules.policy_rank import Act
from bot.rules.project_freeze import STOPPED, Freeze, choose_longest

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
FREEZE = Freeze(
    id=1,
    workspace="T1",
    scope=ProjectScope.parse("gh/acme/web"),
    name="Black Friday",
    since=NOW,
    until=NOW + timedelta(days=3),
    exempt=("UGRACE", "S0DEPLOY"),
    made_by="UADA",
    made_at=NOW,
)
ADA = Asker(user="UADA")


def _act(name: str = "trigger", *, project: ProjectSlug | None = WEB, after: timedelta = timedelta()) -> Act:
    return Act(name=name, at=NOW + after, projects=frozenset({project}) if project else None)


@pytest.mark.parametrize("name", sorted({act for acts in ACT_FAMILIES.values() for act in acts} | {"logs"}))
def test_it_stops_starts_and_approvals_and_nothing_else(name: str) -> None:
    assert FREEZE.is_in_the_way(_act(name), ADA, final=True) == (name in STOPPED)
    assert not FREEZE.is_in_the_way(replace(_act(name), changes=False), ADA, final=True)


@pytest.mark.parametrize(
    ("after", "stops"),
    [(timedelta(seconds=-1), False), (timedelta(), True), (timedelta(days=3), False)],
)
def test_it_holds_from_its_begin_to_its_end(after: timedelta, *, stops: bool) -> None:
    assert FREEZE.is_in_the_way(_act(after=after), ADA, final=True) is stops


@pytest.mark.parametrize("asker", [Asker(user="UGRACE"), Asker(user="UEVE", groups=frozenset({"S0DEPLOY"}))])
def test_whom_it_names_goes_on(asker: Asker) -> None:
    assert not FREEZE.is_in_the_way(_act(), asker, final=True)


def test_what_is_not_known_yet_is_stopped_in_the_end_only() -> None:
    assert not FREEZE.is_in_the_way(_act(project=None), ADA, final=False)
    assert FREEZE.is_in_the_way(_act(project=None), ADA, final=True)
    assert replace(FREEZE, scope=None).is_in_the_way(_act(project=None), ADA, final=False)
    assert not FREEZE.is_in_the_way(_act(project=API), ADA, final=True)


@pytest.mark.parametrize(
    ("scope", "rule", "can"),
    [
        ("gh/acme", "gh/acme/web", True),
        ("gh/Acme", "gh/acme/web", True),
        ("gh/acme/web", "gh/acme", True),
        ("gh/acme/web", "gh/acme/w*", True),
        ("gh/acme/web", "gh/acme/api", False),
        ("gh/acme", "gh/other/web", False),
        ("gh/acme/w*", "gh/acme", True),
    ],
)
def test_a_rule_may_hear_of_a_frozen_project(scope: str, rule: str, *, can: bool) -> None:
    assert replace(FREEZE, scope=ProjectScope.parse(scope)).can_cover(ProjectScope.parse(rule)) is can
    assert replace(FREEZE, scope=None).can_cover(ProjectScope.parse(rule))


def test_of_overlapping_freezes_the_one_that_ends_last_is_said() -> None:
    longer = replace(FREEZE, id=2, until=NOW + timedelta(days=4))
    assert choose_longest([FREEZE, longer]) == longer
    assert choose_longest([]) is None
    assert FREEZE.end(NOW + timedelta(hours=1), "UEVE").until < FREEZE.until
