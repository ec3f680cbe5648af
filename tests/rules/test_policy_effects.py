"""What a change of the policy does for whom, and what is odd about it, as the engine itself decides."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.rules.policy_decision import Asker
from bot.rules.policy_effects import Crowd, find_effects, list_samples
from bot.rules.policy_line import EVERYBODY, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.weekly_window import parse_window

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADA, GRACE = Asker(user="UADA"), Asker(user="UGRACE", groups=frozenset({"S1"}))
CROWD = Crowd([ADA, GRACE], [ADA], NOW)
WEB = "gh/acme/web"


def _only(*who: str, act: str = "trigger", **scope: str) -> PolicyLine:
    return PolicyLine(Effect.ONLY, who, PolicyScope(act, **scope))


def test_who_loses_and_who_gains_is_told_with_those_whom_nobody_knows() -> None:
    closed = find_effects([], [_only("UADA")], CROWD)
    assert (closed.losing, closed.gaining) == ((EVERYBODY, "UGRACE"), ())
    opened = find_effects([_only("UADA")], [_only("UADA", "S1")], CROWD)
    assert (opened.losing, opened.gaining) == ((), ("S1", "UGRACE"))


def test_a_sibling_that_stays_open_is_pointed_out() -> None:
    lines = [PolicyLine(Effect.ALLOW, (EVERYBODY,), PolicyScope("rerun"))]
    assert find_effects(lines, [*lines, _only("UADA")], CROWD).open == ("rerun",)
    assert find_effects([], [_only("UADA")], CROWD).open == ()
    assert find_effects(lines, [*lines, _only("UADA", act="start")], CROWD).open == ("rerun",)


def test_a_line_that_nobody_satisfies_is_odd() -> None:
    both = [_only("UADA", project=WEB), _only("UGRACE", project=WEB)]
    assert find_effects(both[:1], both, CROWD).unmet == ()
    demands = Demands(2, ("UADA", "UGRACE"), four_eyes=True)
    three = PolicyLine(Effect.REQUIRE, (EVERYBODY,), PolicyScope("approve"), demands)
    assert find_effects([], [three], CROWD).unmet == (three,)
    denied = [_only("UADA"), PolicyLine(Effect.DENY, ("UADA",), PolicyScope("trigger"))]
    assert find_effects(denied[1:], denied, CROWD).unmet == (denied[0],)


def test_a_group_may_have_as_many_as_it_takes() -> None:
    wanted = PolicyLine(Effect.REQUIRE, (EVERYBODY,), PolicyScope("approve"), Demands(5, ("S1",)))
    assert find_effects([], [wanted], CROWD).unmet == ()


def test_no_admin_is_locked_out_unsaid() -> None:
    assert find_effects([], [_only("UGRACE")], CROWD).locked_out
    assert find_effects([], [_only("S1")], CROWD).locked_out
    assert not find_effects([], [_only("S1")], Crowd([GRACE], [GRACE], NOW)).locked_out
    assert not find_effects([_only("UGRACE")], [_only("UGRACE"), _only("UGRACE", project=WEB)], CROWD).locked_out


def test_a_sample_is_about_what_the_line_says_and_nothing_more() -> None:
    window = parse_window("sat 10:00-sat 11:00 Europe/Berlin")
    scope = PolicyScope("re*", "C1", "gh/acme/w*", "release/*", parameters=(("environment", "prod?"),), when=window)
    (act,) = list_samples(scope, NOW)
    assert (act.name, act.channel, act.branch, act.tag, act.hold) == ("rerun", "C1", "release/x", "", "")
    assert [str(one) for one in act.projects or ()] == ["gh/acme/wx"]
    assert act.parameters == {"environment": "prodx"}
    assert window.covers(act.at)
