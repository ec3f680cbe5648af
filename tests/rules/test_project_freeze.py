"""What a freeze stops, for whom and when: of each act, whatever the policy says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ProjectScope, ProjectSlug
from bot.rules.policy_decision import Asker
from bot.rules.policy_line import ACT_FAMILIES
from bot.rules.policy_rank import Act
from bot.rules.project_freeze import STOPPED, Freeze, choose_longest
from tests.plugins.each_case import each_case

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


@each_case("name", sorted({act for acts in ACT_FAMILIES.values() for act in acts} | {"logs"}))
def test_it_stops_starts_and_approvals_and_nothing_else(name: str) -> None:
    assert FREEZE.is_in_the_way(_act(name), ADA, final=True) == (name in STOPPED)
    assert not FREEZE.is_in_the_way(replace(_act(name), changes=False), ADA, final=True)
    assert FREEZE.is_in_the_way(replace(_act(name), forward=True), ADA, final=True), "it brings what is newer"


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


@each_case(
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


freezes = st.builds(
    lambda begins, lasts, scope, exempt: replace(
        FREEZE,
        since=NOW + timedelta(hours=begins),
        until=NOW + timedelta(hours=begins + lasts),
        scope=ProjectScope.parse(scope) if scope else None,
        exempt=exempt,
    ),
    st.integers(-3, 3),
    st.integers(1, 4),
    st.sampled_from([None, "gh/acme", "gh/acme/w*", "gh/acme/web", "gh/acme/api", "gh/nobody/knows"]),
    st.sampled_from([(), ("UADA",), ("UGRACE", "S0DEPLOY"), ("UNOBODY", "S0NOBODY")]),
)


@given(st.lists(freezes, max_size=5), st.integers(-4, 8), st.sampled_from([WEB, API]))
def test_overlapping_freezes_stop_until_the_last_of_them_ends(
    several: list[Freeze], hours: int, project: ProjectSlug
) -> None:
    """Hour by hour: who is stopped by any is stopped, is told when the last ends, and is sent to whom none stops."""
    several = [replace(one, id=number) for number, one in enumerate(several)]
    act = _act(project=project, after=timedelta(hours=hours))
    standing = [one for one in several if one.is_in_the_way(act, ADA, final=True)]
    slow = [
        one for one in several if one.since <= act.at < one.until and one.covers(project) and ADA.user not in one.exempt
    ]
    assert standing == slow
    told = choose_longest(standing)
    assert told == choose_longest(standing[::-1])
    if told:
        assert told.until == max(one.until for one in standing)
        people = [Asker(user=who) for who in told.exempt if who.startswith("U")]
        assert not [one for one in people for freeze in standing if freeze.is_in_the_way(act, one, final=True)]


def test_of_overlapping_freezes_the_one_that_ends_last_is_said() -> None:
    longer = replace(FREEZE, id=2, until=NOW + timedelta(days=4))
    assert choose_longest([FREEZE, longer]) == longer
    assert choose_longest([]) is None
    assert choose_longest([longer, replace(FREEZE, exempt=("S0DEPLOY",))]) == replace(longer, exempt=("S0DEPLOY",))
    assert FREEZE.end(NOW + timedelta(hours=1), "UEVE").until < FREEZE.until
