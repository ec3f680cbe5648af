"""The most specific line wins, deny among equals, in whatever order they stand; and early answers keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ProjectSlug
from bot.rules.policy_decision import Asker, decide, find_demands
from bot.rules.policy_line import ACT_FAMILIES, Demands, Effect, PolicyLine, PolicyScope
from bot.rules.policy_rank import Act
from bot.rules.weekly_window import parse_window
from tests.plugins.each_case import each_case

NOW = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)  # a Friday
WEB, API = ProjectSlug("gh", "acme", "web"), ProjectSlug("gh", "acme", "api")
ACTS = ["trigger", "rerun", "approve", "decline", "cancel", "env", "mute", "logs"]

scopes = st.builds(
    PolicyScope,
    act=st.sampled_from([*ACTS, *ACT_FAMILIES, "*", "re*", "a*"]),
    channel=st.sampled_from(["*", "C01", "C02"]),
    project=st.sampled_from(["*", "gh/acme", "gh/acme/web", "gh/acme/w*", "GH/Acme/API"]),
    branch=st.sampled_from([None, "main", "m*", "*"]),
    hold=st.sampled_from([None, "production", "prod*"]),
    parameters=st.sampled_from([(), (("environment", "production"),), (("environment", "p*"), ("deploy", "true"))]),
    when=st.sampled_from([None, parse_window("fri 16:00-mon 08:00"), parse_window("01:00-02:00")]),
)
lines = st.builds(
    PolicyLine,
    effect=st.sampled_from([Effect.ALLOW, Effect.ONLY, Effect.DENY]),
    who=st.lists(
        st.sampled_from(["UA", "UB", "S01", "S02", "guests", "external", "everybody"]), max_size=3, unique=True
    ).map(tuple),
    scope=scopes,
)
policies = st.lists(lines, max_size=6)
askers = st.builds(
    Asker,
    user=st.sampled_from(["UA", "UB", "UC"]),
    groups=st.frozensets(st.sampled_from(["S01", "S02"])),
    guest=st.booleans(),
    external=st.booleans(),
)
acts = st.builds(
    Act,
    name=st.sampled_from(ACTS),
    at=st.just(NOW),
    changes=st.booleans(),
    channel=st.sampled_from(["C01", "C02", "D1"]),
    homes=st.frozensets(st.sampled_from(["C01", "C02"])),
    projects=st.sampled_from([WEB, API]).map(lambda one: frozenset({one})),
    branch=st.sampled_from(["main", "other", ""]),
    tag=st.just(""),
    workflow=st.just("build"),
    hold=st.sampled_from(["production", "staging", ""]),
    parameters=st.sampled_from([{}, {"environment": "production"}, {"environment": "production", "deploy": "true"}]),
)


def _line(effect: str, who: str, act: str = "*", channel: str = "*", **scope: object) -> PolicyLine:
    return PolicyLine(Effect(effect), tuple(who.split()), PolicyScope(act, channel, **scope))  # type: ignore[arg-type]  # drawn


@given(policies, askers, acts, st.data())
def test_the_order_of_lines_says_nothing(said: list[PolicyLine], asker: Asker, act: Act, data: st.DataObject) -> None:
    assert decide(said, asker, act) == decide(data.draw(st.permutations(said)), asker, act)


demanding = st.builds(
    PolicyLine,
    effect=st.just(Effect.REQUIRE),
    who=st.sampled_from([("everybody",), ("UA",), ("S01", "guests"), ("S0NOBODY", "UNOBODY")]),
    scope=scopes,
    demands=st.builds(
        Demands,
        approvals=st.integers(0, 3),
        approvers=st.sampled_from([(), ("S01",), ("UB", "UC")]),
        four_eyes=st.booleans(),
        reason=st.booleans(),
        expires_s=st.sampled_from([None, 60, 600]),
    ),
)


@given(st.lists(demanding | lines, max_size=6), askers, acts, st.data())
def test_the_order_of_lines_demands_nothing(
    said: list[PolicyLine], asker: Asker, act: Act, data: st.DataObject
) -> None:
    assert find_demands(said, asker, act) == find_demands(data.draw(st.permutations(said)), asker, act)


@given(policies, lines, askers, acts)
def test_a_line_about_what_nobody_knows_changes_nothing_for_others(
    said: list[PolicyLine], one: PolicyLine, asker: Asker, act: Act
) -> None:
    """A person or a group that there is not, but for `only`, which keeps all others out; a project that is another."""
    before = decide(said, asker, act).allowed
    unknown = replace(one, who=("UNOBODY", "S0NOBODY"))
    if one.effect is not Effect.ONLY and one.scope.act not in ACTS:
        assert decide([*said, unknown], asker, act).allowed == before
    elsewhere = replace(one, scope=replace(one.scope, project="gh/nobody/knows"))
    assert decide([*said, elsewhere], asker, act).allowed == before


@given(policies, lines, askers, acts)
def test_a_line_that_allows_forbids_nothing_and_one_that_forbids_allows_nothing(
    said: list[PolicyLine], one: PolicyLine, asker: Asker, act: Act
) -> None:
    """But for siblings: a line of its own frees an act from those of its family's other acts."""
    if one.scope.act in ACTS:
        one = replace(one, scope=replace(one.scope, act="*"))
    before, after = decide(said, asker, act).allowed, decide([*said, one], asker, act).allowed
    if one.effect is Effect.ALLOW:
        assert after or not before
    if one.effect is Effect.DENY:
        assert before or not after


@given(policies, lines, askers, acts, st.sampled_from([Effect.DENY, Effect.ONLY, Effect.REQUIRE]))
def test_a_stricter_line_opens_nothing(
    said: list[PolicyLine], one: PolicyLine, asker: Asker, act: Act, effect: Effect
) -> None:
    """But `only` to whom it names."""
    one = replace(one, effect=effect)
    if effect is Effect.ONLY and not {asker.user, *asker.groups, "guests", "external", "everybody"}.isdisjoint(one.who):
        return
    assert decide(said, asker, act).allowed or not decide([*said, one], asker, act).allowed


@each_case(
    ("first", "second", "act"),
    [
        (_line("only", "UB", "trigger"), _line("deny", "guests", "rerun"), "rerun"),
        (_line("deny", "everybody", "trigger", branch="main"), _line("allow", "UB", "rerun", hold="lint"), "rerun"),
        (_line("only", "UB", "decline"), _line("require", "everybody", "approve"), "approve"),
    ],
)
def test_a_line_of_its_own_opens_an_act_to_nobody_whom_it_does_not_let(
    first: PolicyLine, second: PolicyLine, act: str
) -> None:
    done = Act(name=act, at=NOW, channel="C01", projects=frozenset({WEB}), branch="main", parameters={})
    assert not decide([first, second], Asker(user="UA"), done).allowed


GLOBS = st.text("ab*?", min_size=1, max_size=4)


@given(GLOBS, GLOBS, st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_an_allow_wins_only_where_all_that_it_matches_is_forbidden_too(
    denied: str, allowed: str, branch: str, other: str
) -> None:
    act = Act(name="trigger", at=NOW, channel="C01", projects=frozenset({WEB}), branch=branch, parameters={})
    for for_branch in (True, False):
        lines_ = [
            _line(effect, "UA", "start", **({"branch": glob} if for_branch else {"parameters": (("x", glob),)}))
            for effect, glob in (("deny", denied), ("allow", allowed))
        ]
        of = replace(act, parameters={"x": branch})
        if fnmatchcase(branch, denied) and decide(lines_, Asker(user="UA"), of).allowed:
            assert not fnmatchcase(other, allowed) or fnmatchcase(other, denied)


def test_parameters_are_compared_name_by_name() -> None:
    values = {"environment": "production", "fast": "true"}
    act = Act(name="trigger", at=NOW, channel="C01", projects=frozenset({WEB}), branch="main", parameters=values)
    deny = _line("deny", "everybody", "start", parameters=(("environment", "prod*"),))
    for environment, expected in (("production", True), ("p*", False)):
        allow = _line("allow", "UA", "start", parameters=(("environment", environment), ("fast", "true")))
        assert decide([deny, allow], Asker(user="UA"), act).allowed is expected


@given(policies, askers, acts, st.sets(st.sampled_from(["projects", "branch", "hold", "parameters", "homes"])))
def test_what_is_refused_early_is_refused_in_the_end(
    said: list[PolicyLine], asker: Asker, act: Act, unknown: set[str]
) -> None:
    early = replace(act, **dict.fromkeys(unknown))  # type: ignore[arg-type]  # each of these may be None
    if not decide(said, asker, early, final=False).allowed:
        assert not decide(said, asker, act).allowed


@given(policies, askers, acts, st.sets(st.sampled_from(["projects", "branch", "hold", "parameters"])))
def test_what_stays_unknown_counts_against_them(
    said: list[PolicyLine], asker: Asker, act: Act, unknown: set[str]
) -> None:
    if decide(said, asker, replace(act, **dict.fromkeys(unknown))).allowed:  # type: ignore[arg-type]  # as above
        assert decide(said, asker, act).allowed or any(one.scope.act == act.name for one in said)


@given(policies, acts)
def test_who_may_be_asked_may_do_it(said: list[PolicyLine], act: Act) -> None:
    for who in decide(said, Asker(user="UNOBODY"), act).askable:
        asker = Asker(user=who, groups=frozenset({who}), guest=who == "guests", external=who == "external")
        assert decide(said, asker, act).allowed


@each_case(
    ("said", "expected"),
    [
        ([], "UA UB UC"),
        ([_line("only", "", "approve")], ""),
        ([_line("only", "UA", "approve"), _line("only", "UB", channel="C01")], ""),
        ([_line("only", "UA", "approve", "C01"), _line("only", "UB", "approve")], "UA"),
        ([_line("only", "UA", "approve"), _line("only", "UB", "approve")], "UA UB"),
        ([_line("only", "UA", "decide", "C01"), _line("only", "UA UB", "approve")], "UA"),
        ([_line("only", "UA", "decline")], "UA"),
        ([_line("only", "UA", "decline"), _line("only", "UB", "approve")], "UB"),
        ([_line("deny", "everybody", "decide"), _line("allow", "UA", "decide")], "UA"),
        ([_line("deny", "UA", "decide"), _line("allow", "everybody", "decide", project="gh/acme/web")], "UB UC"),
        ([_line("deny", "everybody", "decide", branch="main"), _line("allow", "UA")], ""),
        ([_line("deny", "everybody", when=parse_window("fri 16:00-mon 08:00")), _line("only", "UA", "decide")], ""),
        ([_line("deny", "everybody", when=parse_window("fri 19:00-mon 08:00")), _line("only", "UA", "decide")], "UA"),
        ([_line("deny", "everybody", "start")], "UA UB UC"),
        ([_line("only", "UA", "decide"), _line("only", "UB", "decide", hold="prod*")], "UB"),
        ([_line("deny", "everybody", parameters=(("environment", "production"),))], ""),
        ([_line("deny", "everybody", parameters=(("environment", "staging"),))], "UA UB UC"),
        ([_line("only", "UA", channel="C07")], "UA"),
        ([_line("deny", "everybody"), _line("allow", "UA", channel="C07")], ""),
    ],
)
def test_who_may_approve(said: list[PolicyLine], expected: str) -> None:
    """Asked in C01, about a project that is at home in C07."""
    act = Act(
        name="approve",
        at=NOW,
        channel="C01",
        homes=frozenset({"C07"}),
        projects=frozenset({WEB}),
        branch="main",
        tag="",
        workflow="release",
        hold="production",
        parameters={"environment": "production"},
    )
    assert [user for user in ("UA", "UB", "UC") if decide(said, Asker(user=user), act).allowed] == expected.split()


def test_a_demand_of_the_most_specific_line_counts_and_others_stay() -> None:
    def ask(demands: Demands, **scope: object) -> PolicyLine:
        return PolicyLine(Effect.REQUIRE, ("everybody",), PolicyScope("decide", **scope), demands)  # type: ignore[arg-type]  # drawn

    act = Act(name="approve", at=NOW, channel="C01", projects=frozenset({WEB}), branch="dev", hold="x", parameters={})
    said = [
        ask(Demands(approvals=2, approvers=("S01",), reason=True)),
        ask(Demands(approvals=1), project="gh/acme/web", branch="dev*"),
        ask(Demands(four_eyes=True, expires_s=60), project="gh/acme/web"),
        ask(Demands(expires_s=600)),
    ]
    found = find_demands(said, Asker(user="UA"), act)
    assert found == Demands(approvals=1, four_eyes=True, reason=True, expires_s=60)
    assert find_demands(said, Asker(user="UA"), replace(act, name="trigger")) == Demands()


def test_what_keeps_a_start_for_later_needs_what_is_demanded_when_it_starts() -> None:
    """But where a line is about just that."""
    said = [
        PolicyLine(Effect.REQUIRE, ("everybody",), PolicyScope(one), Demands(confirm=True)) for one in ("start", "*")
    ]
    saved = Act(name="preset", at=NOW)
    assert find_demands(said, Asker(user="UA"), saved) == Demands()
    assert find_demands(said, Asker(user="UA"), replace(saved, name="trigger")) == Demands(confirm=True)
    own = PolicyLine(Effect.REQUIRE, ("everybody",), PolicyScope("preset"), Demands(reason=True))
    assert find_demands([*said, own], Asker(user="UA"), saved) == Demands(reason=True)


def test_a_line_only_for_everybody_keeps_nobody_out() -> None:
    everybody = PolicyLine(Effect.ONLY, ("everybody",), PolicyScope("trigger"))
    assert decide([everybody], Asker(user="UA"), Act(name="trigger", at=NOW)).allowed


def test_a_group_that_slack_no_longer_shows_gives_no_right_and_still_forbids() -> None:
    former = Asker(user="UA", former=frozenset({"S01"}))
    for effect in (Effect.ONLY, Effect.ALLOW, Effect.DENY):
        closed = (
            PolicyLine(Effect.DENY, ("everybody",)) if effect is Effect.ALLOW else PolicyLine(Effect.ALLOW, ("UB",))
        )
        said = [PolicyLine(effect, ("S01",), PolicyScope(act="trigger")), closed]
        assert not decide(said, former, Act(name="trigger", at=NOW)).allowed
